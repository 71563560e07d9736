import type { Exchange } from "../activation-type/request.ts";
import type { Verdict } from "../activation-type/verdict.ts";
import { ERRORS, type ErrorCode } from "../error.ts";
import { DESTINATION_FAILURES, isDestinationCode, TICKS, type TickName } from "./destination-failure.ts";

/** `yes`: the destination's answer shows it. `no`: its answer, or its silence, disproves it. `unknown`: neither. */
export type TickState = "yes" | "no" | "unknown";

/** What is known of a failure, for the person who has to mend it. */
export interface Advice {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly meaning: string;
  readonly look: string;
  readonly remedy: string;
}

export interface Tick {
  readonly name: TickName;
  readonly label: string;
  readonly state: TickState;
  /** One sentence about this tick. */
  readonly text: string;
}

/** What a test of the connection found. */
export interface ConnectionTest {
  readonly ticks: readonly Tick[];
  /** Why a tick is `no`. */
  readonly failure: Advice | undefined;
  /** What works and is worth knowing. */
  readonly notices: readonly Advice[];
}

const LABELS = {
  reached: "Reached",
  webhook: "Is the webhook",
  credentials: "Credentials",
  message: "Message format",
} as const satisfies Record<TickName, string>;

const YES = {
  reached: "An answer came.",
  webhook: "It answered as the webhook does.",
  credentials: "They were taken.",
  message: "A change of members was answered as the wire profile expects.",
} as const satisfies Record<TickName, string>;

const UNKNOWN = {
  reached: "Not tried.",
  webhook: "Nothing is known of it yet.",
  credentials: "Nothing is known of them yet.",
  message: "Not verified with your Ibexa: no change of members was answered yet. Send one test person.",
} as const satisfies Record<TickName, string>;

/** What one code says, with what happened here. */
export function adviceOn(code: ErrorCode, reason: string): Advice {
  const { meaning, look } = isDestinationCode(code)
    ? DESTINATION_FAILURES[code]
    : { meaning: ERRORS[code].title, look: "" };
  return { code, reason, meaning, look, remedy: ERRORS[code].remedy };
}

/**
 * Reads what the answer to a heartbeat shows and what it doesn't. An answer before its time says nothing of what is
 * looked at later: a 401 may come from a gate before the webhook, and a heartbeat says nothing of other messages.
 *
 * @param verifiedAt when a change of members was last accepted with the settings that are tested; ms UTC
 */
export function readConnectionTest(options: {
  readonly verdict: Verdict;
  readonly exchange: Exchange;
  readonly durationMs: number;
  readonly timeoutMs: number;
  readonly verifiedAt: number | undefined;
}): ConnectionTest {
  const { verdict, exchange, durationMs, timeoutMs, verifiedAt } = options;
  const failure =
    verdict.kind === "accepted" ? undefined : adviceOn(verdict.failure.code, verdict.failure.reason);
  const failing =
    failure === undefined
      ? undefined
      : isDestinationCode(failure.code)
        ? DESTINATION_FAILURES[failure.code].tick
        : "reached";
  const stateOf = (name: TickName): TickState => {
    if (name === failing) return "no";
    if (name === "reached") return exchange.kind === "answer" ? "yes" : "unknown";
    if (name === "message") return verifiedAt !== undefined && failing === undefined ? "yes" : "unknown";
    // A message that was read and refused came through the door.
    return failing === undefined || failing === "message" ? "yes" : "unknown";
  };
  const textOf = (name: TickName, state: TickState) =>
    state === "no" ? (failure?.reason ?? "") : state === "yes" ? YES[name] : UNKNOWN[name];
  const ticks = TICKS.map((name) => {
    const state = stateOf(name);
    return { name, label: LABELS[name], state, text: textOf(name, state) };
  });
  const isSlow = exchange.kind === "answer" && durationMs > timeoutMs / 2;
  const slow = `It took ${durationMs / 1000} s of the ${timeoutMs / 1000} s that it has.`;
  return { ticks, failure, notices: isSlow ? [adviceOn("destinationSlow", slow)] : [] };
}
