import type { AudienceDefinition, Failure, SegmentFact, Verdict } from "@peregrine/core";
import type { ActivationAudience } from "../store/activation-audiences.ts";
import type { Store } from "../store/store.ts";
import type { LoadedActivation } from "./activation-source.ts";
import { memoryOf } from "./link.ts";
import type { AttachAgain, Sender } from "./sender.ts";

/** Facts in one message: as many as there are changes in a batch by default. */
const FACTS_AT_ONCE = 99;

/** Tells the destination of an activation's segments: attach first, facts after the people, detach last. */
export class Segments {
  readonly #store: Store;
  readonly #activation: LoadedActivation;
  readonly #sender: Sender;
  readonly #audiences: ReadonlyMap<string, AudienceDefinition>;

  constructor(
    store: Store,
    activation: LoadedActivation,
    sender: Sender,
    audiences: ReadonlyMap<string, AudienceDefinition>,
  ) {
    this.#store = store;
    this.#activation = activation;
    this.#sender = sender;
    this.#audiences = audiences;
  }

  /** For a destination that says in the middle of a run that it doesn't know a segment. */
  get attachAgain(): AttachAgain {
    return (call, audienceId) =>
      this.#activation.type.attach(call, { audienceId, name: this.#nameOf(audienceId) });
  }

  /**
   * Attaches what isn't yet. A segment that is refused doesn't keep the others back: its failure stands at its
   * link, and in `refused`. `stopped` says why nothing can be sent at all.
   */
  async attach(
    links: readonly ActivationAudience[],
  ): Promise<{ readonly refused?: Failure | undefined; readonly stopped?: Failure | undefined }> {
    let refused: Failure | undefined;
    for (const link of links) {
      if (memoryOf(link).attached) continue;
      const name = this.#nameOf(link.audienceId);
      const verdict = await this.#sender.tell("create", (call) =>
        this.#activation.type.attach(call, { audienceId: link.audienceId, name }),
      );
      if (verdict?.kind === "accepted") {
        await this.#remember(link, { attached: true, told: { name } });
        continue;
      }
      const failure = this.#failure(verdict);
      if (verdict?.kind !== "refused") return { stopped: failure };
      const error = { code: verdict.failure.code, detail: verdict.failure.reason, faults: [] };
      await this.#store.activationAudiences.update(this.#activation.id, link.audienceId, { error });
      refused ??= failure;
    }
    return { refused };
  }

  /**
   * Sends the facts that have changed. What the destination refuses isn't repeated: older versions keep less.
   * @param sizes members by audience
   * @param changed audiences of which changes were accepted in this run
   */
  async describe(
    links: readonly ActivationAudience[],
    sizes: ReadonlyMap<string, number>,
    changed: ReadonlySet<string>,
    now: number,
  ): Promise<void> {
    const told = new Map(links.map((link) => [link.audienceId, memoryOf(link).told]));
    const news = links.flatMap((link) => this.#news(link, sizes, changed, now));
    for (let at = 0; at < news.length; at += FACTS_AT_ONCE) {
      const facts = news.slice(at, at + FACTS_AT_ONCE);
      const verdict = await this.#sender.tell("metadata", (call) =>
        this.#activation.type.describe(call, facts),
      );
      if (verdict?.kind !== "accepted" && verdict?.kind !== "refused") return;
      for (const fact of facts)
        told.set(fact.audienceId, { ...told.get(fact.audienceId), [fact.property]: fact.value });
      for (const link of links) {
        if (!facts.some((fact) => fact.audienceId === link.audienceId)) continue;
        await this.#remember(link, { attached: true, told: told.get(link.audienceId) ?? {} });
      }
    }
  }

  /** Ends the link of a segment that is empty. @returns why it couldn't be ended */
  async detach(link: ActivationAudience): Promise<Failure | undefined> {
    if (memoryOf(link).attached) {
      const verdict = await this.#sender.tell("detach", (call) =>
        this.#activation.type.detach(call, link.audienceId),
      );
      if (verdict?.kind !== "accepted") return this.#failure(verdict);
    }
    await this.#store.activationAudiences.forget(this.#activation.id, link.audienceId);
    return undefined;
  }

  #news(
    link: ActivationAudience,
    sizes: ReadonlyMap<string, number>,
    changed: ReadonlySet<string>,
    now: number,
  ): SegmentFact[] {
    const { audienceId } = link;
    const audience = this.#audiences.get(audienceId);
    if (audience === undefined) return [];
    const { told } = memoryOf(link);
    const current: SegmentFact[] = [
      { audienceId, property: "name", value: audience.name },
      { audienceId, property: "description", value: audience.description ?? "" },
      { audienceId, property: "tags", value: JSON.stringify(audience.tags) },
      // Without an evaluation the size is not known, so that nothing is said of it.
      { audienceId, property: "size", value: String(sizes.get(audienceId) ?? told["size"] ?? 0) },
    ];
    const unsaid: Readonly<Record<string, string>> = { description: "", tags: "[]" };
    const news = current.filter((fact) => (told[fact.property] ?? unsaid[fact.property]) !== fact.value);
    if (news.length === 0 && !changed.has(audienceId)) return [];
    return [...news, { audienceId, property: "lastUpdated", value: new Date(now).toISOString() }];
  }

  #nameOf(audienceId: string): string {
    return this.#audiences.get(audienceId)?.name ?? audienceId;
  }

  #failure(verdict: Verdict | undefined): Failure | undefined {
    if (verdict !== undefined && verdict.kind !== "accepted") return verdict.failure;
    const stop = this.#sender.stopped;
    return stop?.kind === "failure" ? stop.failure : undefined;
  }

  async #remember(
    link: ActivationAudience,
    memory: { attached: boolean; told: Record<string, string> },
  ): Promise<void> {
    await this.#store.activationAudiences.update(this.#activation.id, link.audienceId, {
      metadata: memory,
      error: null,
    });
  }
}
