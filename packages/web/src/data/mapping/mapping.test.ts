import { describe, expect, it } from "vitest";
import { documentsOf, frameOf, gapsOf, type MappedColumn, type Mapping, mappingOf } from "./mapping.ts";

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
  dataflow: { kind: "dataflow", id: "users" },
  notes: [],
};
const AS_DRAFT = { name: "Users", write: "append", state: "draft" } as const;

describe("what a mapping is saved as", () => {
  it("holds the columns that are taken, and the identifiers that they need", () => {
    expect(documentsOf(mapping, AS_DRAFT)).toEqual([
      { id: "userid" },
      {
        ...mapping.schema,
        name: "Users",
        columns: [
          { name: "userid", type: "text", identifier: "userid" },
          { name: "name", type: "text" },
        ],
      },
      {
        kind: "dataflow",
        id: "users",
        name: "Users",
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
    expect(schema).toEqual({ ...mapping.schema, columns: [...known, { name: "name", type: "text" }] });
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

describe("a dataflow that is there", () => {
  const definition = {
    kind: "dataflow",
    id: "users",
    schema: "users",
    state: "paused",
    write: "append",
    refuseAbove: 0.5,
    source: { emptyCells: "null" },
    map: { userid: "id", label: "concat(id, name)" },
    time: "time(at)",
    leaveOut: 'name = ""',
  } as const;

  it("is saved with all that its mapping does not say", () => {
    const known = [{ name: "userid", type: "text", identifier: "userid" }] as const;
    const { source, target, isTaken: _, ...rest } = column("id", { target: "userid", identifier: "userid" });
    const made = mappingOf(
      {
        columns: [{ ...rest, source, target }],
        computed: [{ target: "label", type: "text", expression: "concat(id, name)" }],
        roles: {
          time: { expression: "time(at)", why: "", alternatives: [] },
          tieBreak: null,
          event: null,
          key: null,
        },
        identifiers: [],
        schema: mapping.schema,
        dataflow: definition,
        documents: [],
        notes: [],
        faults: [],
      },
      "",
      known,
    );
    const saved = documentsOf(made, { name: undefined, write: "append", state: "paused" });
    expect(saved.at(-1)).toEqual(definition);
    expect(documentsOf({ ...made, leaveOut: "" }, AS_DRAFT).at(-1)).not.toHaveProperty("leaveOut");
  });

  it("takes the frame of what somebody else has saved, and none of its mapping", () => {
    expect(frameOf(definition)).toEqual({
      kind: "dataflow",
      id: "users",
      schema: "users",
      state: "paused",
      write: "append",
      refuseAbove: 0.5,
      source: { emptyCells: "null" },
    });
  });
});

describe("what is missing in a mapping", () => {
  it("is a column by which rows name their person, unless rows name nobody", () => {
    expect(gapsOf(mapping)).toEqual({ taken: 2, twice: undefined, isNamed: true });
    const columns = [column("name")];
    expect(gapsOf({ ...mapping, columns }).isNamed).toBe(false);
    expect(gapsOf({ ...mapping, columns, schema: { ...mapping.schema, parent: "Catalog" } }).isNamed).toBe(
      true,
    );
  });

  it("is told by the columns that the schema has already, computed ones too", () => {
    const known = [{ name: "userid", type: "text", identifier: "userid" }] as const;
    const given = { ...mapping, known, columns: [column("id", { target: "userid" })] };
    expect(gapsOf(given).isNamed).toBe(true);
    const computed = [{ target: "userid", type: "text", expression: "concat(a, b)" }] as const;
    expect(gapsOf({ ...given, columns: [column("name")], computed }).isNamed).toBe(true);
    expect(gapsOf({ ...given, computed }).twice).toBe("userid");
  });
});
