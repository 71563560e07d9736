import { ERRORS, type ErrorCode } from "@peregrine/core";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./api.gen.ts";
import type { Connection } from "./credentials.ts";
import { CommandFailed, EXIT, exitForProblem } from "./exit.ts";

type Problem = components["schemas"]["Problem"];

/** The API, typed by its own document. */
export type Api = Client<paths>;

/** A client of the server's API. Every method of it answers what came, or throws {@link CommandFailed}. */
export function connect(connection: Connection): Api {
  const client = createClient<paths>({
    baseUrl: connection.url,
    headers: connection.token === undefined ? {} : { Authorization: `Bearer ${connection.token}` },
  });
  client.use({
    async onResponse({ response }) {
      if (response.ok) return;
      throw failureOf(response.status, await response.text(), connection);
    },
    onError({ error }) {
      if (error instanceof CommandFailed) return error;
      return unreachable(connection, error);
    },
  });
  return client;
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

/** What an error answer means for the person at the terminal. */
export function failureOf(status: number, body: string, connection: Connection): CommandFailed {
  const problem = readProblem(body);
  if (problem === undefined) {
    return new CommandFailed(
      EXIT.unavailable,
      `${connection.url} answered ${status}, and not as Peregrine does.`,
      ["Is there another program at this address? Set PEREGRINE_URL or --url."],
    );
  }
  const faults = problem.faults.map(
    ({ path, message, remedy }) => `  ${path}: ${message}${remedy === undefined ? "" : ` ${remedy}`}`,
  );
  const lines = [...faults, problem.remedy];
  const exit = exitForProblem(problem.status, problem.actor);
  const message = problem.detail === "" ? problem.title : problem.detail;
  return new CommandFailed(exit, message, lines, problem);
}

function readProblem(body: string): Problem | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return isProblem(value) ? value : undefined;
  } catch {
    return undefined;
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

/** No connection came about. */
export function unreachable(connection: Connection, error: unknown): CommandFailed {
  const code = causeCode(error);
  return new CommandFailed(
    EXIT.unavailable,
    `No Peregrine answers at ${connection.url}${code === "" ? "" : ` (${code})`}.`,
    ["Start it with `peregrine serve`, or say where it is with PEREGRINE_URL or --url."],
  );
}

function causeCode(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if ("code" in error && typeof error.code === "string") return error.code;
  return causeCode(error.cause);
}

/** Whether a stored failure's code is one of the table, so that its remedy can be shown. */
export function remedyOf(code: string): string | undefined {
  return code in ERRORS ? ERRORS[code as ErrorCode].remedy : undefined;
}
