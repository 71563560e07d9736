import { type Clock, identityConfigOf, PeregrineError } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import type { Lease, Store, StoredProgress } from "../store/index.ts";
import { type DeriveImports, type RebuildOptions, type RebuildResult, rebuild } from "./rebuild.ts";

/** How the latest rebuild of this server stands. */
export interface RebuildStatus {
  readonly state: "none" | "waiting" | "running" | "done" | "failed";
  readonly progress: StoredProgress | null;
  readonly result: RebuildResult | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
}

export interface RebuildServiceOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  /** Names this server among those that share the control plane. */
  readonly instance: string;
  readonly derive: DeriveImports;
  readonly together: RebuildOptions["together"];
  readonly log: { error(fields: object, message: string): void };
  /** Called when a new generation is published. */
  readonly onPublished?: () => void;
  /** How soon a lease that another holds is asked for again, in ms. */
  readonly retryMs?: number;
}

const LEASE_MS = 30_000;
const NOTHING: RebuildStatus = {
  state: "none",
  progress: null,
  result: null,
  error: null,
  startedAt: null,
  finishedAt: null,
};

/** Runs rebuilds in the background, one at a time. */
export class RebuildService {
  private readonly options: RebuildServiceOptions;
  private readonly stop = new AbortController();
  private current: RebuildStatus = NOTHING;
  private running: Promise<void> | undefined;

  constructor(options: RebuildServiceOptions) {
    this.options = options;
  }

  status(): RebuildStatus {
    return this.current;
  }

  /**
   * Begins one; it waits for an import that is running.
   *
   * @param identifiers by which settings of the identifiers rows are unified: those recorded with each import, or
   *   those of today, which are then recorded
   * @throws PeregrineError `rebuildRunning`
   */
  start(identifiers: "recorded" | "current" = "recorded"): RebuildStatus {
    if (this.running !== undefined) throw new PeregrineError("rebuildRunning");
    this.current = { ...NOTHING, state: "waiting", startedAt: this.options.clock.now() };
    this.running = this.run(identifiers).finally(() => {
      this.running = undefined;
    });
    return this.current;
  }

  /** Resolves when the one that runs has ended, well or badly. */
  async settled(): Promise<RebuildStatus> {
    await this.running;
    return this.current;
  }

  /** Cuts off what runs; it is as if it had never begun. */
  async close(): Promise<void> {
    this.stop.abort(new PeregrineError("leaseLost", { detail: "The server is stopping." }));
    await this.running;
  }

  private async run(identifiers: "recorded" | "current"): Promise<void> {
    const { store, engine, derive, together, onPublished, clock, log } = this.options;
    try {
      const lease = await this.acquire();
      const lost = new AbortController();
      const timer = setInterval(() => {
        // The store may be away for a moment; publishing checks the lease itself.
        store.leases.renew(lease).then(
          (held) => held === undefined && lost.abort(new PeregrineError("leaseLost")),
          () => {},
        );
      }, LEASE_MS / 4);
      try {
        this.current = { ...this.current, state: "running" };
        const signal = AbortSignal.any([this.stop.signal, lost.signal]);
        const onProgress = (progress: StoredProgress) => {
          this.current = { ...this.current, progress };
        };
        const identity = identifiers === "current" ? await this.today() : undefined;
        const result = await rebuild({
          engine,
          store,
          lease,
          derive,
          together,
          identity,
          onProgress,
          signal,
        });
        this.current = { ...this.current, state: "done", result, finishedAt: clock.now() };
        onPublished?.();
      } finally {
        clearInterval(timer);
        await store.leases.release(lease);
      }
    } catch (cause) {
      const failure = cause instanceof PeregrineError ? cause : new PeregrineError("internal", { cause });
      log.error({ err: cause }, "a rebuild came to nothing");
      const error = { code: failure.code, detail: failure.detail };
      this.current = { ...this.current, state: "failed", error, finishedAt: clock.now() };
    }
  }

  private async today() {
    const identifiers = await this.options.store.definitions.list("identifier");
    return identityConfigOf(identifiers.map(({ number, body }) => ({ number, definition: body })));
  }

  /** The holder differs from that of the imports: two workers of one server must not share the lease. */
  private async acquire(): Promise<Lease> {
    const { store, instance, retryMs = 500 } = this.options;
    for (;;) {
      this.stop.signal.throwIfAborted();
      const lease = await store.leases.acquire("resolver", `${instance} (rebuild)`, LEASE_MS);
      if (lease !== undefined) return lease;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, retryMs);
        this.stop.signal.addEventListener("abort", () => resolve(clearTimeout(timer)), { once: true });
      });
    }
  }
}
