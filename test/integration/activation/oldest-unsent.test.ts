import { activationDefinition } from "@peregrine/core";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

const MINUTE = 60_000;
/** What the steps of a test take by themselves, in ms. */
const SLACK = 30_000;
const by = { by: "tests", origin: "api" } as const;

let world: World;
let sandbox: Sandbox;
beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know([
    [1, "u1"],
    [2, "u2"],
    [3, "u3"],
  ]);
  sandbox = await openSandbox();
});
afterAll(async () => {
  await sandbox?.close();
  await world?.close();
});

async function carry(id: string, audience: string) {
  const service = world.service();
  await activate(world, service, { id, baseUrl: sandbox.webhookUrl, audiences: [audience] });
  const evaluate = async (members: number[]) => {
    world.audiences.set(audience, members);
    await world.audiences.evaluate([audience], world.clock.now());
  };
  const oldest = async () => {
    const { oldestUnsentAt } = await service.status(id);
    const inList = (await service.list()).find(({ definition }) => definition.id === id)?.oldestUnsentAt;
    return [oldestUnsentAt, inList].map((at) => (at == null ? at : world.clock.now() - at));
  };
  const run = () => service.run(id, "schedule");
  return { service, evaluate, oldest, run };
}

function about(ms: number) {
  const near = expect.closeTo(ms + SLACK / 2, -Math.log10(SLACK));
  return [near, near];
}

it("nothing waits before anybody joined, and once all is sent", async () => {
  const { evaluate, oldest, run } = await carry("calm", "calm-a");
  expect(await oldest()).toEqual([null, null]);
  await run();
  expect(await oldest()).toEqual([null, null]);
  await evaluate([1]);
  await run();
  world.clock.advance(5 * MINUTE);
  expect(await oldest()).toEqual([null, null]);
});

it("the first change since the last run that ended well is the oldest, also while runs fail", async () => {
  const { evaluate, oldest, run } = await carry("outage", "outage-a");
  await evaluate([1]);
  await run();
  world.clock.advance(60 * MINUTE);
  await evaluate([1, 2]);
  world.clock.advance(7 * MINUTE);
  expect(await oldest()).toEqual(about(7 * MINUTE));
  // Somebody leaves later, and Ibexa lets nobody in: the first one has waited longest.
  await evaluate([2]);
  const fault = sandbox.addFault({ kind: "status", status: 401 });
  expect(await run()).toMatchObject({ state: "failed" });
  world.clock.advance(3 * MINUTE);
  expect(await oldest()).toEqual(about(10 * MINUTE));
  sandbox.removeFault(fault);
  expect(await run()).toMatchObject({ state: "done" });
  expect(await oldest()).toEqual([null, null]);
});

it("members of an audience that was attached later wait since then", async () => {
  const { service, evaluate, oldest, run } = await carry("late", "late-a");
  await evaluate([1]);
  await run();
  await world.store.definitions.put(
    { kind: "audience", id: "late-b", name: "Since long", tags: [], rule: { everyone: true } },
    by,
  );
  world.audiences.set("late-b", [1, 2, 3]);
  await world.audiences.evaluate(["late-b"], world.clock.now());
  world.clock.advance(90 * MINUTE);
  const { definition } = await service.get("late");
  await service.save(
    activationDefinition.parse({ ...definition, state: "paused", audiences: ["late-a", "late-b"] }),
    by,
  );
  world.clock.advance(4 * MINUTE);
  expect(await oldest()).toEqual(about(4 * MINUTE));
});

it("people who got their userid after they had joined wait since the rows came", async () => {
  const { evaluate, oldest, run } = await carry("named", "named-a");
  await evaluate([1, 7]);
  await run();
  world.clock.advance(60 * MINUTE);
  await run();
  await world.audiences.know([[7, "u7"]]);
  world.clock.advance(2 * MINUTE);
  const [counted, told] = await oldest();
  expect(counted).toEqual(about(2 * MINUTE)[0]);
  // Without counting nobody knows until the next run has looked.
  expect(told).toBeNull();
});

it("people who are said again by a resync wait since its run began, and people who are to leave since that was said", async () => {
  const { service, evaluate, oldest, run } = await carry("again", "again-a");
  await evaluate([1]);
  await run();
  world.clock.advance(60 * MINUTE);
  await service.resync("again");
  const fault = sandbox.addFault({ kind: "status", status: 401 });
  expect(await run()).toMatchObject({ state: "failed" });
  world.clock.advance(3 * MINUTE);
  expect(await oldest()).toEqual(about(3 * MINUTE));
  sandbox.removeFault(fault);
  expect(await run()).toMatchObject({ state: "done" });
  world.clock.advance(60 * MINUTE);
  const { definition } = await service.get("again");
  await service.save({ ...definition, state: "paused", audiences: [] }, { ...by, people: "takeOut" });
  world.clock.advance(6 * MINUTE);
  expect((await oldest())[0]).toEqual(about(6 * MINUTE)[0]);
});
