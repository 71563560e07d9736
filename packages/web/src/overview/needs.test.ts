import { describe, expect, it } from "vitest";
import type { ActivationStatus } from "../activation/queries.ts";
import { needsOf } from "./needs.ts";

const USERID = { profiles: 10, withIdentifier: 10, missing: null };
const NOBODY_LEAVES = { waiting: 0, refused: 0, held: 0 };

function status(
  patch: Partial<ActivationStatus["segments"][number]>,
  lastFailure: object | null = null,
): ActivationStatus {
  const segment = {
    audienceId: "a",
    name: "Everybody",
    status: "upToDate" as const,
    statusText: "Up to date",
    takingOut: false,
    lastSynchronizedAt: null,
    lastCheckedAt: null,
    size: 10,
    accepted: 10,
    waiting: 0,
    refused: 0,
    withoutIdentifier: 0,
    suppressed: 0,
    leaving: NOBODY_LEAVES,
    error: null,
  };
  return {
    id: "shop",
    name: "Shop",
    paused: false,
    run: null,
    lastFailure: lastFailure as ActivationStatus["lastFailure"],
    oldestUnsentAt: null,
    runAsked: false,
    segments: [{ ...segment, ...patch }],
  };
}

function lastImport(state: "refused" | "published") {
  return { lastImport: { id: 2, fileName: "customers.csv", state } };
}

describe("what needs somebody", () => {
  it("is nothing where all is well", () => {
    expect(
      needsOf({ statuses: [status({})], unknown: undefined, userid: USERID, audiences: [], dataflows: [] }),
    ).toEqual([]);
  });

  it("is told with one thing to do, what stops everything first", () => {
    const failed = { state: "failed", error: { detail: "Ibexa answered 401.", remedy: "Type them again." } };
    const needs = needsOf({
      statuses: [
        status({ status: "heldForApproval", refused: 2, leaving: { ...NOBODY_LEAVES, held: 600 } }, failed),
      ],
      unknown: "Something broke",
      userid: { profiles: 10, withIdentifier: 0, missing: "There is no identifier userid." },
      audiences: [{ id: "b", name: "Lost", error: { detail: "country is unknown" } }],
      dataflows: [lastImport("refused"), lastImport("published"), { lastImport: null }],
    });
    expect(needs.map(({ action }) => action)).toEqual([
      "See what to do",
      "Look at it",
      "Decide",
      "See the reasons",
      "Look at them",
      "Mend the rule",
      "See why",
    ]);
    expect(needs.at(-1)).toMatchObject({
      title: "“customers.csv” was refused",
      to: { page: "import", id: 2 },
    });
    expect(needs[1]?.detail).toBe("Ibexa answered 401. Type them again.");
  });

  it("says nothing of userid while there is no activation to use it", () => {
    const userid = { profiles: 0, withIdentifier: 0, missing: "There is no identifier userid." };
    expect(needsOf({ statuses: [], unknown: undefined, userid, audiences: [], dataflows: [] })).toEqual([]);
  });
});
