import type { ColumnType } from "@peregrine/core";
import type { Schemas } from "../../api/schemas.ts";
import type { KnownTypes } from "./read-rule.ts";

interface Named {
  readonly name: string;
  readonly type: ColumnType;
}

/** What rules may name, as blocks ask for it. */
export interface CatalogIndex {
  /** By name. */
  readonly attributes: readonly Named[];
  /** Each type once, over all schemas that bring it; the most frequent first. */
  readonly events: readonly { readonly type: string; readonly count: number }[];
  readonly types: KnownTypes;
  /** The properties of a type of events, by name; none for an unknown one. */
  propertiesOf(event: string): readonly Named[];
}

/** The catalog by what is asked of it. */
export function catalogIndex({ attributes, events }: Schemas["Catalog"]): CatalogIndex {
  const types = new Map(attributes.map(({ name, type }) => [name, type]));
  const counts = new Map<string, number>();
  const properties = new Map<string, Map<string, ColumnType>>();
  for (const { type, count, properties: own } of events) {
    counts.set(type, (counts.get(type) ?? 0) + count);
    const known = properties.get(type) ?? new Map<string, ColumnType>();
    for (const property of own) known.set(property.name, property.type);
    properties.set(type, known);
  }
  return {
    attributes: attributes.toSorted(byName),
    events: [...counts]
      .map(([type, count]) => ({ type, count }))
      .toSorted((one, other) => other.count - one.count),
    types: {
      attribute: (name) => types.get(name),
      property: (event, name) => properties.get(event)?.get(name),
    },
    propertiesOf: (event) =>
      [...(properties.get(event) ?? [])].map(([name, type]) => ({ name, type })).toSorted(byName),
  };
}

function byName(one: Named, other: Named): number {
  return one.name.localeCompare(other.name);
}
