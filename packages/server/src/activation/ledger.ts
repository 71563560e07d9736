import { type Clock, refusalDelay } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import {
  closeIntents,
  type DeliveryScope,
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
  /** Under which number and when (ms UTC) they were written. */
  readonly intent: { readonly sequence: number; readonly at: number };
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
  #sequence = 0;

  constructor(options: LedgerOptions) {
    this.#options = options;
  }

  async prepare(stretch: Stretch): Promise<Prepared> {
    const { engine, scope, clock } = this.#options;
    const sequence = this.#next();
    const at = clock.now();
    const [batches, attempts] = await Promise.all([
      this.#batches(stretch),
      stretch.alone ? refusalAttempts(engine, scope, stretch) : new Map<number, number>(),
      recordIntents(engine, scope, stretch, sequence, at),
    ]);
    return { stretch, intent: { sequence, at }, batches, outcomes: new StretchOutcomes(stretch, attempts) };
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
    await closeIntents(engine, scope, stretch, prepared.intent.sequence, prepared.intent.at);
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
      `SELECT min(n),
        if(countIf(position(person_id, '\n') > 0) = 0,
          [arrayStringConcat(groupArray(person_id), '\n')], groupArray(person_id)),
        arrayStringConcat(groupArray(toString(membership))),
        if(uniqExact(audience) = 1, [toString(any(audience))], groupArray(toString(audience)))
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
      // One thread keeps the order of n in every list, and the rows are read in it as they lie on disk.
      { format: "arrays", settings: { max_threads: 1 } },
    );
    for await (const block of rows) for (const row of block) batches.push(new PackedBatch(...row));
    return batches;
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}
