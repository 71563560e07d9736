import { type ColumnType, type Definition, normalise, notFound, PeregrineError } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import {
  type CatalogColumn,
  type DefinitionRecord,
  Keyset,
  type Page,
  type Snapshot,
  type Store,
} from "../store/index.ts";
import {
  type EventPosition,
  type ProfileNumbers,
  ProfileRepository,
  type StoredEvent,
  type StoredValue,
} from "./profile-repository.ts";
import { type Source, Sources } from "./sources.ts";

/** A value with where and when it came from. */
interface AttributeValue {
  /** null: it was cleared. */
  readonly value: unknown;
  /** When it was true, ISO 8601 in UTC. */
  readonly time: string;
  readonly dataflow: string;
  readonly import: number;
}

/** An attribute as the profile shows it: the latest value of all dataflows. */
interface Attribute extends AttributeValue {
  readonly name: string;
  readonly type: ColumnType;
  /** What each dataflow says, the latest first. */
  readonly values: readonly AttributeValue[];
}

export interface ProfileEvent {
  readonly type: string;
  readonly time: string;
  readonly schema: string;
  readonly dataflow: string;
  readonly import: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface Profile {
  readonly number: number;
  /** Numbers that were merged into it. */
  readonly merged: readonly number[];
  readonly identifiers: readonly {
    readonly identifier: string;
    readonly value: string;
    readonly source: Source;
  }[];
  readonly attributes: readonly Attribute[];
  readonly events: {
    readonly count: number;
    readonly types: readonly { type: string; schema: string; count: number; first: string; last: string }[];
    readonly latest: readonly ProfileEvent[];
    /** Asks for the events after those under `latest`. */
    readonly next: string | null;
  };
  readonly audiences: readonly { readonly id: string; readonly name: string; readonly since: string }[];
}

export interface Conflict {
  readonly identifier: string;
  readonly value: string;
  readonly from: number;
  /** null: displaced, it belongs to nobody until a row names it again. */
  readonly to: number | null;
  readonly source: Source;
}

/** What the numbers of the data plane are called. */
interface Names {
  readonly definitions: ReadonlyMap<number, DefinitionRecord<Definition>>;
  readonly columns: ReadonlyMap<number, CatalogColumn>;
}

const EVENTS_SHOWN = 25;
const CONFLICTS = new Keyset("conflicts", ["number", "number", "string"]);

/** Looks profiles up and shows what is known of them. */
export class ProfileService {
  readonly #store: Store;
  readonly #repository: ProfileRepository;

  constructor({ store, engine }: { readonly store: Store; readonly engine: Engine }) {
    this.#store = store;
    this.#repository = new ProfileRepository(engine);
  }

  /**
   * The profile that owns an identifier; the value is normalised first.
   *
   * @param identifier kind and value: `email:jo@example.com`
   * @throws PeregrineError `requestInvalid`, `notFound`
   */
  async byIdentifier(identifier: string): Promise<Profile> {
    const snapshot = await this.#store.operations.snapshot();
    return this.#profile(snapshot, await this.#ownerOf(identifier, snapshot));
  }

  /**
   * The numbers of the person who is meant, for other domains.
   *
   * @param person a number, or kind and value of an identifier: `email:jo@example.com`
   * @throws PeregrineError `requestInvalid`, `notFound`
   */
  async numbersOf(person: string, snapshot: Snapshot): Promise<ProfileNumbers> {
    if (/^\d{1,10}$/.test(person)) return this.#numbers(snapshot, Number(person));
    return this.#ownerOf(person, snapshot);
  }

  /**
   * The value that a person has of an identifier; the first one where there are many.
   * @param kind number of the identifier's definition
   */
  async valueOf(
    { number, merged }: ProfileNumbers,
    kind: number,
    snapshot: Snapshot,
  ): Promise<string | undefined> {
    const owned = await this.#repository.identifiers(snapshot, [number, ...merged]);
    return owned.find((one) => one.kind === kind)?.value;
  }

  /** The audiences that a person is a member of, by their last evaluations, and since when (ISO 8601). */
  async audiencesOf({ number, merged }: ProfileNumbers, snapshot: Snapshot): Promise<Profile["audiences"]> {
    return this.#audiences(snapshot, [number, ...merged]);
  }

  /** By any of its numbers. @throws PeregrineError `notFound` */
  async byNumber(number: number): Promise<Profile> {
    const snapshot = await this.#store.operations.snapshot();
    return this.#profile(snapshot, await this.#numbers(snapshot, number));
  }

