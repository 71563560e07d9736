import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MortalProcess } from "./mortal-process.ts";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

const HOUR = 3_600_000;
const by = { by: "tests", origin: "api" } as const;
let world: World;
let sandbox: Sandbox;
let service: ReturnType<World["service"]>;
let names = 0;

beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(Array.from({ length: 60 }, (_, at) => [at + 1, `u${at + 1}`]));
  sandbox = await openSandbox();
  service = world.service();
});

afterAll(async () => {
  await sandbox?.close();
  await world?.close();
});

function upTo(last: number, first = 1): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** An activation of one audience that is in step; its guard holds more than five removals of more than a fifth. */
async function inStep(members: readonly number[], guard: object = {}) {
  names += 1;
  const id = `guard-${names}`;
  const audience = `g${names}`;
  await activate(world, service, { id, baseUrl: sandbox.webhookUrl, audiences: [audience] });
  const { definition } = await service.get(id);
  const settings = { removals: 5, share: 0.2, emptied: 10, failedImports: "hold" as const, ...guard };
  await service.save({ ...definition, guard: settings }, by);
  const become = (profiles: readonly number[]) => world.audiences.set(audience, profiles);
  const run = () => service.run(id, "manual");
  become(members);
  await run();
  return {
    id,
    audience,
    become,
    run,
    definition: (await service.get(id)).definition,
    inside: () => sandbox.people(audience).size,
    is: (person: number) => [...sandbox.people(audience)].includes(`u${person}`),
    holds: () => service.holds.list(id),
    segment: async () =>
      (await service.status(id)).segments.find(({ audienceId }) => audienceId === audience),
    held: async () => {
      const { items } = await service.people.list(id, audience, "leavingHeld", { limit: 100 });
      return items.map(({ personId }) => personId);
    },
    decide: async (decision: "approve" | "leave") => {
      const hold = (await service.holds.list(id)).find(({ state }) => state !== "approved")?.id ?? 0;
      return service.holds.decide(id, audience, { hold, decision, by: "Ada" });
    },
  };
}

