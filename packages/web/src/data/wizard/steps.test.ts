import { describe, expect, it } from "vitest";
import type { DataflowStanding } from "../queries.ts";
import { draftOf } from "./draft.ts";
import { isMadeByOtherRows, mappingKey, reachedStep, STEPS, stepOf } from "./steps.ts";

const STREAM: DataflowStanding = {
  definition: {
    kind: "dataflow",
    id: "users",
    schema: "people",
    state: "draft",
    write: "append",
    source: { emptyCells: "absent" },
    map: { userid: "id" },
    refuseAbove: 0.1,
  },
  parent: "PersonalData",
  version: 1,
  origin: "api",
  updatedAt: "2026-01-01T00:00:00.000Z",
  updatedBy: "ada",
  waiting: 0,
  lastImport: null,
};

describe("where a dataflow that was left is gone on with", () => {
  it("is at its rows while none have come", () => {
    const draft = draftOf(STREAM, { isStream: true, sample: "" });
    expect(draft).toMatchObject({ step: "source", source: "stream", isMapped: false, schema: "people" });
    expect(STEPS[reachedStep(draft)]?.name).toBe("source");
  });

  it("is at its mapping when rows have come, as long as it has the least that a stream needs", () => {
    expect(draftOf(STREAM, { isStream: true, sample: "s" })).toMatchObject({
      step: "mapping",
      isMapped: false,
    });
    const mapped = { ...STREAM, definition: { ...STREAM.definition, map: { userid: "id", name: "name" } } };
    for (const dataflow of [mapped, { ...STREAM, version: 2 }]) {
      expect(draftOf(dataflow, { isStream: true, sample: "s" })).toMatchObject({
        step: "activate",
        isMapped: true,
      });
    }
    expect(draftOf(STREAM, { isStream: false, sample: "" })).toMatchObject({
      step: "source",
      isMapped: true,
    });
  });

  it("is named by the address, and by nothing that is no stage", () => {
    expect(stepOf("transform")).toBe("transform");
    expect(stepOf("tranform")).toBeUndefined();
  });
});

describe("a mapping that was made by other rows", () => {
  const draft = draftOf(STREAM, { isStream: true, sample: "new" });
  const mapping = {
    known: [],
    columns: [],
    computed: [],
    roles: { time: "", event: "", key: "", tieBreak: "" },
    roleReasons: { time: "", event: "", key: "", tieBreak: "" },
    leaveOut: "",
    identifiers: [],
    schema: { kind: "schema", id: "people", parent: "PersonalData", columns: [] },
    dataflow: { kind: "dataflow", id: "users" },
    notes: [],
  };

  it("stands for the same dataflow, and is made anew for one of another kind", () => {
    const made = { ...mapping, madeFor: mappingKey({ ...draft, sample: "old" }) };
    expect(isMadeByOtherRows(made, draft)).toBe(true);
    expect(isMadeByOtherRows(made, { ...draft, parent: "Interaction" })).toBe(false);
  });

  it("lets the later stages be reached only by the rows that there are", () => {
    const at = (sample: string) =>
      reachedStep({ ...draft, mapping: { ...mapping, madeFor: mappingKey({ ...draft, sample }) } });
    expect([at("old"), at("new")]).toEqual([2, 4]);
  });
});
