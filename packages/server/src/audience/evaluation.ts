import { PeregrineError, type ResolvedRule, readsOf, resolveRule } from "@peregrine/core";
import type { EvaluationState, Lease, Operations, Snapshot, Store } from "../store/index.ts";
import type { CatalogSource } from "./catalog.ts";
import { Checks, errorOf, isSame, type Look } from "./checks.ts";
import type { EvaluationTurn } from "./evaluation-turn.ts";
import type { MembershipCounts, MembershipRepository } from "./membership-repository.ts";
import type { AudienceRepository } from "./repository.ts";

/** What an evaluation did. */
export interface EvaluationResult {
  /** The latest evaluation that any of them was in; 0 before the first. Memberships carry it. */
  readonly sequence: number;
  /** Milliseconds UTC. */
  readonly asOf: number;
  /** By id of the audience; those that failed, or were never evaluated, have no entry. */
  readonly counts: ReadonlyMap<string, MembershipCounts>;
  /** Audiences whose rule cannot be evaluated; their members stay as they were. */
  readonly failed: readonly { readonly id: string; readonly error: PeregrineError }[];
}

interface Due {
  readonly id: string;
  readonly rule: ResolvedRule;
  readonly fingerprint: string;
  readonly before: EvaluationState | null;
}

/** What an evaluation wrote. */
interface Written {
  readonly sequence: number;
  readonly counts: ReadonlyMap<string, MembershipCounts>;
}

export interface EvaluationOptions {
  /** Evaluates whatever was chosen and whatever is known of what has changed. */
  readonly force?: boolean;
}

/** So many audiences are evaluated at once; more of them only grow the hash tables. */
const AUDIENCES_AT_ONCE = 100;

/** Evaluates audiences together and writes who entered and who left, published last. */
export class Evaluation {
  readonly #store: Store;
  readonly #repository: AudienceRepository;
  readonly #memberships: MembershipRepository;
  readonly #catalog: CatalogSource;
  readonly #turn: EvaluationTurn;
  readonly #timeZone: string;
  readonly #checks: Checks;

  constructor(options: {
    readonly store: Store;
    readonly repository: AudienceRepository;
    readonly memberships: MembershipRepository;
    readonly catalog: CatalogSource;
    readonly turn: EvaluationTurn;
    readonly timeZone: string;
  }) {
    this.#store = options.store;
    this.#repository = options.repository;
    this.#memberships = options.memberships;
    this.#catalog = options.catalog;
    this.#turn = options.turn;
    this.#timeZone = options.timeZone;
    this.#checks = new Checks(options.store, options.timeZone);
  }

