import { randomUUID } from "node:crypto";
import { PeregrineError } from "@peregrine/core";
import type { QueryOptions } from "./engine.ts";
import { engineFailure } from "./failure.ts";

/** The engine ends its work at the time-out by itself; only an engine that hangs is waited for so long. */
const GRACE_MS = 10_000;

/** What the client is given with every call. */
export interface Call {
  readonly query_id: string;
  readonly abort_signal: AbortSignal;
  readonly clickhouse_settings: Record<string, string | number>;
}

/** A call's time limit and its caller's signal; tells afterwards which of them ended it. */
export class Deadline {
  readonly call: Call;
  readonly signal: AbortSignal;
  readonly #timeoutMs: number;
  readonly #caller: AbortSignal | undefined;
  readonly #late = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(options: QueryOptions, defaultMs: number) {
    this.#timeoutMs = options.timeoutMs ?? defaultMs;
    this.#caller = options.signal;
    this.#caller?.throwIfAborted();
    this.#timer = setTimeout(() => this.#late.abort(), this.#timeoutMs + GRACE_MS);
    this.#timer.unref();
    this.signal =
      this.#caller === undefined ? this.#late.signal : AbortSignal.any([this.#caller, this.#late.signal]);
    this.call = {
      query_id: options.queryId ?? randomUUID(),
      abort_signal: this.signal,
      clickhouse_settings: { max_execution_time: this.#timeoutMs / 1000, ...options.settings },
    };
  }

  explain(error: unknown): unknown {
    if (this.#caller?.aborted) return this.#caller.reason;
    if (this.#late.signal.aborted) {
      return new PeregrineError("queryTimeout", {
        detail: `The engine did not answer within ${this.#timeoutMs} ms.`,
        cause: error,
      });
    }
    return engineFailure(error);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
