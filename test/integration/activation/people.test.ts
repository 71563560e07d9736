import { PERSON_STATES, type PersonState } from "@peregrine/core";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

let world: World;
let sandbox: Sandbox;
let service: ReturnType<World["service"]>;

/** Of twelve members of `pa` two have no id, u3 and u4 are refused; u9 left and can't be taken out. */
beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(Array.from({ length: 10 }, (_, at) => [at + 1, `u${at + 1}`]));
  sandbox = await openSandbox();
  service = world.service();
  await activate(world, service, { id: "shop", baseUrl: sandbox.webhookUrl, audiences: ["pa", "pb"] });
  world.audiences.set("pa", [1, 2, 9]);
  world.audiences.set("pb", [1]);
  await service.run("shop", "manual");
  for (const person of ["u3", "u4", "u9"]) {
    sandbox.addFault({ kind: "status", status: 422, match: { person, audience: "pa" } });
  }
  world.audiences.set("pa", [1, 2, 3, 4, 5, 11, 12]);
  await service.run("shop", "manual");
  // Not sent any more: u6 waits.
  world.audiences.set("pa", [1, 2, 3, 4, 5, 6, 11, 12]);
  await world.audiences.evaluate(["pa"], world.clock.now());
});

afterAll(async () => {
  await sandbox?.close();
  await world?.close();
});

async function people(state: PersonState, limit = 100, audience = "pa"): Promise<(string | number | null)[]> {
  const { items } = await service.people.list("shop", audience, state, { limit });
  return items.map(({ personId, profile }) => personId ?? profile);
}

async function csvOf(state: PersonState): Promise<(string | number | null)[]> {
  const found = [];
  for await (const block of await service.people.all("shop", "pa", state)) found.push(...block);
  return found.map(({ personId, profile }) => personId ?? profile);
}

describe("the people of a segment", () => {
  it("are told by state, and every state has as many as the status says", async () => {
    expect(await people("accepted")).toEqual(["u1", "u2", "u5"]);
    expect(await people("waiting")).toEqual(["u6"]);
    expect(await people("refused")).toEqual(["u3", "u4"]);
    expect(await people("withoutIdentifier")).toEqual([11, 12]);
    expect(await people("suppressed")).toEqual([]);
    expect(await people("leavingWaiting")).toEqual([]);
    expect(await people("leavingRefused")).toEqual(["u9"]);

    const status = (await service.status("shop")).segments.find(({ audienceId }) => audienceId === "pa");
    const { leaving, size, ...members } = status?.numbers ?? { leaving: {}, size: 0 };
    expect({ size, ...members, leaving }).toEqual({
      size: 8,
      accepted: 3,
      waiting: 1,
      refused: 2,
      withoutIdentifier: 2,
      suppressed: 0,
      leaving: { waiting: 0, refused: 1, held: 0 },
    });
  });

  it("come page by page, and all at once as CSV, the same", async () => {
    for (const state of Object.keys(PERSON_STATES) as PersonState[]) {
      const paged = [];
      let cursor: string | undefined;
      do {
        const page = await service.people.list("shop", "pa", state, { limit: 1, cursor });
        paged.push(...page.items.map(({ personId, profile }) => personId ?? profile));
        cursor = page.next ?? undefined;
      } while (cursor !== undefined);
      expect([state, paged]).toEqual([state, await people(state)]);
      expect([state, await csvOf(state)]).toEqual([state, paged]);
    }
  });

  it("have with them why they are refused, how often, and when they are tried again", async () => {
    const { items } = await service.people.list("shop", "pa", "refused", { limit: 1 });
    expect(items).toEqual([
      {
        personId: "u3",
        profile: 3,
        lastSentAt: expect.any(Number),
        refusal: {
          code: "destinationRefused",
          reason: expect.stringContaining("422"),
          attempts: 1,
          at: expect.any(Number),
          nextAttemptAt: expect.any(Number),
        },
      },
    ]);
    const [found] = items;
    expect((found?.refusal?.nextAttemptAt ?? 0) - (found?.refusal?.at ?? 0)).toBeGreaterThanOrEqual(60_000);
    expect(
      (await service.people.list("shop", "pa", "refused", { limit: 9, personId: "u4" })).items.length,
    ).toBe(1);
    expect((await service.people.list("shop", "pa", "accepted", { limit: 9, personId: "u4" })).items).toEqual(
      [],
    );
  });

  it("are told of no audience that the activation doesn't carry", async () => {
    await expect(service.people.list("shop", "pc", "refused", { limit: 1 })).rejects.toMatchObject({
      code: "notFound",
    });
    await expect(service.people.all("nothing", "pa", "refused")).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("refusals", () => {
  it("stand together by equal answers, with how many they are", async () => {
    expect(await service.people.refusals("shop")).toEqual([
      expect.objectContaining({ audience: "pa", membership: true, people: 2, code: "destinationRefused" }),
      expect.objectContaining({ audience: "pa", membership: false, people: 1 }),
    ]);
  });

  it("don't keep anybody waiting who is to be sent again, and only those", async () => {
    sandbox.clearFaults();
    await service.run("shop", "manual");
    expect(await people("refused")).toEqual(["u3", "u4"]);
    const idle = await service.run("shop", "manual");
    expect(idle.counts).toMatchObject({ planned: 0, requests: 0 });
    expect(await service.due(world.clock.now())).toEqual([]);

    const woken: string[] = [];
    service.onChanged = (id) => woken.push(id);
    expect(await service.people.sendAgain("shop", "pa", ["u3", "nobody"])).toBe(1);
    expect(woken).toEqual(["shop"]);
    expect(await service.due(world.clock.now())).toEqual(["shop"]);
    expect((await service.run("shop", "manual")).counts).toMatchObject({ planned: 1, joins: 1 });
    expect(await people("refused")).toEqual(["u4"]);
    expect([...sandbox.people("pa")].sort()).toEqual(["u1", "u2", "u3", "u5", "u6", "u9"]);

    expect(await service.people.sendAgain("shop", "pa")).toBe(2);
    expect(await service.people.sendAgain("shop", "pa")).toBe(0);
    await service.run("shop", "manual");
    expect([...sandbox.people("pa")].sort()).toEqual(["u1", "u2", "u3", "u4", "u5", "u6"]);
    expect(await people("refused")).toEqual([]);
    expect(await service.people.refusals("shop")).toEqual([]);
  });

  it("count on when the answer stays the same", async () => {
    sandbox.addFault({ kind: "status", status: 422, match: { person: "u7" } });
    world.audiences.set("pa", [1, 2, 3, 4, 5, 6, 7, 11, 12]);
    await service.run("shop", "manual");
    await service.people.sendAgain("shop", "pa");
    await service.run("shop", "manual");
    const { items } = await service.people.list("shop", "pa", "refused", { limit: 9 });
    expect(items.map(({ personId, refusal }) => [personId, refusal?.attempts])).toEqual([["u7", 2]]);
  });
});
