import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Decision, decide, type HeldState, type PlanTimes, type Standing } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type OpenEngine, openEngine } from "../engine/index.ts";
import { GUARDED_FROM } from "./held-people.ts";
import { ALONE_FROM, DECISION, decisionParameters, readPlan, withoutHeld, writePlan } from "./plan.ts";
import { HELD, type StandingScope } from "./standing.ts";

const NOW = Date.parse("2026-02-03T04:05:06.789Z");
const folder = mkdtempSync(join(tmpdir(), "peregrine-test-plan-"));
let engine: OpenEngine;

beforeAll(async () => {
  engine = await openEngine({ folder, log: { info: () => {}, warn: () => {} }, memoryBytes: 2 * 1024 ** 3 });
}, 60_000);

afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every state × attempt × age × desire × refusal, ages and due times on both sides of their bounds. */
function allStandings(times: PlanTimes): Standing[] {
  const refusals: (Standing["refusal"] | undefined)[] = [
    undefined,
    ...[true, false].flatMap((membership) => [-1, 0, 1].map((dueInMs) => ({ membership, dueInMs }))),
  ];
  const all: Standing[] = [];
  for (const held of Object.keys(HELD) as HeldState[]) {
    for (const attempted of [true, false]) {
      for (const attemptedAgoMs of [0, times.settleMs - 1, times.settleMs, times.settleMs + 1]) {
        for (const desired of [true, false]) {
          for (const refusal of refusals) {
            all.push({
              held,
              attempted,
              attemptedAgoMs,
              desired,
              ...(refusal === undefined ? {} : { refusal }),
            });
          }
        }
      }
    }
  }
  return all;
}

describe("the plan in the engine", () => {
  it.each([true, false])("decides as core does, in every case (unsettled: %s)", async (unsettled) => {
    const times = { settleMs: 35_000, unsettled };
    const cases = allStandings(times);
    const rows = cases.map(
      ({ held, attempted, attemptedAgoMs, desired, refusal }, at) =>
        `(${at}, ${HELD[held]}, ${Number(attempted)}, ${NOW - attemptedAgoMs}, ${Number(desired)}, ${refusal === undefined ? 0 : 1}, ${Number(refusal?.membership ?? false)}, ${NOW + (refusal?.dueInMs ?? 0)})`,
    );
    const decided = await engine.query<{ at: number; decision: Decision }>(
      `SELECT at, ${DECISION} AS decision FROM values(
        'at UInt32, held UInt8, attempted UInt8, attempted_at Int64, desired UInt8, refused UInt8, refused_membership UInt8, due_at Int64',
        ${rows.join(",")}) ORDER BY at`,
      decisionParameters(NOW, times),
    );
    expect(decided.length).toBe(cases.length);
    for (const { at, decision } of decided) {
      const standing = cases[at];
      if (standing === undefined) throw new Error("a row too many");
      expect({ standing, decision }).toEqual({ standing, decision: decide(standing, times) });
    }
  });

  it("numbers what is due without gaps, and those who go alone apart", async () => {
    const scope: StandingScope = {
      activation: 9,
      linked: ["a1", "a2"],
      takingOut: ["a3"],
      people: {
        sql: `WITH member AS (SELECT arrayJoin(['a1', 'a2', 'a4']) AS audience, toUInt32(number) AS profile FROM numbers(1, 300)),
          person AS (SELECT toUInt32(number) AS profile, toString(number) AS value FROM numbers(1, 200))`,
        parameters: {},
      },
    };
    const state = (audience: string, person: string, held: "in" | "out" | "unknown", version: number) => [
      ...[9, audience, person, held, held === "out" ? 0 : 1, 1, version],
      ...[new Date(NOW - 90_000).toISOString(), version],
    ];
    await engine.insert(
      "delivery_state",
      ["activation", "audience", "person_id", "state", "attempted", "epoch", "sequence", "at", "version"],
      [
        state("a1", "1", "in", 2),
        state("a1", "1", "unknown", 1),
        state("a1", "2", "out", 1),
        state("a1", "3", "unknown", 1),
        state("a1", "999", "in", 1),
        state("a3", "5", "in", 1),
        state("a3", "6", "out", 1),
        state("a9", "7", "in", 1),
      ],
    );
    await engine.insert(
      "delivery_refusal",
      [
        "activation",
        "audience",
        "person_id",
        "membership",
        "code",
        "reason",
        "attempts",
        "at",
        "next_attempt_at",
        "version",
      ],
      [
        [
          9,
          "a1",
          "2",
          1,
          "destinationRefused",
          "",
          1,
          new Date(NOW).toISOString(),
          new Date(NOW - 1).toISOString(),
          1,
        ],
        [
          9,
          "a1",
          "4",
          1,
          "destinationRefused",
          "",
          1,
          new Date(NOW).toISOString(),
          new Date(NOW + 1).toISOString(),
          1,
        ],
        [
          9,
          "a1",
          "5",
          1,
          "destinationRefused",
          "",
          0,
          new Date(NOW).toISOString(),
          new Date(NOW + 1).toISOString(),
          1,
        ],
      ],
    );

    const plan = await writePlan(engine, {
      run: 1,
      epoch: 4,
      scope,
      now: NOW,
      times: { settleMs: 35_000, unsettled: false },
    });

    // Of a1: 200 members, without 1 (in) and 4 (backs off), and 2 alone; 999 leaves. Of a2: 200. Of a3: 5 leaves.
    expect(plan).toMatchObject({ together: 197 + 1 + 200 + 1, alone: 1, joins: 197 + 1 + 200 });
    expect(await readPlan(engine, 1, 3)).toMatchObject({ together: 0, alone: 0 });
    // The guard watches 999, and not those of a3, which was taken off.
    expect(plan.guarded).toMatchObject([{ audience: "a1", first: GUARDED_FROM + 398, size: 1 }]);
    expect(plan.parts).toEqual([
      { first: 0, size: 398, alone: false },
      { first: GUARDED_FROM + 398, size: 1, alone: false },
      { first: ALONE_FROM + 399, size: 1, alone: true },
    ]);
    const held = withoutHeld(plan, new Set(["a1"]));
    expect(held).toMatchObject({ together: 398, alone: 1 });
    expect(held.parts.map(({ size }) => size)).toEqual([398, 1]);
    const alone = await engine.query(
      "SELECT n, audience, person_id FROM plan_change WHERE run = 1 AND n >= 2147483648",
    );
    expect(alone).toEqual([{ n: 2 ** 31 + 399, audience: "a1", person_id: "2" }]);
  });
});
