import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import type { ActivationService } from "@peregrine/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MortalProcess } from "./mortal-process.ts";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

const PAGES = join(import.meta.dirname, "../../../docs/errors");

let world: World;
let service: ActivationService;
const closing: (() => Promise<unknown>)[] = [];
let names = 0;

beforeAll(async () => {
  world = await openWorld();
  service = world.service();
  await world.audiences.know([[1, "u1"]]);
});
afterAll(async () => {
  for (const close of closing) await close();
  await world.close();
});

/** An activation with one audience of one person, and its sandbox. */
async function shop(config: Parameters<typeof openSandbox>[0] = {}) {
  const sandbox: Sandbox = await openSandbox(config);
  closing.push(() => sandbox.close());
  names += 1;
  const id = `shop-${names}`;
  const audience = `b${String(names).padStart(7, "0")}`;
  world.audiences.set(audience, [1]);
  // Longer than anything takes on a busy machine: within it, a message without an answer is unsettled.
  const advanced = { timeoutSeconds: 10 };
  await activate(world, service, { id, baseUrl: sandbox.webhookUrl, audiences: [audience], advanced });
  const segment = `peregrine-test-${id}`;
  return {
    id,
    audience,
    segment,
    sandbox,
    add: (personId: string) => service.tests.person(id, { membership: true, personId }),
    remove: (personId?: string) => service.tests.person(id, { membership: false, personId }),
    run: () => service.run(id, "manual"),
    links: async () => (await world.store.activationAudiences.of(id)).map(({ audienceId }) => audienceId),
    messageTick: async () => (await service.tests.connection(id, {})).ticks.at(-1)?.state,
  };
}

