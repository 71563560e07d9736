import { type Actor, ERRORS, type ErrorCode, remedyOf } from "@peregrine/core/error";

/**
 * Exit codes for scripts, after BSD's sysexits.h where it has a fitting one; docs/cli.md has the same table.
 * `failed` (1) is a command that was understood and did not succeed.
 */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 64,
  badInput: 65,
  noInput: 66,
  unavailable: 69,
  internal: 70,
  noRoom: 74,
  temporary: 75,
  notPermitted: 77,
  config: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

interface FailureDetails {
  /** Further lines: faults with their places, the remedy. */
  readonly lines?: readonly string[];
  /** The code of the error table, where the failure has one. */
  readonly code?: string | undefined;
  /** What `--json` prints beside the message, such as the API's problem or the import that failed. */
  readonly json?: Readonly<Record<string, unknown>>;
}

/** A command that ends with a message for a person and a code for a script. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly exit: ExitCode;
  readonly lines: readonly string[];
  readonly code: string | undefined;
  readonly json: Readonly<Record<string, unknown>>;

  constructor(exit: ExitCode, message: string, { lines = [], code, json = {} }: FailureDetails = {}) {
    super(message);
    this.exit = exit;
    this.lines = lines.filter((line) => line !== "");
    this.code = code;
    this.json = json;
  }
}

/** Failures whose exit code does not follow from who acts and the status. */
const OF_CODE: Readonly<Partial<Record<ErrorCode, ExitCode>>> = {
  destinationCredentials: EXIT.notPermitted,
  destinationForbidden: EXIT.notPermitted,
  tokenRefused: EXIT.notPermitted,
  proxyCredentials: EXIT.notPermitted,
  destinationUnreachable: EXIT.unavailable,
  destinationHostUnknown: EXIT.unavailable,
  destinationRefusesConnection: EXIT.unavailable,
  tokenUnreachable: EXIT.unavailable,
  proxyUnreachable: EXIT.unavailable,
  destinationSaysNo: EXIT.failed,
  destinationRefusesPerson: EXIT.failed,
  messageUnsettled: EXIT.temporary,
  destinationRefused: EXIT.failed,
  destinationRefusesHeartbeat: EXIT.failed,
  destinationRefusesAll: EXIT.failed,
  destinationTooLarge: EXIT.failed,
  uploadElsewhere: EXIT.config,
};

export { remedyOf };

/** The row of the error table for a code that the server told; a newer server may know more of them. */
function known(code: string): ErrorCode | undefined {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : undefined;
}

/** The exit code for an answer of the API: by its code, else by its status, else by who has to act. */
export function exitForProblem(problem: {
  readonly code: string;
  readonly status: number;
  readonly actor: Actor;
}): ExitCode {
  const { code, status, actor } = problem;
  const row = known(code);
  const fixed = row === undefined ? undefined : OF_CODE[row];
  if (fixed !== undefined) return fixed;
  if (status === 401 || status === 403) return EXIT.notPermitted;
  if (status === 404 || status === 410) return EXIT.noInput;
  if (status === 429 || status === 503 || status === 504) return EXIT.temporary;
  if (status === 507) return EXIT.noRoom;
  // What is wrong lies between us and the destination: its own trouble passes, a wrong setting does not.
  if (status === 502) return actor === "destination" ? EXIT.temporary : EXIT.config;
  if (actor === "user") return EXIT.badInput;
  return actor === "us" ? EXIT.internal : EXIT.failed;
}

/** The exit code for a failure that stands in a record: of an import, a run, a rebuild. */
export function exitForCode(code: string): ExitCode {
  const row = known(code);
  return row === undefined ? EXIT.failed : exitForProblem({ code, ...ERRORS[row] });
}