  /** A profile's events, newest first. @throws PeregrineError `notFound`, `cursorInvalid` */
  async events(number: number, limit: number, cursor?: string): Promise<Page<ProfileEvent>> {
    const snapshot = await this.#store.operations.snapshot();
    const numbers = await this.#numbers(snapshot, number);
    const [time, arrival] = eventKeys(numbers.number).after(cursor) ?? [];
    const before = time === undefined || arrival === undefined ? undefined : { time, arrival };
    return this.#events(snapshot, numbers, await this.#names(), limit, before);
  }

  /** Identifiers that changed hands without a merge, the latest first. @throws PeregrineError `cursorInvalid` */
  async conflicts(limit: number, cursor?: string): Promise<Page<Conflict>> {
    const snapshot = await this.#store.operations.snapshot();
    const found = await this.#repository.conflicts(snapshot, CONFLICTS.after(cursor), limit + 1);
    const page = CONFLICTS.page(found, limit, ({ arrival, kind, value }) => [arrival, kind, value]);
    const names = await this.#names();
    const sources = await Sources.of(
      this.#store,
      page.items.map(({ arrival }) => arrival),
    );
    return {
      items: page.items.map(({ arrival, kind, value, from, to }) => ({
        identifier: idOf(names, kind),
        value,
        from,
        to: to === 0 ? null : to,
        source: sources.at(arrival),
      })),
      next: page.next,
    };
  }

  async #ownerOf(identifier: string, snapshot: Snapshot): Promise<ProfileNumbers> {
    const colon = identifier.indexOf(":");
    const [id, raw] = [identifier.slice(0, Math.max(colon, 0)), identifier.slice(colon + 1)];
    const kind = colon < 1 ? undefined : await this.#store.definitions.get("identifier", id);
    if (kind === undefined) {
      const known = (await this.#store.definitions.list("identifier")).map((record) => record.id);
      throw new PeregrineError("requestInvalid", {
        detail: `\`${identifier}\` does not name an identifier and its value.`,
        faults: [
          {
            path: "/identifier",
            message: colon < 1 ? "has no kind before a colon" : `there is no identifier \`${id}\``,
            remedy: howToName(known),
          },
        ],
      });
    }
    const value = normalise(raw, kind.body.normalise);
    const owner = await this.#repository.ownerOf(snapshot, kind.number, value);
    const numbers = owner === undefined ? undefined : await this.#repository.byNumber(snapshot, owner);
    if (numbers === undefined) {
      throw notFound("profile", `No profile has the ${id} \`${value}\`.`);
    }
    return numbers;
  }

  async #numbers(snapshot: Snapshot, number: number): Promise<ProfileNumbers> {
    const numbers = await this.#repository.byNumber(snapshot, number);
    if (numbers === undefined) {
      throw notFound("profile", `There is no profile ${number}.`);
    }
    return numbers;
  }

