import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PeregrineError } from "@peregrine/core";
import { pino } from "pino";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createApp } from "../http/app.ts";
import { openStore, type Store } from "../store/index.ts";
import { type ApplyOptions, DefinitionService, definitionRoutes, secretOwner } from "./index.ts";

const userid = { kind: "identifier", id: "userid", limit: "one" };
const visits = {
  kind: "schema",
  id: "visits",
  parent: "Interaction",
  personIdentifier: "userid",
  columns: [
    { name: "userid", type: "text", identifier: "userid" },
    { name: "page", type: "text" },
  ],
};
const audience = { kind: "audience", id: "all", name: "All", rule: { everyone: true } };
const shop = {
  kind: "activation",
  id: "shop",
  name: "Shop",
  type: "ibexa",
  personIdentifier: "userid",
  settings: { baseUrl: "https://shop.example", clientSecret: "geheim" },
  audiences: ["all"],
};
const byFile: ApplyOptions = { origin: "file", by: "me" };

let folder: string;
let store: Store;
let service: DefinitionService;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "peregrine-definition-"));
  store = await openStore({ folder, clock: { now: () => 1_000 } });
  service = new DefinitionService({ store });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Secrets as an activation's domain takes them out. */
function openSecrets(): void {
  service.on("activation", {
    open: (body) => {
      const { clientSecret, ...settings } = body.settings;
      const secrets = typeof clientSecret === "string" ? { clientSecret } : {};
      return { body: { ...body, settings }, secrets, faults: [] };
    },
    check: (_change, { secrets }) =>
      secrets.includes("clientSecret") ? [] : [{ path: "/settings/clientSecret", message: "is missing" }],
    write: async ({ action, body }, trx) => {
      if (action === "deleted") await store.secrets.with(trx).delete(secretOwner("activation", body.id));
    },
  });
}

async function failure(work: Promise<unknown>): Promise<PeregrineError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof PeregrineError) return error;
  throw new Error("no expected failure", { cause: error });
}

test("a dry run says what would change and changes nothing", async () => {
  openSecrets();
  const dry = await service.apply([userid, audience, shop], { ...byFile, dryRun: true });
  expect(dry.changes.map(({ action, body }) => [action, body.id])).toEqual([
    ["created", "userid"],
    ["created", "all"],
    ["created", "shop"],
  ]);
  expect(await store.definitions.all()).toEqual([]);
  expect(await store.secrets.names("activation/shop")).toEqual([]);
  expect(await store.definitions.revision()).toBe(0);
});

test("applying the same twice changes nothing the second time", async () => {
  openSecrets();
  const documents = [userid, visits, audience, shop];
  await service.apply(documents, byFile);
  const again = await service.apply(documents, byFile);
  expect(again.changes.map(({ action }) => action)).toEqual(Array(4).fill("unchanged"));
  expect((await store.definitions.all()).map(({ version, origin }) => [version, origin])).toEqual(
    Array(4).fill([1, "file"]),
  );
});

test("a secret is stored apart, is never told, stays when it is left out, and is gone with the definition", async () => {
  openSecrets();
  await service.apply([userid, audience, shop], byFile);
  const { clientSecret: _, ...settings } = shop.settings;
  const record = await service.get("activation", "shop");
  expect(record).toMatchObject({ body: { settings }, secrets: ["clientSecret"] });
  expect(JSON.stringify(await store.definitions.all())).not.toContain("geheim");
  const without = await service.apply([{ ...shop, settings }], byFile);
  expect(without.changes).toMatchObject([{ action: "unchanged" }]);
  const renewed = await service.apply([{ ...shop, settings: { ...settings, clientSecret: "neu" } }], byFile);
  expect(renewed.changes).toMatchObject([{ action: "changed", fields: ["/settings/clientSecret"] }]);
  expect(await store.secrets.of("activation/shop")).toEqual({ clientSecret: "neu" });
  await service.apply([userid, audience], { ...byFile, prune: true });
  expect(await store.secrets.names("activation/shop")).toEqual([]);
});

