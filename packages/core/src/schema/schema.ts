import { z } from "zod";
import { definitionId } from "../definition-id.ts";
import { SCHEMA_PARENTS } from "./parent.ts";

/** The types of a column; `time` is an instant in milliseconds, `number` a decimal with 6 places. */
export const COLUMN_TYPES = ["text", "number", "boolean", "time", "list"] as const;
export type ColumnType = (typeof COLUMN_TYPES)[number];

/** The name of a schema's column; people read it in rules, so nothing invisible is allowed in it. */
export const columnName = z
  .string()
  .min(1)
  .max(128)
  .regex(/^[^\s\p{C}](?:[^\p{C}]*[^\s\p{C}])?$/u, "no control characters, no space at either end");

export const schemaColumn = z.strictObject({
  name: columnName,
  type: z.enum(COLUMN_TYPES),
  /** The kind of identifier that this column holds; only columns of type text. */
  identifier: definitionId.optional(),
});
export type SchemaColumn = z.infer<typeof schemaColumn>;

/** The typed columns that a dataflow fills. Columns are only ever added. */
export const schema = z
  .strictObject({
    kind: z.literal("schema"),
    id: definitionId,
    name: z.string().min(1).max(200).optional(),
    parent: z.enum(SCHEMA_PARENTS),
    /** The kind of identifier that names the person; one of the columns holds it. Absent only for Catalog. */
    personIdentifier: definitionId.optional(),
    columns: z.array(schemaColumn).min(1).max(500),
  })
  .superRefine((value, context) => {
    const seen = new Set<string>();
    for (const [index, column] of value.columns.entries()) {
      if (seen.has(column.name)) {
        context.addIssue({
          code: "custom",
          path: ["columns", index, "name"],
          message: `the column ${column.name} is named twice`,
        });
      }
      seen.add(column.name);
      if (column.identifier !== undefined && column.type !== "text") {
        context.addIssue({
          code: "custom",
          path: ["columns", index, "type"],
          message: "a column that holds an identifier is of type text",
        });
      }
    }
    if (value.parent === "Catalog") return;
    if (value.personIdentifier === undefined) {
      context.addIssue({
        code: "custom",
        path: ["personIdentifier"],
        message: `a ${value.parent} schema names its person identifier`,
      });
    } else if (!value.columns.some((column) => column.identifier === value.personIdentifier)) {
      context.addIssue({
        code: "custom",
        path: ["personIdentifier"],
        message: `no column has \`identifier: ${value.personIdentifier}\``,
      });
    }
  });
export type Schema = z.infer<typeof schema>;
