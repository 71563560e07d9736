import { type Clock, refusalDelay } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import {
  type DeliveryScope,
  type Intent,
  recordAnswers,
  recordIntents,
  recordSegmentLost,
} from "./delivery-state.ts";
import { PackedBatch } from "./packed-batch.ts";
import type { Stretch } from "./plan.ts";
import { recordRefusals, refusalAttempts } from "./refusals.ts";
import type { RequestLog } from "./request-log.ts";
import type { Stop } from "./sender.ts";
import { StretchOutcomes } from "./stretch-outcomes.ts";

/** A stretch whose intents are on disk: its messages may leave. */
export interface Prepared {
  readonly stretch: Stretch;
  readonly intent: Intent;
  readonly batches: readonly PackedBatch[];
  readonly outcomes: StretchOutcomes;
}

interface LedgerOptions {
  readonly engine: Engine;
  readonly clock: Clock;
  readonly random: () => number;
  readonly scope: DeliveryScope;
  readonly batchSize: number;
  readonly log: RequestLog;
}

/** Writes a run's intents and answers, stretch by stretch, each write under the next sequence number. */
export class Ledger {
  readonly #options: LedgerOptions;
  /** Stretches whose answers are on disk: said along with the next intent, which saves an insert for each. */
  #answered: Intent[] = [];
  #sequence = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  async prepare(stretch: Stretch): Promise<Prepared> {
    const { engine, scope, clock } = this.#options;
    const intent = { range: stretch, sequence: this.#next(), at: clock.now() };
    const [batches, attempts] = await Promise.all([
      this.#batches(stretch),
      stretch.alone ? refusalAttempts(engine, scope, stretch) : new Map<number, number>(),
      recordIntents(engine, scope, [intent], this.#answered.splice(0)),
    ]);
    return { stretch, intent, batches, outcomes: new StretchOutcomes(stretch, attempts) };
  }

  /** To be called when all stretches are recorded. */
  async close(): Promise<void> {
    await recordIntents(this.#options.engine, this.#options.scope, [], this.#answered.splice(0));
  }

  /** @param stop why the run ended before its time, if it did */
  async record(prepared: Prepared, stop: Stop | undefined): Promise<void> {
    const { engine, scope, clock, random, log } = this.#options;
    const { stretch, outcomes } = prepared;
    const now = clock.now();
    // When it is the message that is refused, nothing is held against the people.
    const isTheMessage = stop?.kind === "failure" && stop.failure.code === "destinationRefusesAll";
    const refusals = isTheMessage ? [] : outcomes.refusals;
    const rows = [
      ...refusals.map((refusal) => ({
        ...refusal,
        nextAttemptAt: now + refusalDelay(refusal.attempts, random()),
      })),
      ...outcomes.recovered.map((change) => ({
        change,
        failure: { code: "destinationRefused" as const, reason: "" },
        attempts: 0,
        nextAttemptAt: now,
      })),
    ];
    await Promise.all([
      recordAnswers(engine, scope, stretch, outcomes.exceptions(), this.#next(), now),
      rows.length > 0 ? recordRefusals(engine, scope, rows, this.#next(), now) : undefined,
      log.isDue ? log.flush() : undefined,
    ]);
    this.#answered.push(prepared.intent);
  }

  /** Of everybody who was accepted in a segment before this run nothing is known any more. */
  async forgetSegment(audienceId: string): Promise<void> {
    const { engine, scope, clock } = this.#options;
    await recordSegmentLost(engine, scope, audienceId, this.#next(), clock.now());
  }

  /**
   * One row per batch, and in it one text for all person ids: read with a seventh of the work of a list, a tenth
   * of that of a row per change (1,000,000 changes: 0.13 s of this process instead of 0.96 s and 1.35 s).
   */
  async #batches(stretch: Stretch): Promise<PackedBatch[]> {
    const { engine, scope, batchSize } = this.#options;
    const batches: PackedBatch[] = [];
    const rows = engine.stream<ConstructorParameters<typeof PackedBatch>>(
      `SELECT min(n), toUInt32(count()),
        if(max(position(person_id, '\n')) = 0,
          [arrayStringConcat(groupArray(person_id), '\n')], groupArray(person_id)),
        if(min(membership) = max(membership), [min(membership)], groupArray(membership)),
        if(min(audience) = max(audience), [toString(min(audience))], arrayMap(x -> toString(x), groupArray(audience)))
      FROM (
        SELECT n, person_id, membership, audience FROM plan_change
        WHERE run = {lg_run:UInt64} AND epoch = {lg_epoch:UInt32}
          AND n BETWEEN {lg_first:UInt64} AND {lg_last:UInt64}
        ORDER BY n
      )
      GROUP BY intDiv(n - {lg_first:UInt64}, {lg_size:UInt32})`,
      {
        lg_run: scope.run,
        lg_epoch: scope.epoch,
        lg_first: stretch.first,
        lg_last: stretch.last,
        lg_size: stretch.alone ? 1 : batchSize,
      },
      // One thread keeps the order of n in every list; the rows are read in it as they lie on disk, and so a batch is
      // done when the next one begins (1,000,000 changes: 0.40 s of the engine's work, with a table of all batches 0.49 s).
      { format: "arrays", settings: { max_threads: 1, optimize_aggregation_in_order: 1 } },
    );
    for await (const block of rows) for (const row of block) batches.push(new PackedBatch(...row));
    return batches;
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}