test("a deleted definition's secrets stay until its domain is done with them", async () => {
  service.on("activation", {
    open: (body) => ({ body: { ...body, settings: {} }, secrets: { clientSecret: "geheim" }, faults: [] }),
  });
  await service.apply([userid, audience, shop], byFile);
  await service.apply([], { ...byFile, prune: true });
  expect(await store.definitions.list("activation")).toEqual([]);
  expect(await store.secrets.of(secretOwner("activation", "shop"))).toEqual({ clientSecret: "geheim" });
});

test("all faults of all documents come at once, none twice by way of another, and nothing is changed", async () => {
  openSecrets();
  const error = await failure(
    service.apply(
      [
        userid,
        { ...visits, columns: [{ name: "page", type: "txt" }] },
        { ...shop, settings: {}, audiences: ["nobody"] },
        { kind: "dataflow", id: "log", schema: "visits", map: { userid: "id" } },
      ],
      byFile,
    ),
  );
  expect(error.code).toBe("definitionInvalid");
  expect(error.faults.map(({ path }) => path)).toEqual([
    "/schema visits/columns/0/type",
    "/activation shop/audiences/0",
    "/activation shop/settings/clientSecret",
  ]);
  expect(await store.definitions.all()).toEqual([]);
});

test("a schema's columns have numbers and its table is there before anybody can see the schema", async () => {
  const prepared: unknown[] = [];
  service.on("schema", {
    prepare: async ({ number, columns, body }) => {
      prepared.push([number, columns.map((column) => [column.number, column.name])]);
      expect(await store.definitions.get("schema", body.id)).toBeUndefined();
    },
  });
  await service.apply([userid, visits], byFile);
  const { number } = await service.get("schema", "visits");
  expect(prepared).toEqual([
    [
      number,
      [
        [1, "userid"],
        [2, "page"],
      ],
    ],
  ]);
});

test("a data plane that cannot be made ready leaves the definitions as they were", async () => {
  let broken = true;
  service.on("schema", {
    prepare: async () => {
      if (broken) throw new PeregrineError("engineUnavailable");
    },
  });
  expect((await failure(service.apply([userid, visits], byFile))).code).toBe("engineUnavailable");
  expect(await store.definitions.all()).toEqual([]);
  broken = false;
  await service.apply([userid, visits], byFile);
  expect((await store.definitions.columns()).map(({ number }) => number)).toEqual([1, 2]);
});

test("what a domain writes is part of the publication, and it hears of it only afterwards", async () => {
  const heard: string[] = [];
  let broken = true;
  service.on("activation", {
    write: async ({ body, action }, trx) => {
      if (action !== "deleted") await store.activationAudiences.with(trx).link(body.id, body.audiences);
      if (broken) throw new Error("in the middle");
    },
    written: ({ body, action }) => heard.push(`${action} ${body.id}`),
  });
  await expect(service.apply([userid, audience, shop], byFile)).rejects.toThrow("in the middle");
  expect([await store.definitions.all(), await store.activationAudiences.of("shop"), heard]).toEqual([
    [],
    [],
    [],
  ]);
  broken = false;
  await service.apply([userid, audience, shop], byFile);
  expect(await store.activationAudiences.of("shop")).toMatchObject([{ audienceId: "all" }]);
  expect(heard).toEqual(["created shop"]);
});

test("what others need is not deleted, and who needs it is named", async () => {
  const byApi: ApplyOptions = { origin: "api", by: "me" };
  await service.apply([userid, audience, shop], byApi);
  const error = await failure(service.delete("audience", "all", byApi));
  expect(error.faults.map(({ path }) => path)).toEqual(["/activation shop/audiences/0"]);
  await service.delete("activation", "shop", byApi);
  await service.delete("audience", "all", byApi);
  expect((await failure(service.delete("audience", "all", byApi))).code).toBe("notFound");
});