describe("removals that are too many", () => {
  it("are held while additions go on, and are told with who and why", async () => {
    const of = await inStep(upTo(20));
    of.become([...upTo(12), 21, 22]);
    await world.audiences.evaluate([of.audience], world.clock.now());
    const sent = sandbox.requests().length;
    expect(await service.previews.of(of.id)).toMatchObject({
      joins: 2,
      leaves: 0,
      held: 8,
      segments: [
        {
          audienceId: of.audience,
          takingOut: false,
          size: 14,
          withoutIdentifier: 0,
          joins: { count: 2, people: ["u21", "u22"] },
          leaves: { count: 0, people: [] },
          held: {
            count: 8,
            people: upTo(20, 13).map((person) => `u${person}`),
            reasons: [{ kind: "many", sentence: "8 of 20 people would leave within 24 hours (40 %)." }],
          },
        },
      ],
    });
    // As it would be saved: without its audience, or for an Ibexa that knows nobody yet.
    expect(await service.previews.of(of.id, { audiences: [] })).toMatchObject({
      leaves: 20,
      held: 0,
      segments: [{ takingOut: true, leaves: { count: 20 } }],
    });
    expect(await service.previews.of(of.id, { audiences: [], people: "leave" })).toMatchObject({
      segments: [],
    });
    expect(await service.previews.of("unsaved", { audiences: [of.audience] })).toMatchObject({
      joins: 14,
      segments: [{ size: 14, joins: { count: 14 } }],
    });
    expect(sandbox.requests().length).toBe(sent);
    expect(await of.holds()).toEqual([]);

    expect((await of.run()).counts).toMatchObject({ planned: 2, joins: 2, leaves: 0, held: 8 });
    expect(of.inside()).toBe(22);
    expect(await of.segment()).toMatchObject({
      status: "heldForApproval",
      numbers: { size: 14, accepted: 14, leaving: { waiting: 0, refused: 0, held: 8 } },
    });
    expect(await of.holds()).toEqual([
      {
        id: expect.any(Number),
        audienceId: of.audience,
        audienceName: `Audience ${of.audience}`,
        state: "waiting",
        people: 8,
        reasons: [{ kind: "many", sentence: "8 of 20 people would leave within 24 hours (40 %)." }],
        heldAt: expect.any(Number),
        decidedAt: null,
        decidedBy: null,
      },
    ]);
    expect(await of.held()).toEqual(upTo(20, 13).map((person) => `u${person}`));
    expect(await service.people.list(of.id, of.audience, "leavingWaiting", { limit: 9 })).toMatchObject({
      items: [],
    });

    // Nothing more is done about it, and nothing is written down twice.
    const [before] = await of.holds();
    expect((await of.run()).counts).toMatchObject({ planned: 0, requests: 0 });
    expect(await service.due(world.clock.now())).not.toContain(of.id);
    expect(await of.holds()).toEqual([before]);
    expect(await of.held()).toHaveLength(8);
  });

  it("go once they are approved, by whom is known, and no more than those", async () => {
    const of = await inStep(upTo(20));
    of.become(upTo(12));
    await of.run();
    const [approved] = await of.decide("approve");
    expect(approved).toMatchObject({ state: "approved", decidedBy: "Ada", people: 8 });
    expect(await service.due(world.clock.now())).toContain(of.id);

    of.become(upTo(5));
    expect((await of.run()).counts).toMatchObject({ planned: 8, leaves: 8, held: 7 });
    expect(of.inside()).toBe(12);
    expect(await of.holds()).toMatchObject([{ state: "waiting", people: 7, reasons: [{ kind: "many" }] }]);

    await of.decide("approve");
    await of.run();
    expect(of.inside()).toBe(5);
    expect(await of.holds()).toEqual([]);
    expect(await of.segment()).toMatchObject({ status: "upToDate", numbers: { leaving: { held: 0 } } });
  });

  it("stay in when somebody decides so, until the members change", async () => {
    const of = await inStep(upTo(20));
    of.become(upTo(12));
    await of.run();
    expect(await of.decide("leave")).toMatchObject([{ state: "left", decidedBy: "Ada" }]);
    expect((await of.run()).counts).toMatchObject({ planned: 0 });
    expect(await of.segment()).toMatchObject({ status: "upToDate", numbers: { leaving: { held: 8 } } });
    of.become(upTo(11));
    await of.run();
    expect(of.inside()).toBe(20);
    expect(await of.holds()).toMatchObject([{ state: "waiting", people: 9 }]);
    expect(await of.segment()).toMatchObject({ status: "heldForApproval" });
  });

  it("are let go when the people come back, and nothing was sent", async () => {
    const of = await inStep(upTo(20));
    of.become(upTo(12));
    await of.run();
    const before = sandbox.requests().length;
    of.become(upTo(20));
    await of.run();
    expect(await of.holds()).toEqual([]);
    expect(of.inside()).toBe(20);
    expect(sandbox.requests().filter(({ action }) => action === "membershipChanges").length).toBe(
      sandbox
        .requests()
        .slice(0, before)
        .filter(({ action }) => action === "membershipChanges").length,
    );
    of.become(upTo(18));
    await of.run();
    expect(of.inside()).toBe(18);
  });

  it("are added up over 24 hours, and what is held stays held when these are over", async () => {
    const of = await inStep(upTo(20));
    of.become(upTo(16));
    await of.run();
    expect(of.inside()).toBe(16);
    of.become(upTo(13));
    await of.run();
    expect(of.inside()).toBe(16);
    expect(await of.holds()).toMatchObject([
      { people: 3, reasons: [{ sentence: "7 of 20 people would leave within 24 hours (35 %)." }] },
    ]);
    world.clock.advance(25 * HOUR);
    await of.run();
    expect(of.inside()).toBe(16);
    await of.decide("approve");
    await of.run();
    of.become(upTo(9));
    await of.run();
    expect(of.inside()).toBe(9);
  });

  it("are held when they would empty a segment", async () => {
    const of = await inStep(upTo(11), { removals: 100 });
    of.become([]);
    await of.run();
    expect(of.inside()).toBe(11);
    expect(await of.holds()).toMatchObject([{ reasons: [{ kind: "emptied" }] }]);
    const small = await inStep(upTo(10), { removals: 100 });
    small.become([]);
    await small.run();
    expect(small.inside()).toBe(0);
  });

  it("can't be approved by what was looked at before others were held", async () => {
    const of = await inStep(upTo(20));
    of.become(upTo(12));
    await of.run();
    const [{ id: seen = 0 } = {}] = await of.holds();
    of.become(upTo(3));
    await of.run();
    await expect(
      service.holds.decide(of.id, of.audience, { hold: seen, decision: "approve", by: "Ada" }),
    ).rejects.toMatchObject({ code: "holdOver" });
    await of.run();
    expect(of.inside()).toBe(20);
  });
});

