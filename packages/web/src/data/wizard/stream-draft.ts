import type { Schemas } from "../../api/schemas.ts";
import type { Draft } from "./draft.ts";

/** What Ibexa asks for, as it is proposed where nobody has defined it. */
const USERID = { kind: "identifier", id: "userid", limit: "one", priority: 300, blocked: ["0"] } as const;

type Schema = Extract<Schemas["DefinitionRecord"]["definition"], { kind: "schema" }>;

/**
 * A dataflow as a draft, with the least that it needs to be given a stream id; its mapping is made when rows have come.
 *
 * @param known identifiers that there are
 * @param schema the chosen one; undefined: a new one
 */
export function streamDraft(
  { id, name, parent, personIdentifier, write }: Draft,
  known: ReadonlySet<string>,
  schema: Schema | undefined,
): readonly object[] {
  const identifier = personIdentifier === "" ? "userid" : personIdentifier;
  const first =
    schema === undefined
      ? parent === "Catalog"
        ? { name: "id", type: "text" }
        : { name: identifier, type: "text", identifier }
      : (schema.columns.find((column) => column.identifier === schema.personIdentifier) ?? schema.columns[0]);
  if (first === undefined) throw new Error(`the schema ${schema?.id} has no columns`);
  // Ibexa's export calls a user's id `id`.
  const source = first.name === "userid" ? "id" : `column(${JSON.stringify(first.name)})`;
  return [
    ...(identifier === "userid" && !known.has("userid") && parent !== "Catalog" ? [USERID] : []),
    ...(schema === undefined
      ? [
          {
            kind: "schema",
            id,
            name,
            parent,
            ...(parent === "Catalog" ? {} : { personIdentifier: identifier }),
            columns: [first],
          },
        ]
      : []),
    {
      kind: "dataflow",
      id,
      name,
      schema: schema?.id ?? id,
      state: "draft",
      write,
      map: { [first.name]: source },
      ...(parent === "Interaction" ? { event: '"event"' } : {}),
    },
  ];
}
