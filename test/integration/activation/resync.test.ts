import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MortalProcess } from "./mortal-process.ts";
import { activate, CREDENTIALS, openSandbox, openWorld, type World } from "./world.ts";

const DAY = 24 * 3_600_000;
let world: World;
let sandbox: Sandbox;
let service: ReturnType<World["service"]>;
let names = 0;

beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(Array.from({ length: 40 }, (_, at) => [at + 1, `u${at + 1}`]));
  sandbox = await openSandbox();
  service = world.service();
});

afterAll(async () => {
  await sandbox?.close();
  await world?.close();
});

/** Of 20 people 12 are in and 8 were. */
async function inStep() {
  names += 1;
  const id = `anew-${names}`;
  const audience = `n${names}`;
  await activate(world, service, { id, baseUrl: sandbox.webhookUrl, audiences: [audience] });
  const run = () => service.run(id, "manual");
  const become = (last: number) =>
    world.audiences.set(
      audience,
      Array.from({ length: last }, (_, at) => at + 1),
    );
  become(20);
  await run();
  become(12);
  await run();
  return {
    id,
    audience,
    run,
    become,
    inside: () => [...sandbox.people(audience)].sort(),
    definition: (await service.get(id)).definition,
  };
}

/** Behind our back: somebody was put in, somebody was taken out. */
async function tamper(
  audience: string,
  changes: readonly (readonly [personId: string, membership: boolean])[],
) {
  const answer = await fetch(sandbox.webhookUrl, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-CLIENT-ID": CREDENTIALS.clientId,
      "X-CLIENT-SECRET": CREDENTIALS.clientSecret,
    },
    body: JSON.stringify({
      updateType: "membershipChanges",
      segmentGroupIdentifier: CREDENTIALS.group,
      data: {
        changes: changes.map(([personId, membership]) => ({ audienceId: audience, personId, membership })),
      },
    }),
  });
  expect(answer.status).toBe(200);
}

describe("a full resync", () => {
  it("says members and removals of all who ever were in again, and heals what others did", async () => {
    const of = await inStep();
    const before = of.inside();
    await tamper(of.audience, [
      ["u20", true],
      ["u1", false],
    ]);
    expect((await of.run()).counts).toMatchObject({ planned: 0 });
    expect(await service.due(world.clock.now())).not.toContain(of.id);

    await service.resync(of.id);
    expect(await service.due(world.clock.now())).toContain(of.id);
    expect((await of.run()).counts).toMatchObject({ joins: 12, leaves: 8, accepted: 20, held: 0 });
    expect(of.inside()).toEqual(before);
    expect((await of.run()).counts).toMatchObject({ planned: 0, requests: 0 });
    expect(await service.due(world.clock.now())).not.toContain(of.id);
  });

  it("is carried out to the end when its worker dies, wherever that is", async () => {
    const of = await inStep();
    const before = of.inside();
    for (let steps = 3; steps <= 27; steps += 6) {
      await tamper(of.audience, [
        ["u20", true],
        ["u1", false],
      ]);
      await service.resync(of.id);
      const process = new MortalProcess(world, () => {}, steps);
      await process.service.run(of.id, "manual").catch(() => undefined);
      process.kill();
      world.clock.advance(60_000);
      await of.run();
      await of.run();
      expect([steps, of.inside()]).toEqual([steps, before]);
    }
  });

  it("doesn't take a repeated removal for a new one, and holds a new one all the same", async () => {
    const of = await inStep();
    const guard = { removals: 3, share: 0.1, emptied: 50, failedImports: "hold" as const };
    await service.save({ ...of.definition, guard }, { by: "tests", origin: "api" });
    world.clock.advance(2 * DAY);
    of.become(6);
    await service.resync(of.id);
    expect((await of.run()).counts).toMatchObject({ joins: 6, leaves: 8, held: 6 });
    expect(of.inside().length).toBe(12);
  });

  it("is of activations that there are", async () => {
    await expect(service.resync("nothing")).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("the repair pass", () => {
  it("says a part of all people again each day, and everybody in so many days", async () => {
    const of = await inStep();
    await service.save({ ...of.definition, repair: { everyDays: 4 } }, { by: "tests", origin: "api" });
    const planned: number[] = [];
    for (let day = 0; day < 4; day += 1) {
      world.clock.advance(day === 0 ? 0 : DAY);
      expect(await service.due(world.clock.now())).toContain(of.id);
      planned.push((await of.run()).counts?.["planned"] ?? 0);
      expect((await of.run()).counts).toMatchObject({ planned: 0 });
      expect(await service.due(world.clock.now())).not.toContain(of.id);
    }
    expect(planned.reduce((sum, people) => sum + people, 0)).toBe(20);
    expect(planned.filter((people) => people > 0).length).toBeGreaterThan(1);
    expect(of.inside().length).toBe(12);
  });
});
