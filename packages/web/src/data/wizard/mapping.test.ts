import { describe, expect, it } from "vitest";
import { documentsOf, type MappedColumn, type Mapping } from "./mapping.ts";

const column = (source: string, more: Partial<MappedColumn> = {}): MappedColumn => ({
  source,
  target: source,
  isTaken: true,
  type: "text",
  expression: source,
  identifier: null,
  share: 1,
  why: "",
  doubt: null,
  alternatives: [],
  ...more,
});

const mapping: Mapping = {
  madeFor: "",
  known: [],
  columns: [
    column("id", { target: "userid", identifier: "userid" }),
    column("name"),
    column("fax", { isTaken: false }),
  ],
  computed: [],
  roles: { time: "", event: "", key: "", tieBreak: "" },
  roleReasons: { time: "", event: "", key: "", tieBreak: "" },
  leaveOut: "",
  identifiers: [{ id: "userid" }, { id: "email" }],
  schema: { kind: "schema", id: "users", parent: "PersonalData", personIdentifier: "userid", columns: [] },
  dataflow: { id: "users" },
  notes: [],
};
const AS_DRAFT = { write: "append", state: "draft" } as const;

describe("what a mapping is saved as", () => {
  it("holds the columns that are taken, and the identifiers that they need", () => {
    expect(documentsOf(mapping, AS_DRAFT)).toEqual([
      { id: "userid" },
      {
        ...mapping.schema,
        columns: [
          { name: "userid", type: "text", identifier: "userid" },
          { name: "name", type: "text" },
        ],
      },
      {
        kind: "dataflow",
        id: "users",
        schema: "users",
        state: "draft",
        write: "append",
        map: { userid: "id", name: "name" },
      },
    ]);
  });

  it("leaves the columns of a schema that is there as they are, also those that are not filled", () => {
    const known = [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "fax", type: "list" },
    ] as const;
    const [, schema] = documentsOf({ ...mapping, known }, AS_DRAFT);
    expect(schema).toMatchObject({ columns: [...known, { name: "name", type: "text" }] });
  });

  it("takes what is computed, when it has a name and an expression", () => {
    const computed = [
      { target: "initial", type: "text", expression: "part(name, 1)" },
      { target: "unfinished", type: "text", expression: "" },
    ] as const;
    const documents = documentsOf({ ...mapping, computed, leaveOut: 'name = ""' }, AS_DRAFT);
    expect(documents.at(-1)).toMatchObject({
      map: { userid: "id", name: "name", initial: "part(name, 1)" },
      leaveOut: 'name = ""',
    });
    expect(documents.at(-2)).toMatchObject({ columns: [{}, {}, { name: "initial", type: "text" }] });
  });
});
