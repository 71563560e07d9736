import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audienceRoutes } from "../../../packages/server/src/audience/index.ts";
import type { ApiApp } from "../../../packages/server/src/http/api-app.ts";
import { createApp } from "../../../packages/server/src/http/app.ts";
import { type Installation, startInstallation } from "./installation.ts";

const IN_UK = { have: { attribute: "country", is: "UK" } };

let shop: Installation;
let app: ApiApp;
beforeAll(async () => {
  shop = await startInstallation();
  await shop.write({
    profiles: [1, 2],
    users: [["ann", 1]],
    countries: [
      [1, "UK"],
      [2, "UK"],
    ],
  });
  app = createApp({
    logger: pino({ level: "silent" }),
    version: "0.0.0",
    callers: {
      ofToken: async (token) =>
        token === "viewer" ? { name: "Vi", role: "viewer" } : { name: "Ed", role: "editor" },
      ofSession: async () => undefined,
    },
    routes: (api) => audienceRoutes(api, { audiences: shop.audiences }),
  });
  await app.ready();
});
afterAll(async () => {
  await app?.close();
  await shop?.close();
});

async function ask(method: "GET" | "PUT" | "POST" | "DELETE", url: string, body?: object, token = "editor") {
  const headers = { authorization: `Bearer ${token}` };
  const answer = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
  return { status: answer.statusCode, body: answer.body === "" ? undefined : answer.json() };
}

