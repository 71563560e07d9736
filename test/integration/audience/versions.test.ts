import pino from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { audienceRoutes } from "../../../packages/server/src/audience/index.ts";
import type { ApiApp } from "../../../packages/server/src/http/api-app.ts";
import { createApp } from "../../../packages/server/src/http/app.ts";
import { type Installation, startInstallation } from "./installation.ts";

const IN_UK = { have: { attribute: "country", is: "UK" } };
const IN_FR = { have: { attribute: "country", is: "France" } };
const BOUGHT = { did: { event: "buy", within: { last: 30, unit: "days" } } };

let shop: Installation;
let app: ApiApp;
beforeAll(async () => {
  shop = await startInstallation();
  app = createApp({
    logger: pino({ level: "silent" }),
    version: "0.0.0",
    callers: {
      ofToken: async (token) => ({ name: token, role: token === "vi" ? "viewer" : "editor" }),
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

async function ask(method: "GET" | "PUT" | "POST" | "DELETE", path: string, body?: object, token = "ed") {
  const headers = { authorization: `Bearer ${token}` };
  const url = `/api/v1/audiences/${path}`;
  const answer = await app.inject({ method, url, headers, ...(body === undefined ? {} : { payload: body }) });
  return { status: answer.statusCode, body: answer.body === "" ? undefined : answer.json() };
}

async function saved(id: string, ...bodies: readonly object[]): Promise<void> {
  for (const body of bodies) {
    expect((await ask("PUT", id, body)).status).toBeLessThan(300);
    shop.clock.advance(1_000);
  }
}

describe("versions of an audience", () => {
  it("a save of one that somebody else has saved or deleted since is refused, and changes nothing", async () => {
    await saved("aaaa0009", { name: "UK", rule: IN_UK });
    const mine = { name: "Mine", rule: IN_FR };
    expect((await ask("PUT", "aaaa0009?version=1", { name: "Theirs", rule: IN_UK }, "ann")).status).toBe(200);
    const refused = await ask("PUT", "aaaa0009?version=1", mine);
    expect(refused).toMatchObject({
      status: 409,
      body: {
        code: "savedMeanwhile",
        detail: "ann saved it in the meantime.",
        faults: [{ path: "/version", message: "it has version 2 now, and not 1" }],
      },
    });
    expect(await ask("DELETE", "aaaa0009?version=1")).toMatchObject({
      status: 409,
      body: { code: "savedMeanwhile", detail: "ann saved it in the meantime." },
    });
    expect((await ask("GET", "aaaa0009")).body).toMatchObject({ name: "Theirs", version: 2 });
    // Whoever has seen it may save over it; what is there already is no conflict.
    expect((await ask("PUT", "aaaa0009?version=2", mine)).body).toMatchObject({ name: "Mine", version: 3 });
    expect((await ask("PUT", "aaaa0009?version=1", mine)).status).toBe(200);
    await ask("DELETE", "aaaa0009", undefined, "ann");
    const gone = await ask("PUT", "aaaa0009?version=3", mine);
    expect(gone.body).toMatchObject({ code: "savedMeanwhile", detail: "ann deleted it in the meantime." });
    expect((await ask("GET", "aaaa0009")).status).toBe(404);
  });

  it("keep each save with who and when and what changed, and none for a save that changes nothing", async () => {
    const at = shop.clock.now();
    await saved("aaaa0001", { name: "UK", rule: IN_UK });
    await saved("aaaa0001", { name: "UK", rule: IN_UK });
    expect((await ask("PUT", "aaaa0001", { name: "FR", tags: ["x"], rule: IN_FR }, "ann")).status).toBe(200);
    const { body } = await ask("GET", "aaaa0001/versions", undefined, "vi");
    expect(body).toEqual({
      items: [
        {
          version: 2,
          at: new Date(at + 2_000).toISOString(),
          by: "ann",
          origin: "api",
          deleted: false,
          name: "FR",
          sentence: 'country is "France"',
          changed: ["name", "tags", "rule"],
        },
        {
          version: 1,
          at: new Date(at).toISOString(),
          by: "ed",
          origin: "api",
          deleted: false,
          name: "UK",
          sentence: 'country is "UK"',
          changed: [],
        },
      ],
      next: null,
    });
    const one = await ask("GET", "aaaa0001/versions/1");
    expect(one.body.audience).toEqual({
      kind: "audience",
      id: "aaaa0001",
      name: "UK",
      tags: [],
      rule: IN_UK,
    });
    expect((await ask("GET", "aaaa0001/versions/3")).status).toBe(404);
    expect((await ask("GET", "nobody/versions")).status).toBe(404);
  });

  it("come page by page, each telling what it changed though the one before is on the next page", async () => {
    await saved("aaaa0002", ...["a", "b", "c", "d", "e"].map((name) => ({ name, rule: IN_UK })));
    const seen = [];
    for (let cursor = ""; ; ) {
      const { body } = await ask("GET", `aaaa0002/versions?limit=2${cursor}`);
      seen.push(...body.items.map((one: { name: string; changed: string[] }) => [one.name, ...one.changed]));
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual([["e", "name"], ["d", "name"], ["c", "name"], ["b", "name"], ["a"]]);
    const { body } = await ask("GET", "aaaa0002/versions?limit=2");
    expect((await ask("GET", `aaaa0001/versions?cursor=${body.next}`)).body.code).toBe("cursorInvalid");
  });

  it("are compared part by part, the latest two unless told otherwise", async () => {
    await saved(
      "aaaa0003",
      { name: "UK", rule: IN_UK },
      { name: "UK buyers", description: "New", tags: ["shop"], rule: { all: [IN_UK, BOUGHT] } },
      { name: "UK buyers", description: "New", rule: { all: [BOUGHT, IN_FR] } },
    );
    const latest = await ask("GET", "aaaa0003/comparison", undefined, "vi");
    expect(latest.body).toMatchObject({
      from: { version: 2 },
      to: { version: 3 },
      fields: [{ field: "tags", before: ["shop"], after: [] }],
      rule: [
        {
          action: "changed",
          path: "/all/1",
          group: "all",
          before: 'country is "UK"',
          after: 'country is "France"',
        },
      ],
    });
    const whole = await ask("GET", "aaaa0003/comparison?from=1&to=2");
    expect(whole.body.fields).toEqual([
      { field: "name", before: "UK", after: "UK buyers" },
      { field: "description", before: null, after: "New" },
      { field: "tags", before: [], after: ["shop"] },
    ]);
    expect(whole.body.rule).toEqual([
      {
        action: "added",
        path: "/all/1",
        group: "all",
        before: null,
        after: 'did "buy" within the last 30 days',
      },
    ]);
    expect((await ask("GET", "aaaa0003/comparison?from=2&to=2")).body).toMatchObject({
      fields: [],
      rule: [],
    });
    expect((await ask("GET", "aaaa0003/comparison?from=9")).status).toBe(404);
  });

  it("come back as a new version, unless the audience is so already", async () => {
    await saved("aaaa0004", { name: "UK", rule: IN_UK }, { name: "FR", rule: IN_FR });
    const restored = await ask("POST", "aaaa0004/versions/1/restore", undefined, "ann");
    expect(restored.body).toMatchObject({ name: "UK", rule: IN_UK, version: 3, updatedBy: "ann" });
    expect((await ask("POST", "aaaa0004/versions/1/restore")).body).toMatchObject({ version: 3 });
    expect((await ask("POST", "aaaa0004/versions/1/restore", undefined, "vi")).status).toBe(403);
  });

  it("bring a deleted audience back; the deletion itself holds nothing", async () => {
    await saved("aaaa0005", { name: "UK", rule: IN_UK });
    expect((await ask("DELETE", "aaaa0005")).status).toBe(204);
    const { body } = await ask("GET", "aaaa0005/versions");
    expect(body.items).toMatchObject([
      { version: 2, deleted: true, name: null, changed: [] },
      { version: 1, deleted: false },
    ]);
    for (const refused of ["POST aaaa0005/versions/2/restore", "GET aaaa0005/comparison"]) {
      const [method = "", path = ""] = refused.split(" ");
      const answer = await ask(method === "GET" ? "GET" : "POST", path);
      expect(answer).toMatchObject({ status: 400, body: { code: "requestInvalid" } });
    }
    expect((await ask("POST", "aaaa0005/versions/1/restore")).body).toMatchObject({ version: 3, name: "UK" });
  });

  it("whose rule names what is there no more are refused with the faults, and nothing changes", async () => {
    const columns = [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "plan", type: "text" },
    ];
    const schema = {
      kind: "schema",
      id: "contracts",
      parent: "PersonalData",
      personIdentifier: "userid",
      columns,
    };
    const by = { origin: "api", by: "ed" } as const;
    await shop.definitions.apply([schema], by);
    await saved(
      "aaaa0006",
      { name: "Gold", rule: { have: { attribute: "plan", is: "gold" } } },
      { name: "UK", rule: IN_UK },
    );
    await shop.definitions.delete("schema", "contracts", by);
    const { status, body } = await ask("POST", "aaaa0006/versions/1/restore");
    expect([status, body.code]).toEqual([422, "definitionInvalid"]);
    expect(body.faults[0]).toMatchObject({
      path: "/audience aaaa0006/rule/have/attribute",
      message: "there is no attribute `plan`",
    });
    expect((await ask("GET", "aaaa0006")).body).toMatchObject({ version: 2, name: "UK" });
  });

  it("that came from a file say so, and such an audience is changed in its file alone", async () => {
    const document = { kind: "audience", id: "aaaa0007", name: "UK", rule: IN_UK };
    await shop.definitions.apply([document], { origin: "file", by: "deploy" });
    await shop.definitions.apply([{ ...document, name: "GB" }], { origin: "file", by: "deploy" });
    const { body } = await ask("GET", "aaaa0007/versions");
    expect(body.items).toMatchObject([
      { version: 2, by: "deploy", origin: "file", changed: ["name"] },
      { version: 1, by: "deploy", origin: "file" },
    ]);
    const refused = await ask("POST", "aaaa0007/versions/1/restore");
    expect(refused.body.faults[0].message).toBe("it stands in a file, and is changed there");
  });

  it("name the audiences that a rule looks into", async () => {
    await saved("aaaa0011", { name: "British", rule: IN_UK });
    await saved("aaaa0012", { name: "Not them", rule: BOUGHT });
    await saved("aaaa0012", {
      name: "Not them",
      rule: { all: [BOUGHT, { not: { inAudience: "aaaa0011" } }] },
    });
    const { body } = await ask("GET", "aaaa0012/versions/2");
    expect(body.sentence).toMatch(/"British"/);
    const { body: compared } = await ask("GET", "aaaa0012/comparison");
    expect(compared.rule).toEqual([
      expect.objectContaining({ action: "added", after: expect.stringContaining('"British"') }),
    ]);
  });
});
