import { type Clock, normalise, notFound, PeregrineError } from "@peregrine/core";
import type { ActivationService, AudienceChecks, TakeOverResult } from "../activation/index.ts";
import type { Engine } from "../engine/index.ts";
import type { MemberListRecord, Store } from "../store/index.ts";
import { invalid, readListedPeople } from "./read-lines.ts";
import {
  type ComparedPerson,
  type Fragment,
  listed,
  MemberListRepository,
  PARTS,
  type Part,
  type PartCounts,
} from "./repository.ts";

export interface TakeoverOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly clock: Clock;
  readonly audiences: Pick<AudienceChecks, "evaluate" | "membersAndPersons">;
  readonly activations: Pick<ActivationService, "takeOver">;
}

/** There: both + onlyThere + withoutProfile. Here: both + onlyHere + withoutIdentifier. */
export interface AudienceComparison {
  readonly id: string;
  /** null: there is no such audience here. */
  readonly name: string | null;
  readonly there: number;
  readonly here: number;
  readonly counts: PartCounts;
  /** Members here who have no such identifier, and so can't be there. */
  readonly withoutIdentifier: number;
  readonly examples: Readonly<Record<Exclude<Part, "both">, readonly ComparedPerson[]>>;
  /** Why the audience could not be evaluated; the members are those of before. */
  readonly error: { readonly code: string; readonly detail: string } | null;
}

export interface Comparison {
  readonly list: MemberListRecord;
  /** Milliseconds UTC. */
  readonly comparedAt: number;
  readonly audiences: readonly AudienceComparison[];
}

export interface SegmentOrder {
  readonly activationId: string;
  readonly audienceId: string;
  readonly list: number;
  readonly preview: boolean;
  readonly force?: string | undefined;
}

const AT_ONCE = 50_000;
const EXAMPLES = 25;

/** Taking over from another CDP: who is there, compared with who is here; segments that have people already. */
export class TakeoverService {
  readonly #options: TakeoverOptions;
  readonly #repository: MemberListRepository;

  constructor(options: TakeoverOptions) {
    this.#options = options;
    this.#repository = new MemberListRepository(options.engine);
  }

