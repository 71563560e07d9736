import { Misanswered, Unreachable } from "./client.ts";

/** Whoever restarts a server wants a second or two; longer, and a page had better say so. */
const MISANSWERED_TIMES = 2;
/** Three minutes with the delays below. */
const UNREACHABLE_TIMES = 20;

/** Whether to ask once more: what the API refused stays refused, an answer in its place may pass, a broken connection heals. */
export function isAskedAgain(times: number, error: unknown): boolean {
  if (error instanceof Misanswered) return times < MISANSWERED_TIMES;
  return error instanceof Unreachable && times < UNREACHABLE_TIMES;
}

/** @returns ms to wait before it is asked again; 1 s, then ever longer, up to 10 s */
export function pauseBefore(times: number): number {
  return Math.min(1_000 * 2 ** times, 10_000);
}
