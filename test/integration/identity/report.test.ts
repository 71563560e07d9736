import { type DefinitionInput, type IdentifierFigures, normalise, sumOfParts } from "@peregrine/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  ProfileService,
  RebuildService,
  ReportService,
} from "../../../packages/server/src/identity/index.ts";
import {
  areDerivedTogether,
  deriveAgain,
  keptIdentifiers,
} from "../../../packages/server/src/ingest/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { createWorld, type IngestWorld } from "../ingest/world.ts";

const USERID: DefinitionInput = {
  kind: "identifier",
  id: "userid",
  normalise: ["trim", "integer"],
  blocked: ["0"],
  priority: 300,
  limit: "one",
};

const DEFINITIONS: DefinitionInput[] = [
  USERID,
  { kind: "identifier", id: "coid", priority: 100 },
  { kind: "identifier", id: "phone", priority: 50 },
  {
    kind: "schema",
    id: "users",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "name", type: "text" },
    ],
  },
  {
    kind: "schema",
    id: "visits",
    parent: "Interaction",
    personIdentifier: "coid",
    columns: [
      { name: "coid", type: "text", identifier: "coid" },
      { name: "userid", type: "text", identifier: "userid" },
    ],
  },
  {
    kind: "dataflow",
    id: "ibexa-users",
    schema: "users",
    map: { userid: "id", name: "name" },
    refuseAbove: 1,
  },
  {
    kind: "dataflow",
    id: "visits",
    schema: "visits",
    map: { coid: "coid", userid: "user" },
    event: '"visit"',
    time: "time(at)",
    leaveOut: 'coid = "bot"',
    refuseAbove: 1,
  },
];

const QUIET = { error: () => {} };

let host: TestEngine;
let world: IngestWorld;
let reports: ReportService;

beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(...DEFINITIONS);
  reports = new ReportService({
    engine: world.engine,
    store: world.store,
    clock: world.clock,
    instance: "test",
    readKeptRows: keptIdentifiers,
    log: QUIET,
    // Small pieces, so that an import is cut into several.
    pieceRows: 7,
  });
});

afterAll(async () => {
  await reports?.close();
  await world?.close();
  await host?.close();
});

async function publish(dataflow: string, lines: readonly string[]): Promise<void> {
  const view = await world.import(dataflow, `${lines.join("\n")}\n`);
  expect(view).toMatchObject({ state: "published", error: null });
  world.clock.advance(60_000);
}

async function report(id = "userid") {
  await reports.start(id);
  const status = await reports.settled(id);
  expect(status.error).toBeNull();
  if (status.report === null) throw new Error("there is no report");
  return status.report;
}

async function rebuildByToday(): Promise<void> {
  const service = new RebuildService({
    store: world.store,
    engine: world.engine,
    clock: world.clock,
    instance: "test",
    derive: deriveAgain,
    together: areDerivedTogether,
    log: QUIET,
  });
  service.start("current");
  expect(await service.settled()).toMatchObject({ state: "done", error: null });
}

/** By these examples the problems are told; `kind` alone where there is nothing to compare. */
const kinds = (problems: readonly { readonly kind: string }[]) => problems.map(({ kind }) => kind);