  /**
   * Keeps who is there for a month. Ids are normalised as the identifier's values are, for so they are sent.
   *
   * @param body lines of JSON: `["5d822e81","14"]`
   * @throws PeregrineError `notFound`, `requestInvalid` with the line, `memberListEmpty`
   */
  async keep(name: string, identifierId: string, body: AsyncIterable<Uint8Array>): Promise<MemberListRecord> {
    const { store, clock } = this.#options;
    const { normalise: steps } = (await this.#identifier(identifierId)).body;
    const id = await store.memberLists.draw();
    const at = clock.now();
    let waiting: { audience: string; person: string }[] = [];
    let lines = 0;
    for await (const { audience, person, line } of readListedPeople(body)) {
      const value = normalise(person, steps);
      if (value === "") throw invalid(line, "names nobody");
      waiting.push({ audience, person: value });
      lines += 1;
      if (waiting.length < AT_ONCE) continue;
      await this.#repository.write(id, waiting, at);
      waiting = [];
    }
    if (lines === 0) throw new PeregrineError("memberListEmpty");
    if (waiting.length > 0) await this.#repository.write(id, waiting, at);
    const audiences = await this.#repository.audiences(id);
    const people = audiences.reduce((sum, one) => sum + one.people, 0);
    return store.memberLists.add({ id, name, identifierId, audiences, people, repeated: lines - people });
  }

  /** @throws PeregrineError `notFound` */
  async list(id: number): Promise<MemberListRecord> {
    const found = await this.#options.store.memberLists.get(id);
    if (found === undefined)
      throw new PeregrineError("notFound", { detail: `There is no list ${id} of members.` });
    return found;
  }

  /** Compares each audience of the list, person by person, as of now. @throws PeregrineError `notFound` */
  async compare(id: number): Promise<Comparison> {
    const { store, clock, audiences } = this.#options;
    const list = await this.list(id);
    const definitions = new Map(
      (await store.definitions.list("audience")).map((record) => [record.id, record.body]),
    );
    const known = list.audiences.filter((one) => definitions.has(one.id)).map((one) => one.id);
    const comparedAt = clock.now();
    const { counts: sizes, failed } = await audiences.evaluate(known, comparedAt);
    const errors = new Map(failed.map((one) => [one.id, one.error]));
    const compared: AudienceComparison[] = [];
    for (const { id: audienceId, people: there } of list.audiences) {
      const people = await this.#people(list, audienceId);
      const counts = await this.#repository.counts(id, audienceId, people);
      const here = sizes.get(audienceId)?.size ?? counts.both + counts.onlyHere;
      const error = errors.get(audienceId);
      const examples = (part: Part) =>
        counts[part] === 0
          ? Promise.resolve([])
          : this.#repository.examples(id, audienceId, people, part, EXAMPLES);
      compared.push({
        id: audienceId,
        name: definitions.get(audienceId)?.name ?? null,
        there,
        here,
        counts,
        withoutIdentifier: here - counts.both - counts.onlyHere,
        examples: {
          onlyThere: await examples("onlyThere"),
          onlyHere: await examples("onlyHere"),
          withoutProfile: await examples("withoutProfile"),
        },
        error: error === undefined ? null : { code: error.code, detail: error.detail },
      });
    }
    return { list, comparedAt, audiences: compared };
  }

  /**
   * Everybody who stands in the list or in its audiences, in blocks, as of the last check.
   * @throws PeregrineError `notFound`
   */
  async *people(
    id: number,
    only: { readonly audience?: string | undefined; readonly part?: Part | undefined },
  ): AsyncGenerator<(ComparedPerson & { readonly audience: string })[]> {
    const list = await this.list(id);
    const parts = only.part === undefined ? PARTS : [only.part];
    for (const { id: audience } of list.audiences) {
      if (only.audience !== undefined && only.audience !== audience) continue;
      const people = await this.#people(list, audience);
      for await (const block of this.#repository.people(id, audience, people, parts))
        yield block.map((person) => ({ ...person, audience }));
    }
  }

  /**
   * Takes over a segment that has people, or tells what would happen.
   * @throws PeregrineError `notFound`, `memberListEmpty`, `activationRunning`, `takeOverUnconfirmed`,
   *   `requestInvalid` when the list names people by another identifier than the activation
   */
  async segment({
    activationId,
    audienceId,
    list: id,
    preview,
    force,
  }: SegmentOrder): Promise<TakeOverResult> {
    const list = await this.list(id);
    if (!list.audiences.some((one) => one.id === audienceId)) {
      throw new PeregrineError("memberListEmpty", {
        detail: `The list "${list.name}" names nobody in the audience \`${audienceId}\`.`,
      });
    }
    const activation = await this.#options.store.definitions.get("activation", activationId);
    if (activation !== undefined && activation.body.personIdentifier !== list.identifierId) {
      throw new PeregrineError("requestInvalid", {
        detail: `The list names people by ${list.identifierId}, and the activation by ${activation.body.personIdentifier}.`,
        faults: [{ path: "/list", message: "names people by another identifier" }],
      });
    }
    return this.#options.activations.takeOver(activationId, {
      audienceId,
      known: listed(id, audienceId),
      preview,
      force,
    });
  }

  async #people(list: MemberListRecord, audienceId: string): Promise<Fragment> {
    const { store, audiences } = this.#options;
    const { number } = await this.#identifier(list.identifierId);
    return audiences.membersAndPersons(await store.operations.snapshot(), [audienceId], number);
  }

  async #identifier(id: string) {
    const found = await this.#options.store.definitions.get("identifier", id);
    if (found !== undefined) return found;
    const known = (await this.#options.store.definitions.list("identifier")).map((one) => one.id);
    throw notFound("identifier", `There is no identifier \`${id}\`.`, { asked: id, known });
  }
}