test("what a domain throws about one definition keeps its code, unless more is wrong", async () => {
  service.on("activation", {
    check: (_change, { answers }) => {
      if (answers.destination !== undefined) return [];
      throw new PeregrineError("activationMoved", {
        faults: [{ path: "/settings/baseUrl", message: "moved" }],
      });
    },
  });
  const moved = await failure(service.apply([userid, audience, shop], byFile));
  expect([moved.code, moved.faults[0]?.path]).toEqual([
    "activationMoved",
    "/activation shop/settings/baseUrl",
  ]);
  const more = await failure(service.apply([userid, shop], byFile));
  expect([more.code, more.faults.map(({ path }) => path)]).toEqual([
    "definitionInvalid",
    ["/activation shop/audiences/0", "/activation shop/settings/baseUrl"],
  ]);
  await service.apply([userid, audience, shop], { ...byFile, destination: "same" });
});

test("changes that come at the same time all happen, one after the other", async () => {
  const many = Array.from({ length: 4 }, (_, at) => ({ ...audience, id: `a${at}` }));
  await Promise.all(many.map((document) => service.apply([document], byFile)));
  expect(await store.definitions.list("audience")).toHaveLength(4);
  expect(await store.definitions.revision()).toBe(4);
});

test("a change is checked anew when another process took away what it needs", async () => {
  await service.apply([userid, audience], { origin: "api", by: "me" });
  const other = new DefinitionService({ store });
  let raced = false;
  service.on("activation", {
    prepare: async () => {
      if (raced) return;
      raced = true;
      await other.delete("audience", "all", { origin: "api", by: "you" });
    },
  });
  const error = await failure(service.apply([shop], byFile));
  expect(error.faults.map(({ path }) => path)).toEqual(["/activation shop/audiences/0"]);
  expect(await store.definitions.get("activation", "shop")).toBeUndefined();
});

test("an audience that the API makes without an id gets one of 8 hex characters", async () => {
  const { id: _, ...anonymous } = audience;
  const { changes } = await service.apply([anonymous], { origin: "api", by: "me" });
  expect(changes[0]?.body.id).toMatch(/^[0-9a-f]{8}$/);
  expect((await failure(service.apply([anonymous], byFile))).faults[0]?.path).toBe("/document 1/id");
});

