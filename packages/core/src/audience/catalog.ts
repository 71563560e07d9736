import type { ColumnType } from "../schema/schema.ts";

/** An attribute that rules may name. */
export interface CatalogAttribute {
  readonly type: ColumnType;
  /** The catalog numbers of the columns that bring it; the latest value among them all counts. */
  readonly numbers: readonly number[];
}

/** A property of the events of one schema. */
export interface CatalogProperty {
  readonly type: ColumnType;
  /** Catalog number of the column. */
  readonly column: number;
}

/** One schema that brings events of a type. */
export interface CatalogEventSource {
  /** Number of the schema. */
  readonly schema: number;
  readonly properties: ReadonlyMap<string, CatalogProperty>;
}

/** An audience that rules may name. */
export interface CatalogAudience {
  readonly name: string;
  /** As it was saved. */
  readonly rule: unknown;
}

/** What a rule may name: built by the server from the schemas and the data, and here only read. */
export interface Catalog {
  readonly attributes: ReadonlyMap<string, CatalogAttribute>;
  /** Event type → the schemas that bring it. */
  readonly events: ReadonlyMap<string, readonly CatalogEventSource[]>;
  /** The schemas that may bring types of events that are not listed; none: every other type is unknown. */
  readonly openSources: readonly CatalogEventSource[];
  /**
   * The same for the rules of other audiences: a type of event may have vanished since they were saved. Absent: as
   * for the rule itself.
   */
  readonly openToSaved?: readonly CatalogEventSource[];
  /** Id → the audience whose rule is meant by `inAudience`. */
  readonly audiences: ReadonlyMap<string, CatalogAudience>;
}
