import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audienceRoutes } from "../../../packages/server/src/audience/index.ts";
import type { ApiApp } from "../../../packages/server/src/http/api-app.ts";
import { createApp } from "../../../packages/server/src/http/app.ts";
import { type Installation, startInstallation } from "./installation.ts";

const IN_UK = { have: { attribute: "country", is: "UK" } };
const SPENT = {
  did: {
    event: "buy",
    where: { property: "amount", moreThan: 1 },
    measure: { sum: "amount" },
    atLeast: 10,
    within: { last: 30, unit: "days" },
  },
};
const DAY = 86_400_000;

let shop: Installation;
let app: ApiApp;
let now: number;
const iso = (time: number) => new Date(time).toISOString();
beforeAll(async () => {
  shop = await startInstallation();
  now = shop.clock.now();
  await shop.write({
    profiles: [1, 2, 3, 9],
    merges: [[9, 1]],
    users: [
      ["ann", 9],
      ["bob", 2],
    ],
    countries: [
      [1, "France"],
      [9, "UK"],
      [2, "UK"],
      [2, null],
    ],
    buys: [
      [1, now - DAY, "4.5"],
      [9, now - 2 * DAY, "6"],
      [1, now - DAY, "1"],
      [1, now - 40 * DAY, "100"],
    ],
  });
  await shop.audience("uk", IN_UK);
  await shop.audience("spenders", { all: [{ inAudience: "uk" }, SPENT] });
  app = createApp({
    logger: pino({ level: "silent" }),
    version: "0.0.0",
    callers: { ofToken: async () => ({ name: "Vi", role: "viewer" }), ofSession: async () => undefined },
    routes: (api) => audienceRoutes(api, { audiences: shop.audiences }),
  });
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await shop?.close();
});

async function ask(path: string, payload: object) {
  const headers = { authorization: "Bearer vi" };
  const answer = await app.inject({ method: "POST", url: `/api/v1/${path}`, headers, payload });
  return { status: answer.statusCode, body: answer.json() };
}

describe("why a person is in an audience", () => {
  it("shows every condition with what it saw of all numbers of the person", async () => {
    const { status, body } = await ask("audiences/spenders/explain", { person: "userid:ann" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ profile: 1, holds: true, asOf: iso(now) });
    expect(body.tree.of).toEqual([
      {
        path: "/all/0",
        sentence: 'in the audience "uk"',
        holds: true,
        decides: true,
        of: [],
        saw: { of: "inAudience", id: "uk", name: "uk" },
      },
      {
        path: "/all/1",
        sentence: expect.stringContaining('did "buy" where amount is more than 1'),
        holds: true,
        decides: true,
        of: [],
        saw: {
          of: "did",
          event: "buy",
          after: iso(now - 30 * DAY),
          upTo: iso(now),
          count: 2,
          measure: "sum",
          measured: "10.5",
          occurredAt: null,
          events: [
            { time: iso(now - DAY), source: "1", properties: { amount: "4.5" } },
            { time: iso(now - 2 * DAY), source: "1", properties: { amount: "6" } },
          ],
        },
      },
    ]);
    expect(body.audiences).toMatchObject([
      {
        id: "uk",
        tree: {
          path: "",
          holds: true,
          saw: { of: "have", attribute: "country", value: "UK", time: iso(now) },
        },
      },
    ]);
    expect(body.sentences).toHaveLength(2);
  });

  it("tells a value that was cleared from one that never was, and says what alone decided", async () => {
    const cleared = await ask("rules/explain", { rule: { any: [IN_UK, SPENT] }, person: "userid:bob" });
    expect(cleared.body).toMatchObject({ holds: false, membership: null });
    expect(cleared.body.tree.of).toMatchObject([
      { decides: true, saw: { value: null, cleared: true } },
      { decides: true, saw: { count: 0, measured: null, events: [] } },
    ]);
    const never = await ask("rules/explain", { rule: { any: [{ not: IN_UK }, SPENT] }, person: "3" });
    expect(never.body).toMatchObject({
      profile: 3,
      holds: true,
      sentences: ['country is "UK": no, there is no value'],
    });
    expect(never.body.tree.of.map(({ decides }: { decides: boolean }) => decides)).toEqual([true, false]);
  });

  it("says whether the last evaluation agrees, and as of when it was", async () => {
    const before = await ask("audiences/spenders/explain", { person: "9" });
    expect(before.body.membership).toEqual({
      audience: "spenders",
      member: false,
      since: null,
      evaluatedAsOf: null,
      agrees: false,
    });
    await shop.audiences.evaluate(["spenders"]);
    const after = await ask("audiences/spenders/explain", { person: "1" });
    expect(after.body.membership).toEqual({
      audience: "spenders",
      member: true,
      since: iso(now),
      evaluatedAsOf: iso(now),
      agrees: true,
    });
    const later = await ask("audiences/spenders/explain", { person: "1", asOf: iso(now + 29 * DAY) });
    expect(later.body).toMatchObject({ holds: false, membership: { member: true, agrees: false } });
  });

  it("looks back from another instant, and refuses what is not there", async () => {
    const then = await ask("rules/explain", { rule: SPENT, person: "1", asOf: iso(now - 1.5 * DAY) });
    expect(then.body.tree.saw).toMatchObject({ count: 1, measured: "6" });
    expect((await ask("audiences/nobody/explain", { person: "1" })).status).toBe(404);
    expect((await ask("audiences/uk/explain", { person: "userid:nobody" })).status).toBe(404);
    expect((await ask("audiences/uk/explain", { person: "phone:1" })).body.code).toBe("requestInvalid");
    expect((await ask("rules/explain", { rule: { any: [] }, person: "1" })).body.code).toBe("ruleInvalid");
  });
});
