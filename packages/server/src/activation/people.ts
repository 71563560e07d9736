import { type Clock, notFound, type PersonState } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import { Keyset, type Page, type Store } from "../store/index.ts";
import type { AudienceChecks } from "./audiences.ts";
import { demand } from "./demand.ts";
import type { ActivationRecord } from "./known-activations.ts";
import { PeopleRepository, type RefusalGroup, type StandingPerson } from "./people-repository.ts";
import type { SentState } from "./standing.ts";
import { standingScope } from "./standing-scope.ts";

interface PeopleOptions {
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly audiences: AudienceChecks;
  /** @throws PeregrineError `notFound` */
  readonly record: (activationId: string) => Promise<ActivationRecord>;
  /** Hears that people of an activation are to be sent again. */
  readonly onDemand: (activationId: string) => void;
}

/** People who were left in a segment when its audience was taken off. */
interface LeftBehind {
  readonly audienceId: string;
  /** null: the audience was deleted. */
  readonly name: string | null;
  readonly people: number;
}

/** The people of an activation by how they stand: the same as the status counts. */
export class People {
  readonly #options: PeopleOptions;
  readonly #repository: PeopleRepository;

  constructor(options: PeopleOptions) {
    this.#options = options;
    this.#repository = new PeopleRepository(options.engine);
  }

  /**
   * @param page `personId`: only this person, if the state is theirs
   * @throws PeregrineError `notFound` for the activation, or an audience that it doesn't carry; `cursorInvalid`
   */
  async list(
    activationId: string,
    audienceId: string,
    state: PersonState,
    page: {
      readonly cursor?: string | undefined;
      readonly personId?: string | undefined;
      readonly limit: number;
    },
  ): Promise<Page<StandingPerson>> {
    const scope = await this.#scope(activationId, audienceId);
    const list = `people/${activationId}/${audienceId}/${state}`;
    const { cursor, personId, limit } = page;
    if (state === "suppressed") {
      const keyset = new Keyset(list, ["string"]);
      const [after = ""] = keyset.after(cursor) ?? [];
      const found = await this.#repository.excluded(scope, { after, personId, limit: limit + 1 });
      return keyset.page(found, limit, (person) => [person.personId ?? ""]);
    }
    if (isSent(state)) {
      const keyset = new Keyset(list, ["string"]);
      const [after] = keyset.after(cursor) ?? [];
      const found = await this.#repository.page(scope, state, { after, personId, limit: limit + 1 });
      return keyset.page(found, limit, (person) => [person.personId ?? ""]);
    }
    const keyset = new Keyset(list, ["number"]);
    const [after = 0] = keyset.after(cursor) ?? [];
    // Nobody of these has a person id.
    const found =
      personId !== undefined ? [] : await this.#repository.withoutIdentifier(scope, after, limit + 1);
    return keyset.page(found, limit, ({ profile }) => [profile ?? 0]);
  }

  /** All of a state, block by block. @throws PeregrineError `notFound` */
  async all(
    activationId: string,
    audienceId: string,
    state: PersonState,
  ): Promise<AsyncIterable<readonly StandingPerson[]>> {
    const scope = await this.#scope(activationId, audienceId);
    if (isSent(state)) return this.#repository.all(scope, state);
    return state === "suppressed"
      ? this.#repository.allExcluded(scope)
      : this.#repository.allWithoutIdentifier(scope);
  }

  /** Why people are refused now, the most frequent answers first. @throws PeregrineError `notFound` */
  async refusals(activationId: string): Promise<RefusalGroup[]> {
    const record = await this.#options.record(activationId);
    const links = await this.#links(activationId);
    const scope = await standingScope(
      this.#options,
      { number: record.number, definition: record.body },
      links,
    );
    return this.#repository.refusalGroups(scope);
  }

  /**
   * Who stays in segments there though the activation doesn't carry their audience any more, by audience.
   * @throws PeregrineError `notFound`
   */
  async leftBehind(activationId: string): Promise<LeftBehind[]> {
    const { record, store } = this.#options;
    const { number } = await record(activationId);
    const links = await store.activationAudiences.of(activationId);
    const left = await this.#repository.heldOutside(
      number,
      links.map(({ audienceId }) => audienceId),
    );
    if (left.length === 0) return [];
    const names = new Map((await store.definitions.list("audience")).map(({ id, body }) => [id, body.name]));
    return left.map(({ audience, people }) => ({
      audienceId: audience,
      name: names.get(audience) ?? null,
      people,
    }));
  }

  /**
   * Sends refused people again with the next run, whatever their time. They go alone, as all who were refused.
   * @param personIds only these; absent: all refused of the audience
   * @returns how many had to wait and don't any more
   * @throws PeregrineError `notFound`
   */
  async sendAgain(activationId: string, audienceId: string, personIds?: readonly string[]): Promise<number> {
    const { record, store, clock, onDemand } = this.#options;
    const { number } = await record(activationId);
    await this.#link(activationId, audienceId);
    const people = await this.#repository.liftBackOff(number, audienceId, personIds, clock.now());
    if (people === 0) return 0;
    await demand(store, activationId);
    onDemand(activationId);
    return people;
  }

  async #scope(activationId: string, audienceId: string) {
    const record = await this.#options.record(activationId);
    const link = await this.#link(activationId, audienceId);
    return standingScope(this.#options, { number: record.number, definition: record.body }, [link]);
  }

  async #links(activationId: string) {
    const links = await this.#options.store.activationAudiences.of(activationId);
    // Who is tried out belongs to no audience.
    return links.filter(({ status }) => status !== "test");
  }

  async #link(activationId: string, audienceId: string) {
    const links = await this.#links(activationId);
    const link = links.find((one) => one.audienceId === audienceId);
    if (link !== undefined) return link;
    throw notFound("audience", `The activation \`${activationId}\` carries no audience \`${audienceId}\`.`, {
      asked: audienceId,
      known: links.map((one) => one.audienceId),
    });
  }
}

/** True when people of the state are told by their person id. */
function isSent(state: PersonState): state is SentState {
  return state !== "withoutIdentifier" && state !== "suppressed";
}
