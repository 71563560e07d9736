import { readFileSync } from "node:fs";

/**
 * A process that was seen. Its number alone does not name it: threads take numbers of the same 32,768, so that a later
 * process soon has it again, and that may be the engine of another scenario.
 */
export interface KnownProcess {
  readonly pid: number;
  /** Clock ticks since the machine's start, as /proc tells it. */
  readonly startedAt: string;
}

/** The process of that number, as it is now; none when there is none, or only what a killed one leaves (a zombie). */
export function knownProcess(pid: number): KnownProcess | undefined {
  const text = textOf(`/proc/${pid}/stat`);
  // The command, in brackets, may hold blanks and brackets itself; what comes after it starts with the state.
  const [state, ...fields] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const startedAt = fields[18];
  return startedAt === undefined || state === "Z" || state === "X" ? undefined : { pid, startedAt };
}

/** Whether it is that very process that is still there. */
export function isAlive(known: KnownProcess): boolean {
  return knownProcess(known.pid)?.startedAt === known.startedAt;
}

/** What it was called with, for a message. */
export function commandOf(pid: number): string {
  return textOf(`/proc/${pid}/cmdline`).replaceAll("\0", " ");
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
