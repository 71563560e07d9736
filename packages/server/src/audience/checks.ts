import { createHash } from "node:crypto";
import { type AudienceDefinition, PeregrineError, type ResolvedRule, ruleKey } from "@peregrine/core";
import type { CheckState, EvaluationState, Store, StoredFailure } from "../store/index.ts";
import { VERSION } from "../version.ts";
import { judge, type Verdict } from "./due.ts";

/** What is known of audiences without asking the engine. */
export interface Look {
  readonly asOf: number;
  /** Every publication up to it was considered. */
  readonly publication: number;
  readonly basis: string;
  readonly audiences: readonly LookedAt[];
  readonly missing: readonly string[];
}

export interface LookedAt {
  readonly id: string;
  readonly definition: AudienceDefinition;
  readonly state: CheckState | undefined;
  readonly verdict: Verdict;
}

/** Finds out which audiences have to be evaluated, and keeps what they were evaluated with. */
export class Checks {
  readonly #store: Store;
  readonly #timeZone: string;

  constructor(store: Store, timeZone: string) {
    this.#store = store;
    this.#timeZone = timeZone;
  }

  /** Looks at audiences by the control plane alone. */
  async look(ids: readonly string[], asOf: number, force: boolean): Promise<Look> {
    const { operations, audienceChecks, definitions } = this.#store;
    // Read before what they stand for: what is published or saved in between is found once more the next time.
    const publication = await operations.publication();
    const basis = `${await definitions.revision()} ${this.#timeZone} ${VERSION}`;
    const states = await audienceChecks.of(ids);
    const known = new Map((await definitions.list("audience")).map((record) => [record.id, record.body]));
    const oldest = Math.min(publication, ...[...states.values()].map(publicationOf));
    const news = oldest === publication ? [] : await operations.dataSince(oldest);
    const circumstances = { asOf, timeZone: this.#timeZone, basis, news, force };
    const unique = [...new Set(ids)];
    return {
      asOf,
      publication,
      basis,
      audiences: unique.flatMap((id) => {
        const definition = known.get(id);
        if (definition === undefined) return [];
        const state = states.get(id);
        return [{ id, definition, state, verdict: judge(state, definition.check, circumstances) }];
      }),
      missing: unique.filter((id) => !known.has(id)),
    };
  }

  /** Notes that these audiences were checked and that nothing of them can have changed. */
  async passed(look: Look, audiences: readonly LookedAt[]): Promise<void> {
    const { asOf: checkedAt, publication, basis } = look;
    const evaluations = audiences.flatMap(({ state }) => state?.evaluation ?? []);
    await this.#store.audienceChecks.passed(
      audiences.map(({ id }) => id),
      evaluations.map(({ sequence }) => sequence),
      { checkedAt, publication, basis },
    );
  }

  /** Notes that an audience could not be evaluated; it is tried again when definitions or data change. */
  async failed(look: Look, id: string, { code, detail, faults }: PeregrineError): Promise<void> {
    const { asOf, publication, basis } = look;
    await this.#store.audienceChecks.failed(id, asOf, {
      error: { code, detail, faults },
      publication,
      basis,
    });
  }

  /** A text that is equal for equal rules, catalogs and programs, so that nothing else finds other people. */
  fingerprint(rule: ResolvedRule): string {
    return createHash("sha256")
      .update(`${this.#timeZone}\n${VERSION}\n${ruleKey(rule)}`)
      .digest("base64url");
  }
}

/** Whether the last evaluation was of the same rule. */
export function isSame(evaluation: EvaluationState | null | undefined, fingerprint: string): boolean {
  return evaluation?.fingerprint === fingerprint;
}

export function errorOf({ code, detail, faults }: StoredFailure): PeregrineError {
  return new PeregrineError(code, { detail, faults });
}

function publicationOf({ evaluation, failure }: CheckState): number {
  return Math.min(...[evaluation, failure].flatMap((one) => (one === null ? [] : [one.publication])));
}