  async #names(): Promise<Names> {
    const definitions = await this.#store.definitions.all();
    const columns = await this.#store.definitions.columns();
    return {
      definitions: new Map(definitions.map((record) => [record.number, record])),
      columns: new Map(columns.map((column) => [column.number, column])),
    };
  }

  async #profile(snapshot: Snapshot, numbers: ProfileNumbers): Promise<Profile> {
    const names = await this.#names();
    const all = [numbers.number, ...numbers.merged];
    const owned = await this.#repository.identifiers(snapshot, all);
    const sources = await Sources.of(
      this.#store,
      owned.map(({ arrival }) => arrival),
    );
    const values = await this.#repository.attributes(snapshot, all, personalColumns(names));
    const types = await this.#eventTypes(snapshot, all, names);
    const events = await this.#events(snapshot, numbers, names, EVENTS_SHOWN, undefined);
    return {
      ...numbers,
      identifiers: owned.map(({ kind, value, arrival }) => ({
        identifier: idOf(names, kind),
        value,
        source: sources.at(arrival),
      })),
      attributes: attributesOf(values, names),
      events: {
        count: types.reduce((sum, { count }) => sum + count, 0),
        types,
        latest: events.items,
        next: events.next,
      },
      audiences: await this.#audiences(snapshot, all),
    };
  }

  async #eventTypes(snapshot: Snapshot, all: readonly number[], names: Names) {
    const types = [];
    for (const schema of (await this.#repository.eventSchemas()).keys()) {
      const ofSchema = await this.#repository.eventTypes(snapshot, all, schema);
      types.push(...ofSchema.map((type) => ({ ...type, schema: idOf(names, schema) })));
    }
    return types;
  }

  /** Events lie in one table per schema; a page is the latest of all. */
  async #events(
    snapshot: Snapshot,
    { number, merged }: ProfileNumbers,
    names: Names,
    limit: number,
    before: EventPosition | undefined,
  ): Promise<Page<ProfileEvent>> {
    const found: StoredEvent[] = [];
    for (const schema of await this.#repository.eventSchemas()) {
      const events = await this.#repository.events(snapshot, [number, ...merged], schema, before, limit + 1);
      found.push(...events);
    }
    found.sort((a, b) => (a.time === b.time ? b.arrival - a.arrival : a.time < b.time ? 1 : -1));
    const page = eventKeys(number).page(found, limit, ({ time, arrival }) => [time, arrival]);
    return {
      items: page.items.map((event) => ({
        type: event.type,
        time: event.time,
        schema: idOf(names, event.schema),
        dataflow: idOf(names, event.dataflow),
        import: event.import,
        properties: propertiesOf(event, names),
      })),
      next: page.next,
    };
  }

  async #audiences(snapshot: Snapshot, all: readonly number[]): Promise<Profile["audiences"]> {
    const audiences = await this.#store.definitions.list("audience");
    const ids = audiences.map(({ id }) => id);
    const memberships = await this.#repository.audiences(snapshot, all, ids);
    const nameOf = new Map(audiences.map(({ id, body }) => [id, body.name]));
    return memberships.map(({ audience, at }) => ({
      id: audience,
      name: nameOf.get(audience) ?? audience,
      since: at,
    }));
  }
}

/** @param known ids of the identifiers that there are */
function howToName(known: readonly string[]): string {
  return known.length === 0
    ? "There are no identifiers yet; `peregrine apply -f` brings some. See docs/getting-started.md."
    : `Write \`kind:value\`, where kind is one of: ${known.join(", ")}.`;
}

function eventKeys(number: number): Keyset<readonly ["string", "number"]> {
  return new Keyset(`profiles/${number}/events`, ["string", "number"]);
}

function idOf(names: Names, number: number): string {
  return names.definitions.get(number)?.id ?? String(number);
}

/** The catalog numbers of all columns that can be attributes: those of schemas about people. */
function personalColumns({ definitions, columns }: Names): number[] {
  const personal = new Set(
    Array.from(definitions.values(), ({ id, body }) =>
      body.kind === "schema" && body.parent === "PersonalData" ? id : "",
    ),
  );
  return Array.from(columns.values()).flatMap(({ schemaId, number }) =>
    personal.has(schemaId) ? [number] : [],
  );
}

/** Columns of one name are one attribute, whichever schema brings them. */
function attributesOf(values: readonly StoredValue[], names: Names): Attribute[] {
  const byName = new Map<string, { column: CatalogColumn; stored: StoredValue }[]>();
  for (const stored of values) {
    const column = names.columns.get(stored.attribute);
    if (column === undefined) continue;
    const known = byName.get(column.name);
    if (known === undefined) byName.set(column.name, [{ column, stored }]);
    else known.push({ column, stored });
  }
  return [...byName]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, found]) => {
      const ordered = found.sort((one, other) => latestFirst(one.stored, other.stored));
      const shown = ordered.map(({ column, stored }) => ({
        value: stored.isNull ? null : stored.values[column.type],
        time: stored.time,
        dataflow: idOf(names, stored.dataflow),
        import: stored.import,
      }));
      const [latest] = shown;
      const type = ordered[0]?.column.type;
      return latest === undefined || type === undefined ? [] : [{ name, type, ...latest, values: shown }];
    });
}

function latestFirst(one: StoredValue, other: StoredValue): number {
  if (one.time !== other.time) return one.time < other.time ? 1 : -1;
  if (one.tie !== other.tie) return one.tie < other.tie ? 1 : -1;
  return other.arrival - one.arrival;
}

function propertiesOf({ properties }: StoredEvent, names: Names): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([number, value]) => {
      const column = names.columns.get(Number(number));
      const missing = value === null || value === undefined || (Array.isArray(value) && value.length === 0);
      return column === undefined || missing ? [] : [[column.name, value]];
    }),
  );
}
