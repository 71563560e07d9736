import { describe, expect, it } from "vitest";
import { dataflow } from "./dataflow.ts";
import { schema } from "./schema.ts";

const people = {
  kind: "schema",
  id: "people",
  parent: "PersonalData",
  personIdentifier: "userid",
  columns: [{ name: "userid", type: "text", identifier: "userid" }],
};

function problems(value: object): string[] {
  const result = schema.safeParse({ ...people, ...value });
  return result.success
    ? []
    : result.error.issues.map(({ path, message }) => `/${path.join("/")}: ${message}`);
}

describe("a schema", () => {
  it("is refused with every fault", () => {
    const columns = [
      { name: "a", type: "text" },
      { name: "a", type: "number", identifier: "email" },
    ];
    expect(problems({ columns })).toEqual([
      "/columns/1/name: the column a is named twice",
      "/columns/1/type: a column that holds an identifier is of type text",
      "/personIdentifier: no column has `identifier: userid`",
    ]);
  });

  it("of people names its person identifier, of things need not", () => {
    expect(problems({ personIdentifier: undefined })).toHaveLength(1);
    expect(problems({ personIdentifier: undefined, parent: "Catalog" })).toEqual([]);
  });

  it.each(["", " a", "a ", "a\nb", "a\u0000"])("has no column named %j", (name) => {
    expect(problems({ columns: [...people.columns, { name, type: "text" }] })).not.toEqual([]);
  });
});

describe("a dataflow", () => {
  it("is active, appends, and reads empty cells of CSV as absent unless it says otherwise", () => {
    expect(dataflow.parse({ kind: "dataflow", id: "a", schema: "people", map: { userid: "id" } })).toEqual({
      kind: "dataflow",
      id: "a",
      schema: "people",
      state: "active",
      write: "append",
      source: { emptyCells: "absent" },
      map: { userid: "id" },
      refuseAbove: 0.1,
    });
  });
});
