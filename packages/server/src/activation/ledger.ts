import { type Change, type Clock, refusalDelay } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import { type DeliveryScope, recordAnswers, recordIntents } from "./delivery-state.ts";
import type { Stretch } from "./plan.ts";
import { recordRefusals, refusalAttempts } from "./refusals.ts";
import type { RequestLog } from "./request-log.ts";
import type { Stop } from "./sender.ts";
import { StretchOutcomes } from "./stretch-outcomes.ts";

/** A stretch whose intents are on disk: its messages may leave. */
export interface Prepared {
  readonly stretch: Stretch;
  readonly batches: readonly (readonly Change[])[];
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
    const [batches, attempts] = await Promise.all([
      this.#batches(stretch),
      stretch.alone ? refusalAttempts(engine, scope, stretch) : new Map<number, number>(),
      recordIntents(engine, scope, stretch, this.#next(), clock.now()),
    ]);
    return { stretch, batches, outcomes: new StretchOutcomes(stretch, attempts) };
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
  }

  /**
   * One row per batch, column by column, and a batch of one audience names it once: read four times as fast as
   * a row per change (1,000,000 changes: 0.5 s instead of 2 s of this process).
   */
  async #batches(stretch: Stretch): Promise<Change[][]> {
    const { engine, scope, batchSize } = this.#options;
    const batches: Change[][] = [];
    const rows = engine.stream<[first: number, people: string[], memberships: string, audiences: string[]]>(
      `SELECT first, changes.2, arrayStringConcat(arrayMap(one -> toString(one), changes.3)),
        if(audiences = 1, [changes[1].4], changes.4)
      FROM (
        SELECT min(n) AS first, uniqExact(audience) AS audiences,
          arraySort(groupArray((n, person_id, membership, toString(audience)))) AS changes
        FROM plan_change
        WHERE run = {lg_run:UInt64} AND epoch = {lg_epoch:UInt32}
          AND n BETWEEN {lg_first:UInt64} AND {lg_last:UInt64}
        GROUP BY intDiv(n - {lg_first:UInt64}, {lg_size:UInt32})
      )`,
      {
        lg_run: scope.run,
        lg_epoch: scope.epoch,
        lg_first: stretch.first,
        lg_last: stretch.last,
        lg_size: stretch.alone ? 1 : batchSize,
      },
      { format: "arrays" },
    );
    for await (const block of rows) for (const row of block) batches.push(changesOf(...row));
    return batches;
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }
}

function changesOf(
  first: number,
  people: readonly string[],
  memberships: string,
  audiences: readonly string[],
): Change[] {
  const [only = ""] = audiences;
  const isOne = audiences.length === 1;
  return people.map((personId, at) => ({
    id: first + at,
    audienceId: isOne ? only : (audiences[at] ?? only),
    personId,
    membership: memberships[at] === "1",
  }));
}