  /**
   * Checks audiences. What can be shown not to have changed costs reads of the control plane; the others are
   * evaluated together, one evaluation at a time over all processes: each compares with what the one before wrote.
   *
   * @param asOf milliseconds UTC; later events do not exist
   * @throws PeregrineError `evaluationBusy`, `leaseLost`, and what engine and store throw; then nothing changed
   */
  async run(
    audienceIds: readonly string[],
    asOf: number,
    { force = false }: EvaluationOptions = {},
  ): Promise<EvaluationResult> {
    const look = await this.#checks.look(audienceIds, asOf, force);
    if (look.audiences.every(({ verdict }) => verdict !== "due" && verdict !== "unsure")) {
      return this.#finish(look, new Set(), [], undefined);
    }
    return this.#turn.take(async (lease) => {
      // Whoever had the turn before may have done it all.
      const now = await this.#checks.look(audienceIds, asOf, force);
      const { operations } = this.#store;
      const snapshot = await operations.snapshot();
      const { due, failed } = await this.#due(now);
      const written = due.length === 0 ? undefined : await this.#evaluate(now, due, snapshot, lease);
      return this.#finish(now, new Set(due.map(({ id }) => id)), failed, written);
    });
  }

  async #evaluate(look: Look, due: readonly Due[], snapshot: Snapshot, lease: Lease): Promise<Written> {
    const { asOf } = look;
    const { operations, audienceChecks } = this.#store;
    const [only] = due;
    const subject = due.length === 1 && only !== undefined ? only.id : `${due.length} audiences`;
    const sequence = await operations.open("evaluation", subject, lease.epoch);
    const moment = { asOf, timeZone: this.#timeZone };
    return abandonOnFailure(operations, sequence, async () => {
      for (const part of parts(due)) {
        const ids = part.map(({ id }) => id);
        const partRules = part.map(({ rule }) => rule);
        await this.#memberships.writeDifferences(snapshot, ids, partRules, moment, sequence);
      }
      const ids = due.map(({ id }) => id);
      const counts = await this.#memberships.counts(snapshot, ids, sequence);
      const rules = due.map(({ rule }) => rule);
      const moments = await this.#repository.nextMoments(snapshot, rules, moment);
      await operations.publish(
        sequence,
        async (transaction, publication) => {
          const states = audienceChecks.with(transaction);
          for (const [at, { id, rule, fingerprint, before }] of due.entries()) {
            const { size = 0, entered = 0, left = 0 } = counts.get(id) ?? {};
            await states.evaluated(id, asOf, {
              sequence,
              asOf,
              publication: look.publication,
              changedBy: entered + left > 0 ? publication : (before?.changedBy ?? 0),
              basis: look.basis,
              fingerprint,
              reads: readsOf(rule),
              size,
              nextMoment: moments[at] ?? null,
            });
          }
        },
        lease,
      );
      return { sequence, counts };
    });
  }

  /** Notes the checks of all that was not evaluated, and puts together what is known of everybody. */
  async #finish(
    look: Look,
    evaluated: ReadonlySet<string>,
    failed: EvaluationResult["failed"],
    written: Written | undefined,
  ): Promise<EvaluationResult> {
    const newly = new Set(failed.map(({ id }) => id));
    const rest = look.audiences.filter(({ id }) => !evaluated.has(id) && !newly.has(id));
    await this.#checks.passed(
      look,
      rest.filter(({ verdict }) => verdict === "current" || verdict === "unsure"),
    );
    const counts = new Map(written?.counts ?? []);
    for (const { id, state } of rest) {
      const size = state?.failure == null ? state?.evaluation?.size : undefined;
      if (size !== undefined) counts.set(id, { size, entered: 0, left: 0 });
    }
    const sequences = look.audiences.map(({ state }) => state?.evaluation?.sequence ?? 0);
    return {
      sequence: written?.sequence ?? Math.max(0, ...sequences),
      asOf: look.asOf,
      counts,
      failed: [
        ...failed,
        ...rest.flatMap(({ id, state }) =>
          state?.failure == null ? [] : [{ id, error: errorOf(state.failure.error) }],
        ),
        ...look.missing.map((id) => ({
          id,
          error: new PeregrineError("notFound", { detail: `There is no audience \`${id}\`.` }),
        })),
      ],
    };
  }

  /** Resolves what may be due. A rule that turns out to be the one that was evaluated is left out. */
  async #due(
    look: Look,
  ): Promise<{ readonly due: readonly Due[]; readonly failed: EvaluationResult["failed"] }> {
    const asked = look.audiences.filter(({ verdict }) => verdict === "due" || verdict === "unsure");
    const due: Due[] = [];
    const failed: { id: string; error: PeregrineError }[] = [];
    if (asked.length === 0) return { due, failed };
    const catalog = await this.#catalog.read("accepted");
    for (const { id, definition, state, verdict } of asked) {
      const resolved = resolveRule(definition.rule, catalog, id);
      if ("ok" in resolved) {
        const fingerprint = this.#checks.fingerprint(resolved.ok);
        const before = state?.evaluation ?? null;
        if (verdict === "unsure" && isSame(before, fingerprint)) continue;
        due.push({ id, rule: resolved.ok, fingerprint, before });
        continue;
      }
      const error = ruleInvalid(definition.name, resolved.faults);
      await this.#checks.failed(look, id, error);
      failed.push({ id, error });
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
  const count = Math.ceil(due.length / AUDIENCES_AT_ONCE);
  return Array.from({ length: count }, (_, at) =>
    due.slice(at * AUDIENCES_AT_ONCE, (at + 1) * AUDIENCES_AT_ONCE),
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