describe("one test person", () => {
  it("is brought into a segment of its own, stays there while runs go on, and is taken out with it", async () => {
    const { id, add, remove, run, sandbox, segment, audience, links, messageTick } = await shop();
    expect(await messageTick()).toBe("unknown");
    expect(await add("14")).toMatchObject({
      failure: undefined,
      left: ["14"],
      segment: { identifier: segment, name: "Peregrine test", group: "cdp_audiences" },
      steps: [
        { name: "segment", done: true },
        { name: "person", done: true },
      ],
    });
    expect(sandbox.segmentsOf("14")).toEqual([segment]);
    expect(await messageTick()).toBe("yes");

    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 1 } });
    expect(sandbox.people(audience)).toEqual(new Set(["u1"]));
    expect(sandbox.people(segment)).toEqual(new Set(["14"]));
    expect((await service.status(id)).segments.map(({ audienceId }) => audienceId)).toEqual([audience]);
    const { definition } = await service.get(id);
    await service.save({ ...definition, name: "Renamed" }, { by: "tests", origin: "api" });
    await run();
    expect((await add("15")).left).toEqual(["14", "15"]);

    expect(await remove("14")).toMatchObject({ failure: undefined, left: ["15"] });
    expect(sandbox.people(segment)).toEqual(new Set(["15"]));
    expect(await remove()).toMatchObject({ left: [], steps: [{ name: "person" }, { name: "detach" }] });
    expect(sandbox.segment(segment)).toBeUndefined();
    expect(await links()).toEqual([audience]);
    const sent = sandbox.totals().requests;
    expect(await remove()).toMatchObject({ failure: undefined, steps: [], left: [] });
    expect(sandbox.totals().requests).toBe(sent);
  });

  it("who is refused is named so, and nobody is left", async () => {
    const { add, remove, sandbox, segment, links, audience } = await shop();
    sandbox.addFault({ kind: "refusePeople", people: ["9001"] });
    const refused = await add("9001");
    expect(refused).toMatchObject({ failure: { code: "destinationRefusesPerson" }, left: [] });
    expect(existsSync(join(PAGES, "destinationRefusesPerson.md"))).toBe(true);
    await remove();
    expect(sandbox.segment(segment)).toBeUndefined();
    expect(await links()).toEqual([audience]);
  });

  it("says when Ibexa only took the message into its queue", async () => {
    const { add, sandbox } = await shop({ bulkAsyncThreshold: 1 });
    expect(await add("14")).toMatchObject({ failure: undefined, notices: [{ code: "destinationQueues" }] });
    expect(existsSync(join(PAGES, "destinationQueues.md"))).toBe(true);
    await sandbox.queue.drained();
  });

  it.each([
    ["the credentials are wrong", { kind: "status", status: 401 }, "destinationCredentials"],
    ["the segment is refused", { kind: "status", status: 422 }, "destinationRefusesSegment"],
  ] as const)("leaves nothing behind when %s", async (_name, fault, code) => {
    const { add, sandbox, links, audience } = await shop();
    sandbox.addFault(fault);
    expect(await add("14")).toMatchObject({ failure: { code }, left: [] });
    expect(await links()).toEqual([audience]);
    expect(sandbox.segments()).toEqual([]);
  });

  it("whose answer was lost may be in, and can be taken out once the message can't arrive any more", async () => {
    const { add, remove, sandbox, segment } = await shop();
    sandbox.addFault({ kind: "reset", at: "after", times: 1, match: { action: "membershipChanges" } });
    expect(await add("14")).toMatchObject({ failure: { code: "destinationReset" }, left: ["14"] });
    await expect(remove()).rejects.toMatchObject({ code: "messageUnsettled" });
    world.clock.advance(11_000);
    expect(await remove()).toMatchObject({ failure: undefined, left: [] });
    expect(sandbox.segment(segment)).toBeUndefined();
  });

  it("has a segment of which the answer was lost: it is detached all the same", async () => {
    const { add, remove, sandbox, links, audience } = await shop();
    sandbox.addFault({ kind: "cut", at: "after", times: 1, match: { action: "create" } });
    expect(await add("14")).toMatchObject({ failure: { code: "destinationAnswerBroken" }, left: [] });
    expect(sandbox.segments()).toHaveLength(1);
    expect(await remove()).toMatchObject({ failure: undefined });
    expect(sandbox.segments()).toEqual([]);
    expect(await links()).toEqual([audience]);
  });

  it("who could not be taken out is by the next run", async () => {
    const { add, remove, run, sandbox, segment, links, audience } = await shop();
    await add("14");
    sandbox.addFault({ kind: "status", status: 500, times: 1, match: { action: "membershipChanges" } });
    expect(await remove()).toMatchObject({ failure: { code: "destinationFailing" }, left: ["14"] });
    expect(await run()).toMatchObject({ state: "done" });
    expect(sandbox.segment(segment)).toBeUndefined();
    expect(await links()).toEqual([audience]);
  });

  it("is taken out when the activation is deleted, even if its people are to be left", async () => {
    const { id, add, run, sandbox, segment } = await shop();
    await run();
    await add("14");
    await service.delete(id, { by: "tests", origin: "api", people: "leave" });
    expect(await service.due(world.clock.now())).toContain(id);
    await run();
    expect(sandbox.segment(segment)).toBeUndefined();
    expect(await service.due(world.clock.now())).not.toContain(id);
  });

  it("is gone on with when the process dies after the message has left", async () => {
    const { id, remove, run, sandbox, segment } = await shop();
    const mortal = new MortalProcess(world, async (message) => {
      if (message.body?.includes("membershipChanges") === true) throw new Error("the process dies");
    });
    await expect(mortal.service.tests.person(id, { membership: true, personId: "14" })).rejects.toThrow();
    world.clock.advance(60_000);
    await expect(remove()).rejects.toMatchObject({ code: "activationRunning" });
    expect(await run()).toMatchObject({ state: "done" });
    expect(sandbox.people(segment)).toEqual(new Set(["14"]));
    // The dead one's message may still arrive for a while.
    await expect(remove()).rejects.toMatchObject({ code: "messageUnsettled" });
    world.clock.advance(60_000);
    expect(await remove()).toMatchObject({ failure: undefined, left: [] });
    expect(sandbox.segment(segment)).toBeUndefined();
  });
});
