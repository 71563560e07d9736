import type { ColumnType } from "../../schema/schema.ts";
import type { PropertyReference } from "../resolved.ts";
import { keyOf } from "./key.ts";
import type { Bind } from "./parameters.ts";
import { type TextLookups, textLookups } from "./text-lookups.ts";

/** How the engine keeps the properties of events; a list cannot be NULL there, a missing one is empty. */
const NULLABLE_TYPES = {
  text: "Nullable(String)",
  number: "Nullable(Decimal(18, 6))",
  boolean: "Nullable(Bool)",
  time: "Nullable(DateTime64(3, 'UTC'))",
} as const satisfies Record<Exclude<ColumnType, "list">, string>;

/** How a statement over events names their properties. */
export interface PropertyNames {
  /** Whether an event has it: 0 or 1. */
  present(property: PropertyReference): string;
  /** The value, never NULL; it means something only where it is present. */
  value(property: PropertyReference): string;
  /** Whether a text that a value gives is one of these: 0 or 1. */
  readonly isOneOf: TextLookups["isOneOf"];
}

export interface EventColumns {
  readonly names: PropertyNames;
  /**
   * `SELECT …` of the events of some schemas that `where` holds for, with everything that was named so far. Each
   * schema gives its own columns under the common names, and NULL for what it does not have.
   *
   * @param selected what is read besides
   */
  select(schemas: readonly number[], selected: (schema: number) => readonly string[], where: string): string;
  /** By number of the schema, the catalog numbers of the columns that are read. */
  needs(
    schemas: readonly number[],
  ): readonly { readonly schema: number; readonly columns: readonly number[] }[];
}

/** Whether a property is there, and its value, are columns: hundreds of conditions need not say how they are found. */
export function eventColumns(bind: Bind): EventColumns {
  const lookups = textLookups(bind);
  const known = new Map<string, { readonly number: number; readonly property: PropertyReference }>();
  const numberOf = (property: PropertyReference) => {
    const key = keyOf(property.columns);
    const found = known.get(key) ?? { number: known.size, property };
    known.set(key, found);
    return found.number;
  };
  return {
    names: {
      present: (property) => `h${numberOf(property)}`,
      value: (property) => `v${numberOf(property)}`,
      isOneOf: lookups.isOneOf,
    },
    select: (schemas, selected, where) =>
      schemas
        .map((schema) => {
          const columns = [...known.values()].flatMap(({ number, property }) => {
            const stored = columnIn(schema, property);
            const isList = property.type === "list";
            return [
              `${isList ? "notEmpty" : "isNotNull"}(${stored}) AS h${number}`,
              `${isList ? stored : `assumeNotNull(${stored})`} AS v${number}`,
            ];
          });
          return `SELECT ${[...selected(schema), ...columns, ...lookups.columns()].join(", ")} FROM event_view_${schema} WHERE ${where}`;
        })
        .join("\nUNION ALL "),
    needs: (schemas) => {
      const read = [...known.values()].flatMap(({ property }) => property.columns);
      return schemas.map((schema) => ({
        schema,
        columns: [...new Set(read.filter((one) => one.schema === schema).map(({ column }) => column))],
      }));
    },
  };
}

/** A property of the events of one schema; NULL where the schema does not have it. */
function columnIn(schema: number, { columns, type }: PropertyReference): string {
  const own = columns.find((column) => column.schema === schema);
  if (own !== undefined) return `c${own.column}`;
  return type === "list" ? "CAST([] AS Array(String))" : `CAST(NULL AS ${NULLABLE_TYPES[type]})`;
}
