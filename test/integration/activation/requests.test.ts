import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

let world: World;
let sandbox: Sandbox;
let service: ReturnType<World["service"]>;

/** Two audiences, messages of four changes, and person u3 refused. */
beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(Array.from({ length: 10 }, (_, at) => [at + 1, `u${at + 1}`]));
  sandbox = await openSandbox();
  sandbox.addFault({ kind: "status", status: 422, match: { person: "u3" } });
  service = world.service();
  await activate(world, service, {
    id: "shop",
    baseUrl: sandbox.webhookUrl,
    audiences: ["ra", "rb"],
    advanced: { batchSize: 4, requestsAtOnce: 1 },
  });
  world.audiences.set("ra", [1, 2, 3, 4]);
  world.audiences.set("rb", [5, 6]);
  await service.run("shop", "manual");
});

afterAll(async () => {
  await sandbox?.close();
  await world?.close();
});

const search = (filter: Parameters<typeof service.requests.list>[1], limit = 100) =>
  service.requests.list("shop", filter, { limit });

describe("the requests of an activation", () => {
  it("are listed newest first, page by page, none twice and none left out", async () => {
    const all = (await search({})).items;
    expect(all.length).toBe(sandbox.requests().length);
    expect(all.map(({ sentAt }) => sentAt)).toEqual(
      all.map(({ sentAt }) => sentAt).toSorted((one, other) => other - one),
    );
    const paged: typeof all = [];
    let cursor: string | undefined;
    do {
      const page = await service.requests.list("shop", {}, { limit: 2, cursor });
      paged.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    expect(paged).toEqual(all);
  });

  it("tell for each run why people were refused, equal answers together", async () => {
    const runs = await service.runs("shop", { limit: 1 });
    const [run] = runs.items;
    expect(run?.counts).toMatchObject({ accepted: 5, joined: 5, refused: 1 });
    expect(await service.requests.refusalsOf("shop", run?.id ?? 0)).toEqual([
      { code: "destinationRefused", reason: expect.stringContaining("422"), people: 1 },
    ]);
    expect(await service.requests.refusalsOf("shop", (run?.id ?? 0) + 1)).toEqual([]);
  });

  it("are found by what they were about and what became of them", async () => {
    const refused = (await search({ outcome: "refused" })).items;
    // The batch of four, its half, and the person alone.
    expect(refused.map(({ changes, status, code }) => [changes, status, code])).toEqual([
      [1, 422, "destinationRefused"],
      [2, 422, "destinationRefused"],
      [4, 422, "destinationRefused"],
    ]);
    expect((await search({ status: 422, action: "create" })).items).toEqual([]);
    expect((await search({ action: "create" })).items.length).toBe(2);
    expect((await search({ code: "destinationRefused" })).items).toEqual(refused);
    const [{ run = 0, sentAt = 0 } = {}] = refused;
    expect((await search({ run: run + 1 })).items).toEqual([]);
    expect((await search({ from: sentAt + 60_000 })).items).toEqual([]);
    expect((await search({ to: sentAt - 60_000 })).items).toEqual([]);
  });

  it("are found by a person and by an audience, and tell whom they were about", async () => {
    const aboutThree = (await search({ personId: "u3" })).items;
    expect(aboutThree.map(({ changes }) => changes)).toEqual([1, 2, 4]);
    expect((await search({ personId: "u3", audience: "rb" })).items).toEqual([]);
    const aboutB = (await search({ audience: "rb" })).items;
    expect(aboutB.map(({ changes, outcome }) => [changes, outcome])).toEqual([[2, "accepted"]]);
    expect((await search({ audience: "ra", personId: "u4" })).items.map(({ changes }) => changes)).toEqual([
      1, 2, 4,
    ]);

    const [request] = aboutB;
    if (request === undefined) throw new Error("there is none");
    expect((await service.requests.get("shop", request)).people).toEqual(
      ["u5", "u6"].map((personId) => ({
        audience: "rb",
        audienceName: "Audience rb",
        personId,
        membership: true,
      })),
    );
    const [create] = (await search({ action: "create" })).items;
    if (create === undefined) throw new Error("there is none");
    expect((await service.requests.get("shop", create)).people).toEqual([]);
  });

  it("keep their cursor to their own question", async () => {
    const { next } = await service.requests.list("shop", {}, { limit: 1 });
    await expect(
      service.requests.list("shop", { outcome: "refused" }, { limit: 1, cursor: next ?? "" }),
    ).rejects.toMatchObject({ code: "cursorInvalid" });
    await expect(service.requests.get("shop", { run: 1, epoch: 99, request: 0 })).rejects.toMatchObject({
      code: "notFound",
    });
    await expect(service.requests.list("nothing", {}, { limit: 1 })).rejects.toMatchObject({
      code: "notFound",
    });
  });

  it("are shown for 14 days, also of an activation that was deleted, and not longer", async () => {
    await service.delete("shop", { by: "tests", origin: "api", people: "leave" });
    expect((await search({})).items.length).toBeGreaterThan(5);
    world.clock.advance(14 * 24 * 3_600_000 + 60_000);
    expect((await search({})).items).toEqual([]);
  });
});
