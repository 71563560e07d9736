import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.gen.ts";
import type { Connection } from "./credentials.ts";
import { CommandFailed, EXIT, exitForProblem } from "./exit.ts";
import { faultLine } from "./output.ts";

type Problem = components["schemas"]["Problem"];

/** The API, typed by its own document. */
export type Api = Client<paths>;

/** A client of the server's API. Every method of it answers what came, or throws {@link CommandFailed}. */
export function connect(connection: Connection): Api {
  const client = createClient<paths>({
    baseUrl: connection.url,
    headers: authorization(connection),
  });
  client.use({
    async onResponse({ response }) {
      const stranger = refusalOf(response, connection);
      if (stranger !== undefined) throw stranger;
      if (!response.ok) throw failureOf(response.status, await response.text(), connection);
    },
    onError({ error }) {
      if (error instanceof CommandFailed) return error;
      return unreachable(connection, error);
    },
  });
  return client;
}

/** The header that opens the API; none without a token. */
export function authorization({ token }: Connection): Record<string, string> {
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

/** The body of an answer that the client let through. */
export function dataOf<Data>(answer: {
  readonly data?: Data;
  readonly response: Response;
}): NonNullable<Data> {
  const { data, response } = answer;
  if (data !== undefined && data !== null) return data;
  throw new CommandFailed(EXIT.internal, `The server answered ${response.status} without a body.`);
}

/** Why an answer cannot be Peregrine's: it speaks JSON, and CSV where rows are fetched, and redirects nobody. */
export function refusalOf(response: Response, connection: Connection): CommandFailed | undefined {
  const type = response.headers.get("content-type") ?? "";
  if (response.status === 204 || /^(application\/(problem\+)?json|text\/csv)\b/.test(type)) return undefined;
  return notPeregrine(response.status, connection);
}

function notPeregrine(status: number, { url }: Connection): CommandFailed {
  return new CommandFailed(EXIT.unavailable, `${url} answered ${status}, and not as Peregrine does.`, {
    lines: ["Is there another program at this address? Say where Peregrine is with PEREGRINE_URL or --url."],
  });
}

/** What an error answer means for the person at the terminal. */
export function failureOf(status: number, body: string, connection: Connection): CommandFailed {
  const problem = readProblem(body);
  if (problem === undefined) return notPeregrine(status, connection);
  const lines = [...problem.faults.map(faultLine), adviceOn(problem)];
  return problemFailure(problem, lines);
}

/** A problem of the API as the end of a command. @param lines instead of the problem's own faults and remedy */
export function problemFailure(problem: Problem, lines: readonly string[]): CommandFailed {
  const message = problem.detail === "" ? problem.title : problem.detail;
  return new CommandFailed(exitForProblem(problem), message, {
    lines,
    code: problem.code,
    json: { problem },
  });
}

/** The API's remedy, in the words of the command line where those help more. */
export function adviceOn(problem: Problem): string {
  return ADVICE[problem.code] ?? problem.remedy;
}

const ADVICE: Readonly<Record<string, string>> = {
  tokenMissing: "Sign in with `peregrine login`, or set PEREGRINE_TOKEN.",
  tokenUnknown:
    "Sign in again with `peregrine login --token TOKEN`, or set PEREGRINE_TOKEN to a token that is live.",
};

/** The problem behind a failure, where the API told one. */
export function problemOf(failure: CommandFailed): Problem | undefined {
  const { problem } = failure.json;
  return isProblem(problem) ? problem : undefined;
}

function readProblem(body: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isProblem(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function isProblem(value: unknown): value is Problem {
  return (
    typeof value === "object" &&
    value !== null &&
    "code" in value &&
    "remedy" in value &&
    "faults" in value &&
    Array.isArray(value.faults)
  );
}

/** No connection came about, or it broke. */
export function unreachable(connection: Connection, error: unknown): CommandFailed {
  const code = causeCode(error);
  return new CommandFailed(
    EXIT.unavailable,
    `No Peregrine answers at ${connection.url}${code === "" ? "" : ` (${code})`}.`,
    { lines: ["Start it with `peregrine serve`, or say where it is with PEREGRINE_URL or --url."] },
  );
}

function causeCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return causeCode(error.cause);
}
