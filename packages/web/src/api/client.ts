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
  constructor(cause?: unknown) {
    super("Peregrine doesn’t answer.", { cause });
  }
}

/** An answer came that is none of Peregrine's: a proxy before it answers, with a page of its own perhaps. */
export class Misanswered extends Error {
  constructor(status: number) {
    super(
      `The answer has status ${status} and isn’t Peregrine’s: what stands before it answers in its place, such as a proxy while Peregrine restarts.`,
    );
  }
}

/** Whether Peregrine said nothing to it: what was asked for may be asked for again. */
export function isUnanswered(error: unknown): error is Unreachable | Misanswered {
  return error instanceof Unreachable || error instanceof Misanswered;
}

/** How long an answer may take, in ms, to what only reads. What changes something is waited for. */
const READING_MS = 60_000;

/**
 * The API, typed by its own document. Each call answers its data or throws {@link ApiProblem}, {@link Unreachable} or
 * {@link Misanswered}.
 */
export const api = createClient<paths>({
  baseUrl: window.location.origin,
  // Else the browser lets a second request wait for the first one's answer, which may never come.
  cache: "no-store",
  fetch: answerTo,
});

async function answerTo(request: Request): Promise<Response> {
  const { response, body } = await wholeAnswer(request);
  const { status, ok, headers } = response;
  const isJson = /\bjson\b/.test(headers.get("Content-Type") ?? "");
  if (ok && (isJson || body === "")) return new Response(body === "" ? null : body, { status, headers });
  const problem = isJson ? parsed(body) : undefined;
  throw isProblem(problem) ? new ApiProblem(problem) : new Misanswered(status);
}

/** An answer with all of its body: a connection may break, or an answer end, in the middle of it. */
async function wholeAnswer(request: Request): Promise<{ response: Response; body: string }> {
  const { method, signal } = request;
  const isReading = method === "GET";
  try {
    const response = await fetch(request, {
      signal: isReading ? AbortSignal.any([signal, AbortSignal.timeout(READING_MS)]) : signal,
    });
    return { response, body: await response.text() };
  } catch (error) {
    throw new Unreachable(error);
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

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