describe("the report on an identifier", () => {
  it("says that there is nothing yet, and why an identifier is not available", async () => {
    expect(await reports.status("userid")).toMatchObject({ state: "none", report: null });
    const { figures, problems } = await report("coid");
    expect(figures.available).toMatchObject({ isAvailable: false });
    expect(kinds(problems)).toEqual(["unavailable"]);
    await expect(reports.status("shoe")).rejects.toMatchObject({ code: "notFound" });
    expect(kinds((await report("userid")).problems)).toEqual(["noProfile"]);
  });

  it("counts rows by what they name, and gives examples of each problem", async () => {
    await publish("ibexa-users", [
      "id,name",
      "14,Ann",
      "14.0,Ann again",
      "15,Bob",
      "16,Cy",
      "jane@x.org,Jane",
      "0,Nobody",
      ",Nameless",
    ]);
    const visits = Array.from({ length: 150 }, (_, n) => `c${n},10,2026-01-01 10:00:00`);
    await publish("visits", [
      "coid,user,at",
      ...visits,
      "c1,14,2026-01-02 10:00:00",
      "c200,15,2026-01-02 11:00:00",
      "c201,99,2026-01-02 12:00:00",
      "c202,,2026-01-02 12:00:00",
      "c202,0,2026-01-02 12:00:00",
      "bot,14,2026-01-02 13:00:00",
      "c203,14,sometime",
      "c203,14",
    ]);
    const { figures, problems, isCurrent } = await report();
    expect(isCurrent).toBe(true);
    expect(figures.available).toEqual({ isAvailable: true, reason: "" });
    expect(figures.dataflows).toMatchObject([
      { dataflow: "ibexa-users", isExport: true, rows: 7, named: 5, blocked: 1, without: 1, values: 4 },
      {
        dataflow: "visits",
        isExport: false,
        rows: 158,
        named: 153,
        blocked: 1,
        without: 1,
        leftOut: 1,
        refused: 2,
        values: 4,
      },
    ]);
    expect(figures.profiles).toEqual({ all: 7, withIdentifier: 6, withoutIdentifier: 1 });
    expect(await reports.profiles("userid")).toEqual({ profiles: 7, withIdentifier: 6 });
    expect(figures.notNumeric).toEqual({
      values: 1,
      rows: 1,
      examples: [{ value: "jane@x.org", dataflow: "ibexa-users", rows: 1 }],
    });
    expect(figures.doubled).toEqual({
      values: 1,
      rows: 2,
      examples: [{ value: "14", dataflow: "ibexa-users", rows: 2 }],
    });
    expect(figures.spellings).toEqual({
      values: 1,
      examples: [{ value: "14", dataflow: "ibexa-users", raws: ["14", "14.0"] }],
    });
    expect(figures.blocked).toEqual({ rows: 2, values: [{ value: "0", rows: 2 }], stillOwned: [] });
    expect(figures.seenIn).toEqual({
      both: 2,
      onlyEvents: {
        values: 2,
        examples: [
          { value: "10", rows: 150 },
          { value: "99", rows: 1 },
        ],
      },
      onlyExport: {
        values: 2,
        examples: [
          { value: "16", rows: 1 },
          { value: "jane@x.org", rows: 1 },
        ],
      },
    });
    expect(figures.standsOut).toEqual([
      { value: "10", eventRows: 150, share: 150 / 153, otherIdentifiers: 149 },
    ]);
    // The cookie c1 goes from the user of all visitors to Ann.
    expect(figures.conflicts).toMatchObject({ count: 0, ofOthers: [{ identifier: "coid", count: 1 }] });
    expect(kinds(problems)).toEqual([
      "notNumeric",
      "standsOut",
      "doubled",
      "spellings",
      "rowsWithout",
      "onlyEvents",
    ]);
    for (const { text, remedy } of problems) expect(`${text} ${remedy}`).toMatch(/^[^`].*\.$/);
  });

  it("takes a value that is blocked later as naming nobody: at once in new rows, by a rebuild in those before", async () => {
    const before = await report();
    await world.define({ ...USERID, blocked: ["0", "10"] });
    await world.store.definitions.nextRevision();
    expect((await reports.status("userid")).report?.isCurrent).toBe(false);
    await publish("visits", ["coid,user,at", "c300,10,2026-01-03 10:00:00"]);
    const profiles = new ProfileService({ store: world.store, engine: world.engine });
    // The new row found its own profile; the old links stay.
    const crowd = await profiles.byIdentifier("coid:c2");
    expect((await profiles.byIdentifier("coid:c300")).number).not.toBe(crowd.number);
    expect((await profiles.byIdentifier("userid:10")).number).toBe(crowd.number);

    const blocked = await report();
    expect(blocked.figures.blocked.values).toEqual([
      { value: "10", rows: 151 },
      { value: "0", rows: 2 },
    ]);
    expect(blocked.figures.blocked.stillOwned).toEqual([{ value: "10", profile: crowd.number }]);
    expect(blocked.figures.resolvedOtherwise).toEqual({ imports: 2 });
    expect(blocked.figures.rows.rows).toBe(before.figures.rows.rows + 1);
    expect(kinds(blocked.problems)).toContain("stillOwned");

    await rebuildByToday();
    const after = await report();
    expect(after.figures.blocked.stillOwned).toEqual([]);
    expect(after.figures.resolvedOtherwise).toEqual({ imports: 0 });
    expect(after.figures.standsOut).toEqual([]);
    expect(after.figures.conflicts.ofOthers).toEqual([]);
    await expect(profiles.byIdentifier("userid:10")).rejects.toMatchObject({ code: "notFound" });
    expect((await profiles.byIdentifier("coid:c1")).identifiers.map(({ value }) => value)).toContain("14");
  });

  it("leaves no tables behind, and gives a second report to the second who asks", async () => {
    const left = await world.engine.query(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'report_')",
    );
    expect(left).toEqual([]);
    const [one, other] = await Promise.all([reports.start("userid"), reports.start("userid")]);
    expect([one.state, other.state]).toContain("running");
    expect(await reports.settled("userid")).toMatchObject({ state: "done" });
  });

  it("adds up on random rows, and counts what a reader of the rows counts", async () => {
    const cell = fc.constantFrom("1", "2", " 2", "2.0", "3", "0", "", "x", "17", "0.0");
    const file = fc.record({
      isEvents: fc.boolean(),
      nonce: fc.nat(),
      rows: fc.array(fc.tuple(cell, fc.constantFrom("c1", "c2", "bot", "")), { minLength: 1, maxLength: 40 }),
    });
    let start = await report();
    await fc.assert(
      fc.asyncProperty(fc.array(file, { minLength: 2, maxLength: 4 }), async (files) => {
        const ours = { named: 0, blocked: 0, without: 0, leftOut: 0 };
        for (const { isEvents, nonce, rows } of files) {
          const lines = isEvents
            ? ["coid,user,at,nonce", ...rows.map(([id, coid]) => `${coid},${id},2026-02-01,${nonce}`)]
            : ["id,name", ...rows.map(([id], n) => `${id},${nonce} ${n}`)];
          const view = await world.import(isEvents ? "visits" : "ibexa-users", `${lines.join("\n")}\n`);
          if (view.state === "unchanged") continue;
          expect(view.state).toBe("published");
          for (const [id, coid] of rows) ours[isEvents && coid === "bot" ? "leftOut" : partOf(id)] += 1;
        }
        const { figures } = await report();
        expectsToAddUp(figures);
        for (const part of ["named", "blocked", "without", "leftOut"] as const)
          expect(figures.rows[part] - start.figures.rows[part]).toBe(ours[part]);
        start = { ...start, figures };
      }),
      { numRuns: 3 },
    );
  });
});

/** What the resolver makes of a cell, written down a second time. */
function partOf(cell: string): "named" | "blocked" | "without" {
  const value = normalise(cell, ["trim", "integer"]);
  if (value === "") return "without";
  return ["0", "10"].includes(value) ? "blocked" : "named";
}

function expectsToAddUp(figures: IdentifierFigures): void {
  for (const part of [figures.rows, ...figures.dataflows]) {
    const { named, blocked, without, contradictory, leftOut, refused } = part;
    expect(part.rows).toBe(named + blocked + without + contradictory + leftOut + refused);
  }
  expect(figures.rows).toEqual(sumOfParts(figures.dataflows));
  expect(figures.blocked.values.reduce((sum, { rows }) => sum + rows, 0)).toBe(figures.rows.blocked);
  const { all, withIdentifier, withoutIdentifier } = figures.profiles;
  expect(all).toBe(withIdentifier + withoutIdentifier);
}
