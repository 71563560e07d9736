import { describe, expect, it } from "vitest";
import { identifierDefinition } from "../../identity/identifier.ts";
import { type DataflowInput, dataflow } from "../dataflow.ts";
import { schema } from "../schema.ts";
import { profileColumn, type SampleCell } from "./column-profile.ts";
import { proposeAgain } from "./propose-again.ts";

const PEOPLE = schema.parse({
  kind: "schema",
  id: "people",
  parent: "PersonalData",
  personIdentifier: "userid",
  columns: [
    { name: "userid", type: "text", identifier: "userid" },
    { name: "name", type: "text" },
    { name: "points", type: "number" },
    { name: "initial", type: "text" },
    { name: "label", type: "text" },
  ],
});

const TABLE = { id: ["1", "2"], name: ["Jo", "Al"], points: ["1", "2"], fax: ["7", "8"] };

function again(
  given: Partial<DataflowInput>,
  table: Readonly<Record<string, readonly SampleCell[]>> = TABLE,
) {
  const options = { decimalComma: false, timeZone: "UTC", nested: false };
  return proposeAgain(
    {
      parent: "PersonalData",
      id: "people",
      nested: false,
      source: {},
      schemas: [PEOPLE],
      schema: PEOPLE,
      identifiers: [identifierDefinition.parse({ kind: "identifier", id: "userid", limit: "one" })],
      columns: Object.entries(table).map(([name, cells]) => profileColumn([name], cells, options)),
      rows: 2,
      distinct: () => undefined,
    },
    dataflow.parse({ kind: "dataflow", id: "people", schema: "people", map: { userid: "id" }, ...given }),
  );
}

describe("a mapping that is there, as a proposal", () => {
  it("has each column that an expression reads alone, and leaves the others out", () => {
    const { columns, computed, faults } = again({ map: { userid: "trim(id)", points: "number(points)" } });
    expect(columns.map(({ source, target, type, expression }) => [source, target, type, expression])).toEqual(
      [
        ["id", "userid", "text", "trim(id)"],
        ["name", null, "text", "name"],
        ["points", "points", "number", "number(points)"],
        ["fax", null, "number", "number(fax)"],
      ],
    );
    expect(columns[0]).toMatchObject({ identifier: "userid", share: null });
    expect(columns[2]).toMatchObject({ identifier: null, share: 1 });
    expect(columns[1]?.why).toBe("The mapping does not take it.");
    expect([computed, faults]).toEqual([[], []]);
  });

  it("computes what reads several columns, none, or one that another expression has", () => {
    const map = {
      userid: "id",
      initial: "substring(name, 1, 1)",
      name: "name",
      label: 'concat(name, " ", id)',
    };
    const { columns, computed } = again({ map });
    // `name` alone is what would be proposed for the column, so that it has the better claim.
    expect(columns.find(({ source }) => source === "name")?.target).toBe("name");
    expect(computed).toEqual([
      { target: "initial", type: "text", expression: "substring(name, 1, 1)" },
      { target: "label", type: "text", expression: 'concat(name, " ", id)' },
    ]);
  });

  it("keeps what reads a column that these rows don't have, with its fault", () => {
    const { computed, faults } = again({ map: { userid: "id", name: "nickname" } });
    expect(computed).toEqual([{ target: "name", type: "text", expression: "nickname" }]);
    expect(faults).toMatchObject([{ path: "/map/name" }]);
  });

  it("keeps all else of the dataflow, and proposes nothing beside it", () => {
    const given = { name: "People", refuseAbove: 0.5, leaveOut: 'name = "Test"', time: "time(fax)" } as const;
    const found = again({ ...given, state: "draft" });
    expect(found.dataflow).toMatchObject({ ...given, state: "draft", map: { userid: "id" } });
    expect(found.roles).toEqual({
      time: { expression: "time(fax)", why: "", alternatives: [] },
      tieBreak: null,
      event: null,
      key: null,
    });
    expect([found.identifiers, found.schema]).toEqual([[], PEOPLE]);
  });
});
