import type { DataPublication } from "../store/index.ts";
import type { RunRecord } from "../store/runs.ts";
import type { Store } from "../store/store.ts";
import type { AudienceChecks } from "./audiences.ts";
import { isDemanded } from "./demand.ts";
import { wasIdle } from "./retention.ts";
import { countsOf } from "./run-counts.ts";

/**
 * Tells by the control plane alone that an activation's next run would do what its last did: find nothing. A minute in
 * which nothing happens then costs no work of the engine and leaves no run behind.
 */
export class Quiet {
  readonly #store: Store;
  readonly #audiences: AudienceChecks;
  /** One reading for all activations that are looked at together. */
  readonly #since = new Map<number, Promise<readonly DataPublication[]>>();
  #revision: Promise<number> | undefined;

  constructor({ store, audiences }: { readonly store: Store; readonly audiences: AudienceChecks }) {
    this.#store = store;
    this.#audiences = audiences;
  }

  /** @param last the activation's last run */
  async is(activationId: string, last: RunRecord | undefined, now: number): Promise<boolean> {
    if (last === undefined || !wasIdle(last)) return false;
    const { publication, revision, nextAttemptAt } = countsOf(last);
    if (publication === undefined || (nextAttemptAt ?? Number.POSITIVE_INFINITY) <= now) return false;
    this.#revision ??= this.#store.definitions.revision();
    if ((await this.#revision) !== revision) return false;
    if (await isDemanded(this.#store, activationId)) return false;
    // Identifiers may have moved, and people may have become one.
    if ((await this.#dataSince(publication)).length > 0) return false;
    const links = await this.#store.activationAudiences.of(activationId);
    if (links.some(({ status }) => status === "takingOut")) return false;
    const standing = await this.#audiences.standing(links.map(({ audienceId }) => audienceId));
    return [...standing.values()].every(({ changedBy }) => changedBy <= publication);
  }

  #dataSince(publication: number): Promise<readonly DataPublication[]> {
    const known = this.#since.get(publication) ?? this.#store.operations.dataSince(publication);
    this.#since.set(publication, known);
    return known;
  }
}
