import { type HoldReason, holdSentence, notFound, PeregrineError } from "@peregrine/core";
import type { RemovalHold, Store } from "../store/index.ts";
import { demand } from "./demand.ts";
import type { ActivationRecord } from "./known-activations.ts";

/** A hold as it is shown; instants in ms UTC. */
export interface ShownHold {
  readonly id: number;
  readonly audienceId: string;
  readonly audienceName: string;
  readonly state: "waiting" | "left" | "approved";
  readonly people: number;
  readonly reasons: readonly (Pick<HoldReason, "kind"> & { readonly sentence: string })[];
  readonly heldAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
}

interface HoldsOptions {
  readonly store: Store;
  /** @throws PeregrineError `notFound` */
  readonly record: (activationId: string) => Promise<ActivationRecord>;
  /** Hears that something was decided. */
  readonly onDemand: (activationId: string) => void;
}

/** What the removal guard holds, and what people decide about it. */
export class Holds {
  readonly #options: HoldsOptions;

  constructor(options: HoldsOptions) {
    this.#options = options;
  }

  /** @throws PeregrineError `notFound` */
  async list(activationId: string): Promise<ShownHold[]> {
    const { store, record } = this.#options;
    await record(activationId);
    const links = await store.activationAudiences.of(activationId);
    const linked = new Set(
      links.filter(({ status }) => status === "linked").map(({ audienceId }) => audienceId),
    );
    const audiences = await store.definitions.list("audience");
    const names = new Map(audiences.map(({ id, body }) => [id, body.name]));
    const holds = await store.removalHolds.active(activationId);
    return holds.filter(({ audienceId }) => linked.has(audienceId)).map((hold) => shown(hold, names));
  }

  /**
   * Lets the removals of a hold go with the next run, or leaves the people where they are until the members change.
   * It is about the people whom the hold names: others are held anew.
   *
   * @param by the name of the token
   * @throws PeregrineError `notFound`, `holdOver` when others are held by now, or nobody
   */
  async decide(
    activationId: string,
    audienceId: string,
    {
      hold: id,
      decision,
      by,
    }: { readonly hold: number; readonly decision: "approve" | "leave"; readonly by: string },
  ): Promise<ShownHold[]> {
    const { store, record, onDemand } = this.#options;
    await record(activationId);
    const holds = await this.list(activationId);
    if (!holds.some((hold) => hold.audienceId === audienceId)) {
      throw notFound("hold", `Nothing of the audience \`${audienceId}\` is held.`);
    }
    const state = decision === "approve" ? "approved" : "left";
    if (!(await store.removalHolds.decide({ id, activationId, audienceId }, state, by))) {
      throw new PeregrineError("holdOver", { detail: `The hold ${id} of \`${audienceId}\` is over.` });
    }
    await demand(store, activationId);
    onDemand(activationId);
    return this.list(activationId);
  }
}

function shown(hold: RemovalHold, names: ReadonlyMap<string, string>): ShownHold {
  const { id, audienceId, state, removals, reasons, heldAt, decidedAt, decidedBy } = hold;
  return {
    id,
    audienceId,
    audienceName: names.get(audienceId) ?? audienceId,
    state: state === "approved" || state === "left" ? state : "waiting",
    people: removals.leaving,
    reasons: reasons.map((reason) => ({ kind: reason.kind, sentence: holdSentence(reason) })),
    heldAt,
    decidedAt,
    decidedBy,
  };
}
