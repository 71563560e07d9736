import type { Engine } from "../engine/engine.ts";
import type { DeliveryScope } from "./delivery-state.ts";

/** One request as it is kept for 14 days; the people are found through `firstN` … `lastN` in the plan. */
export interface LoggedRequest {
  readonly action: string;
  readonly sentAt: number;
  readonly durationMs: number;
  /** 0 when no answer came. */
  readonly status: number;
  /** The verdict's kind. */
  readonly outcome: string;
  /** The error code; empty when it was accepted. */
  readonly code: string;
  /** Without secrets. */
  readonly answer: string;
  readonly changes: number;
  readonly firstN: number;
  readonly lastN: number;
}

const COLUMNS = [
  "activation",
  "run",
  "epoch",
  "request",
  "action",
  "sent_at",
  "duration_ms",
  "status",
  "outcome",
  "code",
  "answer",
  "changes",
  "first_n",
  "last_n",
] as const;

const LONGEST_ANSWER = 1_000;
/** An insert costs some 8 ms whatever its size: requests are written by so many at once. */
const GROUP = 1_000;

/** Collects requests and writes them in groups; `RequestRepository` reads them. */
export class RequestLog {
  readonly #engine: Engine;
  readonly #scope: DeliveryScope;
  #waiting: unknown[][] = [];
  #count = 0;

  constructor(engine: Engine, scope: DeliveryScope) {
    this.#engine = engine;
    this.#scope = scope;
  }

  /** Requests so far in this epoch of the run. */
  get count(): number {
    return this.#count;
  }

  get isDue(): boolean {
    return this.#waiting.length >= GROUP;
  }

  add(request: LoggedRequest): void {
    const { activation, run, epoch } = this.#scope;
    this.#waiting.push([
      activation,
      run,
      epoch,
      this.#count,
      request.action,
      new Date(request.sentAt).toISOString(),
      request.durationMs,
      request.status,
      request.outcome,
      request.code,
      request.answer.slice(0, LONGEST_ANSWER),
      request.changes,
      request.firstN,
      request.lastN,
    ]);
    this.#count += 1;
  }

  async flush(): Promise<void> {
    const rows = this.#waiting;
    if (rows.length === 0) return;
    this.#waiting = [];
    await this.#engine.insert("delivery_request", COLUMNS, rows);
  }
}
