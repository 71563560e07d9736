import type { Actor } from "@peregrine/core";

/**
 * Exit codes for scripts, after BSD's sysexits.h where it has a fitting one.
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
  temporary: 75,
  notPermitted: 77,
  config: 78,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that ends with a message for a person and a code for a script. */
export class CommandFailed extends Error {
  override readonly name = "CommandFailed";
  readonly exit: ExitCode;
  /** Further lines: faults with their places, the remedy. */
  readonly lines: readonly string[];
  /** What `--json` prints instead of the lines. */
  readonly problem: object | undefined;

  /** The API's code for the failure; empty when it did not come from there. */
  get code(): string {
    return this.problem !== undefined && "code" in this.problem ? String(this.problem.code) : "";
  }

  constructor(exit: ExitCode, message: string, lines: readonly string[] = [], problem?: object) {
    super(message);
    this.exit = exit;
    this.lines = lines;
    this.problem = problem;
  }
}

/** The exit code for an answer of the API: by its status first, then by who has to act. */
export function exitForProblem(status: number, actor: Actor): ExitCode {
  if (status === 401 || status === 403) return EXIT.notPermitted;
  if (status === 404) return EXIT.noInput;
  if (status === 429 || status === 503) return EXIT.temporary;
  if (actor === "user") return EXIT.badInput;
  return actor === "us" ? EXIT.internal : EXIT.failed;
}