describe("the choice to take everybody out", () => {
  it("is the approval itself", async () => {
    const of = await inStep(upTo(20));
    of.become(upTo(2));
    await of.run();
    expect(await of.holds()).toHaveLength(1);
    await service.save({ ...of.definition, audiences: [] }, by);
    expect(await of.run()).toMatchObject({ state: "done", counts: { leaves: 20, held: 0 } });
    expect(of.inside()).toBe(0);
    expect((await service.status(of.id)).segments).toEqual([]);
    expect(await of.holds()).toEqual([]);
  });

  it("holds for an activation that is deleted too", async () => {
    const of = await inStep(upTo(20));
    of.become([]);
    await of.run();
    await service.delete(of.id, by);
    await of.run();
    expect(of.inside()).toBe(0);
  });
});

describe("a stale source", () => {
  it("holds a single removal until the next import is taken in", async () => {
    const of = await inStep(upTo(20));
    const { imports, definitions, audienceChecks, operations } = world.store;
    const columns = await definitions.numberColumns("people", [{ name: "userid", type: "text" }]);
    await audienceChecks.evaluated(of.audience, 1, {
      sequence: 1,
      asOf: 1,
      publication: await operations.publication(),
      changedBy: 1,
      basis: "",
      fingerprint: "",
      reads: { attributes: columns.map(({ number }) => number), events: [], newProfiles: false },
      size: 20,
      nextMoment: null,
    });
    const dataflow = await definitions.get("dataflow", "people");
    const bring = async (state: "published" | "refused") => {
      const file = { dataflowId: "people", fileName: "people.csv", sha256: state, size: 1 };
      const { id } = await imports.create({ ...file, dataflowNumber: dataflow?.number ?? 0 });
      await imports.update(id, { state, finishedAt: world.clock.now() });
      return id;
    };
    await bring("published");
    const refused = await bring("refused");
    of.become(upTo(19));
    await of.run();
    expect(of.inside()).toBe(20);
    expect((await of.holds())[0]?.reasons).toEqual([
      {
        kind: "stale",
        sentence: expect.stringContaining(`Import ${refused} of the dataflow people was not taken in`),
      },
    ]);
    await bring("published");
    await of.run();
    expect(of.inside()).toBe(19);
    expect(await of.holds()).toEqual([]);

    await service.save({ ...of.definition, guard: { ...guardOf(of.definition), staleAfterHours: 48 } }, by);
    world.clock.advance(49 * HOUR);
    of.become(upTo(18));
    await of.run();
    expect((await of.holds())[0]?.reasons[0]?.sentence).toContain("has brought nothing since");
    await bring("published");
    await of.run();
    expect(of.inside()).toBe(18);
  });
});

function guardOf({ guard }: Awaited<ReturnType<typeof inStep>>["definition"]) {
  if (guard === undefined) throw new Error("it has no guard");
  return guard;
}

describe("a worker that dies", () => {
  it("lets nobody go who is held, wherever it dies", async () => {
    const of = await inStep(upTo(20));
    let last = 20;
    for (let steps = 4; steps <= 40; steps += 6) {
      last += 1;
      of.become([...upTo(12), ...upTo(last, 21)]);
      const process = new MortalProcess(world, () => {}, steps);
      await process.service.run(of.id, "manual").catch(() => undefined);
      process.kill();
      expect(upTo(20, 13).every((person) => of.is(person))).toBe(true);
      world.clock.advance(60_000);
      await of.run();
      // Until then the dead worker's messages might arrive.
      world.clock.advance(60_000);
      await of.run();
      expect(upTo(20, 13).every((person) => of.is(person))).toBe(true);
      expect(await of.holds()).toMatchObject([{ state: "waiting", people: 8 }]);
    }
    await of.decide("approve");
    const dying = new MortalProcess(world, () => Promise.reject(new Error("killed while it sends")));
    await dying.service.run(of.id, "manual").catch(() => undefined);
    world.clock.advance(60_000);
    await of.run();
    world.clock.advance(60_000);
    await of.run();
    expect(of.inside()).toBe(12 + last - 20);
    expect(await of.holds()).toEqual([]);
  });
});