describe("the audiences' API", () => {
  it("creates, shows, changes and deletes an audience under the id that it is given", async () => {
    const created = await ask("PUT", "/api/v1/audiences/5d822e81", { name: "UK", rule: IN_UK });
    expect(created).toMatchObject({
      status: 201,
      body: {
        id: "5d822e81",
        name: "UK",
        tags: [],
        rule: IN_UK,
        sentence: 'country is "UK"',
        size: 0,
        version: 1,
        updatedBy: "Ed",
      },
    });
    expect((await ask("PUT", "/api/v1/audiences/5d822e81", { name: "GB", rule: IN_UK })).status).toBe(200);
    await shop.audiences.evaluate(["5d822e81"]);
    expect((await ask("GET", "/api/v1/audiences/5d822e81")).body).toMatchObject({
      name: "GB",
      size: 2,
      version: 2,
    });
    expect((await ask("DELETE", "/api/v1/audiences/5d822e81")).status).toBe(204);
    expect((await ask("GET", "/api/v1/audiences/5d822e81")).status).toBe(404);
  });

  it("counts by a refresh whom nobody has joined yet, and lets them in by a check", async () => {
    await ask("PUT", "/api/v1/audiences/c0ffee01", { name: "UK", rule: IN_UK, check: "byHand" });
    const refreshed = await ask("POST", "/api/v1/audiences/c0ffee01/refresh");
    expect(refreshed).toMatchObject({ status: 200, body: { size: 0, counted: { size: 2 } } });
    const checked = await ask("POST", "/api/v1/audiences/c0ffee01/check");
    expect(checked).toMatchObject({ status: 200, body: { size: 2, error: null } });
    for (const action of ["check", "refresh"]) {
      expect((await ask("POST", `/api/v1/audiences/00000000/${action}`)).status).toBe(404);
    }
    await ask("DELETE", "/api/v1/audiences/c0ffee01");
  });

  it("says of a rule that would be an audience's own whether it leads back to it", async () => {
    await ask("PUT", "/api/v1/audiences/c0ffee02", { name: "First", rule: IN_UK });
    await ask("PUT", "/api/v1/audiences/c0ffee03", { name: "Second", rule: { inAudience: "c0ffee02" } });
    const rule = { inAudience: "c0ffee03" };
    expect((await ask("POST", "/api/v1/rules/validate", { rule })).body).toMatchObject({ valid: true });
    const own = await ask("POST", "/api/v1/rules/validate", { rule, audience: "c0ffee02" });
    expect(own.body).toMatchObject({
      valid: false,
      faults: [{ message: expect.stringContaining("circle") }],
    });
    for (const id of ["c0ffee03", "c0ffee02"]) await ask("DELETE", `/api/v1/audiences/${id}`);
  });

  it("gives a new audience an id, and lists page by page", async () => {
    const ids: string[] = [];
    for (const name of ["one", "two", "three"]) {
      const { status, body } = await ask("POST", "/api/v1/audiences", { name, rule: IN_UK });
      expect(status).toBe(201);
      ids.push(body.id);
    }
    const first = await ask("GET", "/api/v1/audiences?limit=2");
    expect(first.body.items).toHaveLength(2);
    const second = await ask("GET", `/api/v1/audiences?limit=2&cursor=${first.body.next}`);
    expect(second.body.next).toBeNull();
    const listed = [...first.body.items, ...second.body.items].map(({ id }: { id: string }) => id);
    expect(listed).toEqual(ids.toSorted());
    expect((await ask("GET", "/api/v1/audiences?cursor=x")).body.code).toBe("cursorInvalid");
  });

  it("takes an audience over under its id, and never changes another one by that", async () => {
    const given = { id: "cdp.Segment_42-a", name: "Taken over", rule: IN_UK };
    expect(await ask("POST", "/api/v1/audiences", given)).toMatchObject({
      status: 201,
      body: { id: "cdp.Segment_42-a", version: 1 },
    });
    const again = await ask("POST", "/api/v1/audiences", { ...given, name: "Another" });
    expect(again).toMatchObject({
      status: 409,
      body: { code: "idTaken", detail: "There is an audience `cdp.Segment_42-a` already (“Taken over”)." },
    });
    // Two at once make one, and neither changes what the other made.
    const both = await Promise.all(
      ["one", "two"].map((name) => ask("POST", "/api/v1/audiences", { id: "at-once", name, rule: IN_UK })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    expect((await ask("GET", "/api/v1/audiences/at-once")).body.version).toBe(1);
    const cased = await ask("POST", "/api/v1/audiences", { ...given, id: "CDP.segment_42-a" });
    expect(cased.status).toBe(201);
    for (const id of ["", "a b", "a/b", "-a", "a:b", "ä", "x".repeat(65), 5]) {
      const refused = await ask("POST", "/api/v1/audiences", { ...given, id });
      expect(refused, String(id)).toMatchObject({ status: 400, body: { code: "requestInvalid" } });
      expect(refused.body.faults[0].path).toBe("/body/id");
    }
    for (const id of ["cdp.Segment_42-a", "at-once", "CDP.segment_42-a"]) {
      expect((await ask("DELETE", `/api/v1/audiences/${id}`)).status).toBe(204);
    }
    const back = await ask("POST", "/api/v1/audiences", given);
    expect(back).toMatchObject({ status: 201, body: { version: 3 } });
    await ask("DELETE", "/api/v1/audiences/cdp.Segment_42-a");
  });

  it("answers a rule with faults with all of them and their places", async () => {
    const rule = { all: [{ have: { attribute: "contry", is: "UK" } }, { any: [] }] };
    const { status, body } = await ask("PUT", "/api/v1/audiences/bad", { name: "bad", rule });
    expect(status).toBe(422);
    expect(body.faults.map(({ path }: { path: string }) => path)).toEqual([
      expect.stringMatching(/\/rule\/all\/0\/have\/attribute$/),
      expect.stringMatching(/\/rule\/all\/1\/any$/),
    ]);
    expect((await ask("POST", "/api/v1/rules/validate", { rule }, "viewer")).body).toMatchObject({
      valid: false,
      sentence: null,
      faults: [{ path: "/all/0/have/attribute" }, { path: "/all/1/any" }],
    });
    expect((await ask("POST", "/api/v1/rules/preview", { rule }, "viewer")).body.code).toBe("ruleInvalid");
  });

  it("refuses a rule of bottomless depth with a fault, not with a crash", async () => {
    const rule = `${'{"not":'.repeat(50_000)}{"everyone":true}${"}".repeat(50_000)}`;
    const answer = await app.inject({
      method: "POST",
      url: "/api/v1/rules/validate",
      headers: { authorization: "Bearer editor", "content-type": "application/json" },
      payload: `{"rule":${rule}}`,
    });
    expect(answer.statusCode).toBe(200);
    expect(answer.json().faults).toHaveLength(1);
  });

  it("previews a rule that is not saved, and one that is, as of any instant", async () => {
    const preview = await ask(
      "POST",
      "/api/v1/rules/preview",
      { rule: IN_UK, personIdentifier: "userid" },
      "viewer",
    );
    expect(preview.body).toMatchObject({ size: 2, withoutIdentifier: 1, personIdentifier: "userid" });
    expect(preview.body.people[0]).toEqual({
      profile: 1,
      identifiers: { userid: ["ann"] },
      attributes: { country: "UK" },
    });
    const { body } = await ask("POST", "/api/v1/audiences", { name: "UK", rule: IN_UK });
    const saved = await ask(
      "GET",
      `/api/v1/audiences/${body.id}/preview?asOf=2026-01-01T00:00:00Z&personIdentifier=email`,
    );
    expect(saved.body).toMatchObject({ asOf: "2026-01-01T00:00:00.000Z", size: 2, withoutIdentifier: 2 });
    expect((await ask("POST", "/api/v1/rules/preview", { rule: IN_UK, personIdentifier: "no" })).status).toBe(
      400,
    );
  });

  it("lets viewers look and not save", async () => {
    expect((await ask("POST", "/api/v1/audiences", { name: "UK", rule: IN_UK }, "viewer")).status).toBe(403);
  });

  it("documents the rule language", () => {
    const document = JSON.stringify(app.swagger());
    for (const word of ["Rule", "RuleFilter", "everyone", "ignoreCase", "product"])
      expect(document).toContain(`"${word}"`);
  });

  it("tells who came and went within a day, and forgets those who moved before", async () => {
    await ask("PUT", "/api/v1/audiences/c0ffee04", { name: "UK", rule: IN_UK });
    await shop.audiences.evaluate(["c0ffee04"]);
    const moved = async () => (await ask("GET", "/api/v1/audiences/c0ffee04")).body.lastDay;
    expect(await moved()).toEqual({ joined: 2, left: 0 });
    shop.clock.advance(86_400_000);
    expect(await moved()).toEqual({ joined: 0, left: 0 });
    await shop.write({
      profiles: [3, 4],
      merges: [[4, 2]],
      countries: [
        [1, "France"],
        [3, "UK"],
        [4, "UK"],
      ],
    });
    await shop.audiences.evaluate(["c0ffee04"]);
    expect((await ask("GET", "/api/v1/audiences/c0ffee04")).body).toMatchObject({
      size: 2,
      lastDay: { joined: 1, left: 1 },
    });
    await ask("DELETE", "/api/v1/audiences/c0ffee04");
  });
});
