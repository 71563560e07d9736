import type { RuleReads } from "@peregrine/core";
import type { Kysely, Selectable, Updateable } from "kysely";
import type { Database } from "./database.ts";
import { fromJSONText, toJSONText } from "./json.ts";
import type { StoredFailure } from "./progress.ts";

/** What the last evaluation of an audience went by, and what came of it. */
export interface EvaluationState {
  /** The evaluation's operation. */
  readonly sequence: number;
  /** Milliseconds UTC. */
  readonly asOf: number;
  /** Everything up to this publication is known to be in it. */
  readonly publication: number;
  /** The publication of the last evaluation that let somebody in or out. */
  readonly changedBy: number;
  /** What the fingerprint was made from: as long as it is the same, so is the fingerprint. */
  readonly basis: string;
  /** Of the rule, with all that it names. */
  readonly fingerprint: string;
  readonly reads: RuleReads;
  readonly size: number;
  /** The first instant at which somebody can fall out or in by time alone; null: never. */
  readonly nextMoment: number | null;
}

/** Why an audience could not be evaluated, and what has to change before that is tried again. */
export interface FailureState {
  readonly error: StoredFailure;
  /** Of the definitions that it failed with. */
  readonly basis: string;
  /** Of the data that it failed with. */
  readonly publication: number;
}

/** How an audience stands with its checks. */
export interface CheckState {
  readonly audienceId: string;
  /** The last check, ms UTC: it evaluated, or found that nothing could have changed. */
  readonly checkedAt: number | null;
  readonly evaluation: EvaluationState | null;
  /** Why the last check could not evaluate it; its members stay as they were. */
  readonly failure: FailureState | null;
  /** What a refresh counted, which changes no membership. */
  readonly counted: { readonly size: number; readonly at: number } | null;
}

/** The checks of audiences. Rows outlive their audience, as memberships do. */
export class AudienceChecks {
  readonly #db: Kysely<Database>;

  constructor(db: Kysely<Database>) {
    this.#db = db;
  }

  with(transaction: Kysely<Database>): AudienceChecks {
    return new AudienceChecks(transaction);
  }

  /** By id; an audience that was never checked has no entry. */
  async of(audienceIds: readonly string[]): Promise<ReadonlyMap<string, CheckState>> {
    if (audienceIds.length === 0) return new Map();
    const rows = await this.#db
      .selectFrom("audience_check")
      .selectAll()
      .where("audience_id", "in", audienceIds)
      .execute();
    return new Map(rows.map((row) => [row.audience_id, stateOf(row)]));
  }

  /** Notes an evaluation. `publication` is that of the state of the data that it read. */
  async evaluated(audienceId: string, checkedAt: number, evaluation: EvaluationState): Promise<void> {
    const { sequence, asOf, publication, changedBy, basis, fingerprint, reads, size, nextMoment } =
      evaluation;
    await this.#put(audienceId, {
      checked_at: checkedAt,
      sequence,
      as_of: asOf,
      publication,
      changed_by: changedBy,
      basis,
      fingerprint,
      reads: toJSONText(reads),
      size,
      next_moment: nextMoment,
      error: null,
    });
  }

  /** Notes that an audience could not be evaluated, and from what. */
  async failed(audienceId: string, checkedAt: number, failure: FailureState): Promise<void> {
    await this.#put(audienceId, {
      checked_at: checkedAt,
      error: toJSONText(failure.error),
      // The evaluation before it stands no longer for what the rule would find.
      fingerprint: null,
      basis: failure.basis,
      publication: failure.publication,
    });
  }

  /**
   * Notes checks that found nothing to evaluate. An audience that was evaluated meanwhile is left alone: the proof
   * was about the evaluation before.
   *
   * @param sequences of the evaluations that the proof was about
   * @param publication up to which nothing touched them
   */
  async passed(
    audienceIds: readonly string[],
    sequences: readonly number[],
    { checkedAt, publication, basis }: { checkedAt: number; publication: number; basis: string },
  ): Promise<void> {
    if (audienceIds.length === 0) return;
    await this.#db
      .updateTable("audience_check")
      .set({ checked_at: checkedAt, publication, basis })
      .where("audience_id", "in", audienceIds)
      .where("sequence", "in", [...new Set(sequences)])
      .where("publication", "<=", publication)
      .execute();
  }

  /** Notes what a refresh counted. */
  async counted(audienceId: string, size: number, at: number): Promise<void> {
    await this.#put(audienceId, { counted_size: size, counted_at: at });
  }

  async #put(
    audienceId: string,
    values: Omit<Updateable<Database["audience_check"]>, "audience_id">,
  ): Promise<void> {
    await this.#db
      .insertInto("audience_check")
      .values({ audience_id: audienceId, ...values })
      .onConflict((conflict) => conflict.column("audience_id").doUpdateSet(values))
      .execute();
  }
}

function stateOf(row: Selectable<Database["audience_check"]>): CheckState {
  return {
    audienceId: row.audience_id,
    checkedAt: row.checked_at,
    evaluation: evaluationOf(row),
    failure: failureOf(row),
    counted:
      row.counted_size === null || row.counted_at === null
        ? null
        : { size: row.counted_size, at: row.counted_at },
  };
}

function failureOf(row: Selectable<Database["audience_check"]>): FailureState | null {
  const error = fromJSONText<StoredFailure>(row.error);
  return error && { error, basis: row.basis ?? "", publication: row.publication ?? 0 };
}

function evaluationOf(row: Selectable<Database["audience_check"]>): EvaluationState | null {
  const reads = fromJSONText<RuleReads>(row.reads);
  const { sequence, as_of: asOf, publication, basis, size } = row;
  if (sequence === null || asOf === null || publication === null || reads === null) return null;
  return {
    sequence,
    asOf,
    publication,
    changedBy: row.changed_by ?? 0,
    basis: basis ?? "",
    fingerprint: row.fingerprint ?? "",
    reads,
    size: size ?? 0,
    nextMoment: row.next_moment,
  };
}