test("the API applies, lists page by page, shows, changes and deletes", async () => {
  openSecrets();
  const app = createApp({
    logger: pino({ level: "silent" }),
    version: "0.0.0",
    callers: { ofToken: async () => ({ name: "ci", role: "editor" }), ofSession: async () => undefined },
    routes: (api) => definitionRoutes(api, service),
  });
  const call = async (method: "GET" | "POST" | "PUT" | "DELETE", url: string, payload?: object) => {
    const answer = await app.inject({
      method,
      url: `/api/v1${url}`,
      headers: { authorization: "Bearer x" },
      ...(payload === undefined ? {} : { payload }),
    });
    return { status: answer.statusCode, body: answer.json() };
  };
  const applied = await call("POST", "/apply", { documents: [userid, audience, shop] });
  expect(applied).toMatchObject({ status: 200, body: { dryRun: false, left: [] } });
  expect(applied.body.changes[2]).toEqual({ action: "created", kind: "activation", id: "shop", fields: [] });

  const first = await call("GET", "/definitions?limit=2");
  expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual(["shop", "all"]);
  const second = await call("GET", `/definitions?limit=2&cursor=${first.body.next}`);
  expect(second.body).toMatchObject({
    items: [{ id: "userid", updatedBy: "ci", origin: "api" }],
    next: null,
  });
  expect((await call("GET", "/definitions?kind=schema")).body.items).toEqual([]);
  expect((await call("GET", "/definitions?kind=nonsense")).status).toBe(400);

  const shown = await call("GET", "/definitions/activation/shop");
  expect(shown.body).toMatchObject({ secrets: ["clientSecret"], definition: { name: "Shop" } });
  expect(JSON.stringify(shown.body)).not.toContain("geheim");
  expect(await call("GET", "/definitions/schema/none")).toMatchObject({
    status: 404,
    body: { code: "notFound" },
  });

  const rename = { name: "Everyone", rule: { everyone: true } };
  const dry = await call("PUT", "/definitions/audience/all?dryRun=true", rename);
  expect(dry.body.changes).toEqual([{ action: "changed", kind: "audience", id: "all", fields: ["/name"] }]);
  expect((await call("GET", "/definitions/audience/all")).body).toMatchObject({ version: 1 });
  await call("PUT", "/definitions/audience/all", rename);
  expect((await call("GET", "/definitions/audience/all")).body).toMatchObject({
    version: 2,
    definition: { name: "Everyone", tags: [] },
  });

  const refused = await call("DELETE", "/definitions/identifier/userid");
  expect(refused).toMatchObject({ status: 422, body: { code: "definitionInvalid" } });
  expect(refused.body.faults[0].path).toBe("/activation shop/personIdentifier");
  expect((await call("DELETE", "/definitions/activation/shop?version=9")).body.code).toBe("savedMeanwhile");
  expect(
    (await call("PUT", "/definitions/audience/all?version=9", { name: "Other", rule: { everyone: true } }))
      .body.code,
  ).toBe("savedMeanwhile");
  const seen = [{ kind: "audience", id: "all", version: 0 }];
  const other = { ...audience, name: "Other" };
  expect((await call("POST", "/apply", { documents: [other], versions: seen })).body.code).toBe(
    "savedMeanwhile",
  );
  expect((await call("DELETE", "/definitions/activation/shop")).body.changes).toMatchObject([
    { action: "deleted" },
  ]);
  expect((await call("GET", "/definitions/activation/shop")).status).toBe(404);
  await app.close();
});

test("of several definitions each is changed only while it is as it was seen", async () => {
  const by = (name: string) => ({ origin: "api" as const, by: name });
  const seen = (kind: "identifier" | "schema" | "audience", id: string, version: number) => ({
    kind,
    id,
    version,
  });
  await service.apply([userid], by("ann"));
  // Not there, as it was seen.
  await service.apply([userid, visits, audience], {
    ...by("ann"),
    versions: [seen("schema", "visits", 0), seen("audience", "all", 0)],
  });
  const named = (name: string) => ({ ...audience, name });
  const made = await failure(
    service.apply([named("Mine")], { ...by("bob"), versions: [seen("audience", "all", 0)] }),
  );
  expect(made).toMatchObject({
    code: "savedMeanwhile",
    detail: "ann made the audience all in the meantime.",
    faults: [{ path: "/version", message: "it has version 1 now, and was not there" }],
  });
  const versions = [seen("schema", "visits", 1), seen("audience", "all", 7)];
  const wider = { ...visits, columns: [...visits.columns, { name: "title", type: "text" }] };
  expect(await failure(service.apply([wider, named("Mine")], { ...by("bob"), versions }))).toMatchObject({
    code: "savedMeanwhile",
    detail: "ann saved the audience all in the meantime.",
  });
  expect(await service.get("schema", "visits")).toMatchObject({ version: 1 });
  // What stays as it is may have any version, and so may what is not named.
  await service.apply([wider, audience], { ...by("bob"), versions });
  await service.apply([named("Everybody")], { ...by("bob"), versions: [seen("schema", "visits", 7)] });
  const late = await failure(service.delete("audience", "all", { ...by("ann"), ofVersion: 1 }));
  expect(late).toMatchObject({ code: "savedMeanwhile", detail: "bob saved it in the meantime." });
  await service.delete("audience", "all", { ...by("ann"), ofVersion: 2 });
  // Deleted is not there.
  await service.apply([audience], { ...by("bob"), versions: [seen("audience", "all", 0)] });
});
