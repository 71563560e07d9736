import createClient from "openapi-fetch";
import type { components, paths } from "./api.gen.ts";

type Problem = components["schemas"]["Problem"];

/** An answer that says what went wrong, who has to act, and what to do. */
export class ApiProblem extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail === "" ? problem.title : problem.detail);
    this.problem = problem;
  }
}

/** No answer came: the connection broke, or nobody is there. */
export class Unreachable extends Error {
  constructor(cause: unknown) {
    super("Peregrine doesn't answer. What you see may be old; it is tried again.", { cause });
  }
}

/** The API, typed by its own document. Each call answers its data or throws {@link ApiProblem} or {@link Unreachable}. */
export const api = createClient<paths>({ baseUrl: window.location.origin });

api.use({
  async onResponse({ response }) {
    if (response.ok) return;
    const body: unknown = await response.json().catch(() => undefined);
    if (isProblem(body)) throw new ApiProblem(body);
    throw new Unreachable(new Error(`an answer of status ${response.status} that is none of Peregrine's`));
  },
  onError({ error }) {
    return error instanceof ApiProblem ? error : new Unreachable(error);
  },
});

/** The data of an answer that has some. */
export function dataOf<Data>({ data }: { readonly data?: Data | undefined }): NonNullable<Data> {
  if (data === undefined || data === null) throw new Error("the answer has no body");
  return data;
}

/** Whether an answer says what went wrong as the API says it. */
export function isProblem(body: unknown): body is Problem {
  return typeof body === "object" && body !== null && "code" in body && "remedy" in body && "faults" in body;
}

/** The message at one field of a form, where an answer names it; `path` as the API writes it, `/name`. */
export function faultAt(error: unknown, path: string): string | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  const fault = error.problem.faults.find((one) => one.path.endsWith(path));
  return fault?.message;
}
