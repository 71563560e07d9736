import {
  type AudienceDefinition,
  type Catalog,
  type CatalogEventSource,
  COLUMN_TYPES,
  type ColumnType,
  type Dataflow,
  eventTypesOf,
  type Schema,
} from "@peregrine/core";
import { type Engine, ensureEventTable, eventColumn, eventTable } from "../engine/index.ts";
import type { CatalogColumn, Store } from "../store/index.ts";
import type { AudienceRepository, EventCount } from "./repository.ts";

/** Definitions from which a catalog is made: as they are, or as they would be. */
export interface CatalogDefinitions {
  readonly schemas: readonly Schema[];
  readonly dataflows: readonly Dataflow[];
  readonly columns: readonly CatalogColumn[];
  readonly audiences: readonly AudienceDefinition[];
}

/**
 * How events are taken that no dataflow names as a constant and that were never seen. A rule that is being saved
 * must not name them, unless nothing was seen yet; a rule that was saved finds nobody by them, for a type of event
 * can vanish from the data (an overwritten dataset) and come back.
 */
export type UnseenEvents = "refused" | "accepted";

/** What rules may name, as it is shown. */
export interface CatalogView {
  readonly attributes: { name: string; type: ColumnType }[];
  readonly events: {
    type: string;
    schema: string;
    count: number;
    properties: { name: string; type: ColumnType }[];
  }[];
}

/** Builds what rules may name: from definitions, and from the types of events that were seen. */
export class CatalogSource {
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #repository: AudienceRepository;
  /** The types of events in the tables and how many there are of each, which change with publications of data only. */
  #seen: { readonly revision: number; readonly types: Map<number, readonly EventCount[]> } = {
    revision: -1,
    types: new Map(),
  };

  constructor(store: Store, engine: Engine, repository: AudienceRepository) {
    this.#store = store;
    this.#engine = engine;
    this.#repository = repository;
  }

  /** The catalog of the live definitions; afterwards the tables of all their events are there. */
  async read(unseen: UnseenEvents): Promise<Catalog> {
    const [schemas, dataflows, columns, audiences] = await Promise.all([
      this.#store.definitions.list("schema"),
      this.#store.definitions.list("dataflow"),
      this.#store.definitions.columns(),
      this.#store.definitions.list("audience"),
    ]);
    await this.#ensureTables(
      schemas
        .filter(({ body }) => body.parent === "Interaction")
        .map(({ id, number }) => ({ number, columns: columns.filter(({ schemaId }) => schemaId === id) })),
    );
    const definitions = {
      schemas: schemas.map(({ body }) => body),
      dataflows: dataflows.map(({ body }) => body),
      columns,
      audiences: audiences.map(({ body }) => body),
    };
    return this.of(definitions, unseen);
  }

  /** What rules may name, for people: attributes, and the types of events with how many there are of each. */
  async view(): Promise<CatalogView> {
    const { attributes } = await this.read("refused");
    const schemas = await this.#store.definitions.list("schema");
    const columns = await this.#store.definitions.columns();
    const events = [];
    for (const { id, number, body } of schemas) {
      if (body.parent !== "Interaction") continue;
      const properties = [...propertiesOf(id, columns)].map(([name, { type }]) => ({ name, type }));
      for (const { type, count } of await this.#seenTypes(number)) {
        events.push({ type, schema: id, count, properties });
      }
    }
    return { attributes: [...attributes].map(([name, { type }]) => ({ name, type })), events };
  }

  /** The catalog of definitions that need not be live; a new schema and its columns have the number 0. */
  async of(definitions: CatalogDefinitions, unseen: UnseenEvents): Promise<Catalog> {
    const { schemas, dataflows, columns } = definitions;
    const live = await this.#store.definitions.list("schema");
    const events = new Map<string, CatalogEventSource[]>();
    const openSources: CatalogEventSource[] = [];
    const openToSaved: CatalogEventSource[] = [];
    for (const { id } of schemas.filter(({ parent }) => parent === "Interaction")) {
      const number = live.find((schema) => schema.id === id)?.number;
      const counts = number === undefined ? [] : await this.#seenTypes(number);
      const seen = counts.map(({ type }) => type);
      const sources = dataflows.filter(({ schema, state }) => schema === id && state !== "draft");
      const types = sources.map((dataflow) => eventTypesOf(dataflow));
      const source = { schema: number ?? 0, properties: propertiesOf(id, columns) };
      for (const type of new Set([...types.flatMap(({ constants }) => constants), ...seen])) {
        events.set(type, [...(events.get(type) ?? []), source]);
      }
      const nothingSeen = seen.length === 0 && types.some(({ open }) => open);
      if (unseen === "accepted" || nothingSeen) openSources.push(source);
      openToSaved.push(source);
    }
    const audiences = new Map(definitions.audiences.map(({ id, name, rule }) => [id, { name, rule }]));
    return { attributes: attributesOf(schemas, columns), events, openSources, openToSaved, audiences };
  }

  /** A schema that was defined and has no row yet may have no table either, and a rule may name it already. */
  async #ensureTables(
    schemas: readonly { readonly number: number; readonly columns: readonly CatalogColumn[] }[],
  ): Promise<void> {
    if (schemas.length === 0) return;
    const tables = await this.#repository.eventColumns();
    for (const { number, columns } of schemas) {
      const present = tables.get(eventTable(number));
      if (present !== undefined && columns.every((column) => present.has(eventColumn(column.number))))
        continue;
      await ensureEventTable(
        this.#engine,
        number,
        columns.map((column) => ({ number: column.number, type: columnType(column) })),
      );
    }
  }

  async #seenTypes(schema: number): Promise<readonly EventCount[]> {
    // The revision first: the snapshot behind it is at least as new, so nothing older is kept under it.
    const { revision } = await this.#store.operations.dataRevision();
    if (this.#seen.revision !== revision) this.#seen = { revision, types: new Map() };
    const { types } = this.#seen;
    const known = types.get(schema);
    if (known !== undefined) return known;
    // Definitions are checked before anything makes the table of a schema that has no row yet.
    if (!(await this.#repository.eventColumns()).has(eventTable(schema))) return [];
    const found = await this.#repository.eventCounts(await this.#store.operations.snapshot(), schema);
    types.set(schema, found);
    return found;
  }
}

/** One attribute per name over all schemas of people; that one name has one type is checked when they are defined. */
function attributesOf(schemas: readonly Schema[], columns: readonly CatalogColumn[]): Catalog["attributes"] {
  const attributes = new Map<string, { type: ColumnType; numbers: number[] }>();
  for (const { id } of schemas.filter(({ parent }) => parent === "PersonalData")) {
    for (const column of columns.filter(({ schemaId }) => schemaId === id)) {
      const type = columnType(column);
      const known = attributes.get(column.name);
      if (known === undefined) attributes.set(column.name, { type, numbers: [column.number] });
      else if (known.type === type) known.numbers.push(column.number);
    }
  }
  return attributes;
}

function propertiesOf(schemaId: string, columns: readonly CatalogColumn[]): CatalogEventSource["properties"] {
  return new Map(
    columns
      .filter((column) => column.schemaId === schemaId)
      .map((column) => [column.name, { type: columnType(column), column: column.number }]),
  );
}

function columnType({ name, type }: CatalogColumn): ColumnType {
  const known = COLUMN_TYPES.find((candidate) => candidate === type);
  if (known === undefined) throw new TypeError(`the column ${name} is of the unknown type ${type}`);
  return known;
}
