import { UPDATE_TYPES } from "./message.ts";

/**
 * What became of a request: `open` (no end yet), `answered`, `hanging` (held open by a fault), `reset` and `cut`
 * (by a fault), `gone` (the client left before it was answered).
 */
export type RequestEnd = "open" | "answered" | "hanging" | "reset" | "cut" | "gone";

/** One request to the webhook. Credentials never stand in it; the client id, which is no secret, does. */
export interface RequestRecord {
  number: number;
  /** ISO 8601, UTC. */
  at: string;
  durationMs: number;
  end: RequestEnd;
  /** HTTP status of the answer; null when none left. */
  status: number | null;
  /** `updateType` of the message, as far as it could be read. */
  action: string | null;
  clientId: string | null;
  group: string | null;
  /** The audiences named, at most 10. */
  audiences: string[];
  /** How many changes the message carries. */
  changes: number;
  /** What was really done, whatever the client was told: a fault can hide it. */
  work: "none" | "done" | "queued" | "refused";
  code: string | null;
  reason: string | null;
  /** Numbers of the faults that took part. */
  faults: number[];
  bytes: number;
  /** Only with `requestLog.bodies`. */
  body?: string;
}

export interface RequestTotals {
  requests: number;
  byAction: Record<string, number>;
  /** HTTP statuses, and the ends without one. */
  byAnswer: Record<string, number>;
  bytes: number;
}

interface Waiter {
  matches: (record: RequestRecord) => boolean;
  resolve: (record: RequestRecord) => void;
}

/** The latest requests in a ring of fixed size, and totals of all. */
export class RequestLog {
  readonly totals: RequestTotals = { requests: 0, byAction: {}, byAnswer: {}, bytes: 0 };
  readonly #ring: RequestRecord[] = [];
  readonly #size: number;
  readonly #now: () => number;
  #waiters: Waiter[] = [];

  constructor(size: number, now: () => number) {
    this.#size = size;
    this.#now = now;
  }

  open(clientId: string | null): RequestRecord {
    this.totals.requests += 1;
    const number = this.totals.requests;
    const record: RequestRecord = {
      number,
      at: new Date(this.#now()).toISOString(),
      durationMs: 0,
      end: "open",
      status: null,
      action: null,
      clientId,
      group: null,
      audiences: [],
      changes: 0,
      work: "none",
      code: null,
      reason: null,
      faults: [],
      bytes: 0,
    };
    this.#ring[(number - 1) % this.#size] = record;
    return record;
  }

  /** Says how a request ended. Only the first end counts. */
  close(record: RequestRecord, end: RequestEnd, status: number | null): void {
    if (record.end !== "open") return;
    record.end = end;
    record.status = status;
    record.durationMs = Math.max(0, this.#now() - Date.parse(record.at));
    // Only the known ones are counted by name: what a client makes up must not fill the memory.
    const action = UPDATE_TYPES.find((type) => type === record.action) ?? "other";
    const answer = status === null ? end : String(status);
    this.totals.byAction[action] = (this.totals.byAction[action] ?? 0) + 1;
    this.totals.byAnswer[answer] = (this.totals.byAnswer[answer] ?? 0) + 1;
    this.totals.bytes += record.bytes;
    if (this.#waiters.length === 0) return;
    const [met, others] = split(this.#waiters, (waiter) => waiter.matches(record));
    this.#waiters = others;
    for (const waiter of met) waiter.resolve(record);
  }

  /** Resolves with the next request that ends from now on and matches. */
  next(matches: (record: RequestRecord) => boolean): Promise<RequestRecord> {
    return new Promise((resolve) => {
      this.#waiters.push({ matches, resolve });
    });
  }

  /** The requests that are kept, oldest first; `latest` limits how many. */
  list(latest = this.#size): RequestRecord[] {
    const start = this.totals.requests % this.#size;
    const all =
      this.totals.requests <= this.#size
        ? this.#ring
        : [...this.#ring.slice(start), ...this.#ring.slice(0, start)];
    return all.slice(Math.max(0, all.length - latest));
  }
}

function split<Item>(items: readonly Item[], belongs: (item: Item) => boolean): [Item[], Item[]] {
  const inside: Item[] = [];
  const outside: Item[] = [];
  for (const item of items) (belongs(item) ? inside : outside).push(item);
  return [inside, outside];
}
