import type { Catalog, ColumnType } from "@peregrine/core";

/** Something whose values rules compare with: an attribute, or a property of a type of events. */
export type ValueColumn =
  | {
      readonly of: "attribute";
      readonly name: string;
      readonly type: ColumnType;
      /** Catalog numbers of the columns that bring it. */
      readonly numbers: readonly number[];
    }
  | {
      readonly of: "property";
      readonly event: string;
      readonly name: string;
      readonly type: ColumnType;
      /** The schemas that bring it, each with the catalog number of its column. */
      readonly sources: readonly { readonly schema: number; readonly column: number }[];
    };

/** Every attribute, and every property of every type of events. */
export function valueColumns(catalog: Catalog): ValueColumn[] {
  const attributes = [...catalog.attributes].map(([name, { type, numbers }]) => ({
    of: "attribute" as const,
    name,
    type,
    numbers,
  }));
  const properties = [...catalog.events].flatMap(([event, sources]) => {
    const names = new Set(sources.flatMap(({ properties: own }) => [...own.keys()]));
    return [...names].flatMap((name) => propertyColumn(catalog, event, name) ?? []);
  });
  return [...attributes, ...properties];
}

/** An attribute by its name. */
export function attributeColumn(catalog: Catalog, name: string): ValueColumn | undefined {
  const found = catalog.attributes.get(name);
  return found && { of: "attribute", name, type: found.type, numbers: found.numbers };
}

/** A property of a type of events. Where schemas give it different types, those that agree with the first count. */
export function propertyColumn(catalog: Catalog, event: string, name: string): ValueColumn | undefined {
  const found = (catalog.events.get(event) ?? []).flatMap(({ schema, properties }) => {
    const property = properties.get(name);
    return property === undefined ? [] : [{ schema, column: property.column, type: property.type }];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const sources = found.filter(({ type }) => type === first.type);
  return {
    of: "property",
    event,
    name,
    type: first.type,
    sources: sources.map(({ schema, column }) => ({ schema, column })),
  };
}
