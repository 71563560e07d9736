import { compileRules, PeregrineError, type ResolvedRule, resolveRule } from "@peregrine/core";
import type { Operations, Snapshot, Store } from "../store/index.ts";
import type { CatalogSource } from "./catalog.ts";
import type { EvaluationTurn } from "./evaluation-turn.ts";
import type { AudienceRepository, MembershipCounts } from "./repository.ts";

/** What an evaluation did. */
export interface EvaluationResult {
  /** Grows with every evaluation; memberships written by this one carry it. */
  readonly sequence: number;
  /** Milliseconds UTC. */
  readonly asOf: number;
  /** By id of the audience; those that failed have no entry. */
  readonly counts: ReadonlyMap<string, MembershipCounts>;
  /** Audiences whose rule cannot be evaluated; their members stay as they were. */
  readonly failed: readonly { readonly id: string; readonly error: PeregrineError }[];
}

interface Due {
  readonly id: string;
  readonly rule: ResolvedRule;
}

/** So many audiences go into one statement; more of them only grow its hash tables. */
const AUDIENCES_PER_STATEMENT = 100;

/** Evaluates audiences together and writes who entered and who left, published last. */
export class Evaluation {
  readonly #store: Store;
  readonly #repository: AudienceRepository;
  readonly #catalog: CatalogSource;
  readonly #turn: EvaluationTurn;
  readonly #timeZone: string;

  constructor(options: {
    readonly store: Store;
    readonly repository: AudienceRepository;
    readonly catalog: CatalogSource;
    readonly turn: EvaluationTurn;
    readonly timeZone: string;
  }) {
    this.#store = options.store;
    this.#repository = options.repository;
    this.#catalog = options.catalog;
    this.#turn = options.turn;
    this.#timeZone = options.timeZone;
  }

  /**
   * One evaluation at a time, over all processes: each compares with what the one before it wrote.
   *
   * @param asOf milliseconds UTC; later events do not exist
   * @throws PeregrineError `evaluationBusy`, `leaseLost`, and what engine and store throw; then nothing changed
   */
  async run(audienceIds: readonly string[], asOf: number): Promise<EvaluationResult> {
    return this.#turn.take(async (lease) => {
      const { operations } = this.#store;
      const snapshot = await operations.snapshot();
      const { due, failed } = await this.#due(audienceIds, snapshot);
      const [only] = audienceIds;
      const subject =
        audienceIds.length === 1 && only !== undefined ? only : `${audienceIds.length} audiences`;
      const sequence = await operations.open("evaluation", subject, lease.epoch);
      return abandonOnFailure(operations, sequence, async () => {
        for (const part of parts(due)) {
          const compiled = compileRules(
            part.map(({ rule }) => rule),
            { asOf, timeZone: this.#timeZone },
          );
          const ids = part.map(({ id }) => id);
          await this.#repository.writeDifferences(snapshot, ids, compiled, sequence, asOf);
        }
        const ids = due.map(({ id }) => id);
        const counts = await this.#repository.counts(snapshot, ids, sequence);
        await operations.publish(sequence, undefined, lease);
        return { sequence, asOf, counts, failed };
      });
    });
  }

  async #due(
    ids: readonly string[],
    snapshot: Snapshot,
  ): Promise<{ readonly due: readonly Due[]; readonly failed: EvaluationResult["failed"] }> {
    const catalog = await this.#catalog.read(snapshot, "accepted");
    const due: Due[] = [];
    const failed: { id: string; error: PeregrineError }[] = [];
    for (const id of new Set(ids)) {
      const audience = await this.#store.definitions.get("audience", id);
      if (audience === undefined) {
        const detail = `There is no audience \`${id}\`.`;
        failed.push({ id, error: new PeregrineError("notFound", { detail }) });
        continue;
      }
      const resolved = resolveRule(audience.body.rule, catalog, id);
      if ("ok" in resolved) due.push({ id, rule: resolved.ok });
      else failed.push({ id, error: ruleInvalid(audience.body.name, resolved.faults) });
    }
    return { due, failed };
  }
}

/** The error of an audience whose rule names what does not exist (any more). */
function ruleInvalid(name: string, faults: PeregrineError["faults"]): PeregrineError {
  return new PeregrineError("ruleInvalid", {
    detail: `The rule of the audience "${name}" has faults.`,
    faults,
  });
}

function parts(due: readonly Due[]): readonly (readonly Due[])[] {
  const count = Math.ceil(due.length / AUDIENCES_PER_STATEMENT);
  return Array.from({ length: count }, (_, at) =>
    due.slice(at * AUDIENCES_PER_STATEMENT, (at + 1) * AUDIENCES_PER_STATEMENT),
  );
}

async function abandonOnFailure<Result>(
  operations: Operations,
  operation: number,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    // Left open it is as invisible as abandoned, until the next start clears it away.
    await operations.abandon(operation).catch(() => undefined);
    throw error;
  }
}
