/** How often and how patiently a message without a usable answer is sent again. Times in milliseconds. */
export interface RetryPolicy {
  /** Sendings of one message in all. */
  readonly attempts: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
  /** A destination that asks for longer than this is left alone until the next run. */
  readonly longestRetryAfterMs: number;
}

export const RETRY_POLICY: RetryPolicy = {
  attempts: 4,
  firstDelayMs: 500,
  longestDelayMs: 15_000,
  longestRetryAfterMs: 120_000,
};

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/**
 * The wait before the next attempt: doubled each time, between half and the whole of it by chance, so that
 * messages that failed together don't come back together.
 * @param attempt how many attempts have failed, from 1
 * @param random a number in [0, 1)
 */
export function retryDelay(policy: RetryPolicy, attempt: number, random: number): number {
  const full = Math.min(policy.firstDelayMs * 2 ** (attempt - 1), policy.longestDelayMs);
  return Math.round(full / 2 + (full / 2) * random);
}

/**
 * Reads `Retry-After`: seconds, or an HTTP date (RFC 9110, section 10.2.3).
 * @returns milliseconds from `now`, never negative; undefined when it is neither
 */
export function retryAfter(header: string, now: number): number | undefined {
  const text = header.trim();
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1000;
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

/**
 * The wait before a refused person is sent again: a minute, then four times as long each time, at most a day;
 * up to a tenth longer by chance.
 * @param attempts how often this person was refused in a row, from 1
 */
export function refusalDelay(attempts: number, random: number): number {
  const full = Math.min(MINUTE * 4 ** Math.min(attempts - 1, 10), DAY);
  return Math.round(full * (1 + random / 10));
}
