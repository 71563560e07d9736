import { addsUp } from "@peregrine/core";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { type ActivationService, createOutgoing } from "@peregrine/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { activate, CREDENTIALS, MortalProcess, openSandbox, openWorld, type World } from "./world.ts";

let world: World;
const sandboxes: Sandbox[] = [];
let names = 0;

beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(range(1, 400).map((profile) => [profile, String(1000 + profile)]));
});

afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.close();
});

afterAll(async () => {
  await world.close();
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, at) => from + at);
}

function ids(profiles: readonly number[]): string[] {
  return profiles.map((profile) => String(1000 + profile)).sort();
}

interface Case {
  readonly sandbox: Sandbox;
  readonly service: ActivationService;
  readonly activation: string;
  readonly audience: string;
  run(): ReturnType<ActivationService["run"]>;
  inSegment(): string[];
  changes(): number;
}

/** An activation of its own that carries one audience to a sandbox of its own. */
async function setUp(
  config: Parameters<typeof openSandbox>[0] = {},
  advanced: Record<string, unknown> = {},
): Promise<Case> {
  const sandbox = await openSandbox(config);
  sandboxes.push(sandbox);
  names += 1;
  const activation = `activation-${names}`;
  const audience = `a${String(names).padStart(7, "0")}`;
  const service = world.service();
  await activate(world, service, {
    id: activation,
    baseUrl: sandbox.webhookUrl,
    audiences: [audience],
    advanced,
  });
  return {
    sandbox,
    service,
    activation,
    audience,
    run: () => service.run(activation, "manual"),
    inSegment: () => [...sandbox.people(audience)].sort(),
    changes: () => sandbox.requests().filter(({ action }) => action === "membershipChanges").length,
  };
}

/** What was never answered can't be carried out any more. */
function settle(): void {
  world.clock.advance(10_000);
}

describe("a run of an activation", () => {
  it("brings one person of one audience into one segment", async () => {
    const { run, service, activation, audience, inSegment } = await setUp();
    world.audiences.set(audience, [1]);

    expect(await run()).toMatchObject({ state: "done", error: null });

    expect(inSegment()).toEqual(ids([1]));
    const [segment] = (await service.status(activation)).segments;
    expect(segment).toMatchObject({ status: "upToDate", numbers: { size: 1, accepted: 1, waiting: 0 } });
  });

  it("sends nothing the second time", async () => {
    const { run, audience, sandbox } = await setUp();
    world.audiences.set(audience, range(1, 150));
    await run();
    const before = sandbox.requests().length;

    expect(await run()).toMatchObject({ state: "done", counts: { planned: 0, requests: 0 } });
    expect(sandbox.requests().length).toBe(before);
  });

  it("sends only those who joined or left since the last one", async () => {
    const { run, audience, inSegment } = await setUp();
    world.audiences.set(audience, range(1, 150));
    await run();
    world.audiences.set(audience, range(3, 151));

    expect(await run()).toMatchObject({ counts: { planned: 3, joins: 1, leaves: 2, accepted: 3 } });
    expect(inSegment()).toEqual(ids(range(3, 151)));
  });

  it("delivers the other 98 of a batch with one unknown person, and backs off that one", async () => {
    const { run, audience, inSegment, sandbox, service, activation } = await setUp();
    sandbox.addFault({ kind: "refusePeople", people: ["1042"] });
    world.audiences.set(audience, range(1, 99));

    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 98, refused: 1 } });

    expect(inSegment()).toEqual(ids(range(1, 99).filter((profile) => profile !== 42)));
    const [segment] = (await service.status(activation)).segments;
    expect(segment).toMatchObject({
      status: "partlyRefused",
      numbers: { size: 99, accepted: 98, refused: 1 },
    });
    const before = sandbox.requests().length;
    expect(await run()).toMatchObject({ counts: { planned: 0 } });
    expect(sandbox.requests().length).toBe(before);

    world.clock.advance(70_000);
    world.audiences.set(audience, range(1, 100));
    expect(await run()).toMatchObject({ counts: { accepted: 1, refused: 1 } });
    const alone = sandbox
      .requests()
      .slice(before)
      .filter(({ action }) => action === "membershipChanges");
    expect(alone.map(({ changes }) => changes)).toEqual([1, 1]);
    world.clock.advance(70_000);
    expect(await run()).toMatchObject({ counts: { planned: 0 } });

    sandbox.clearFaults();
    world.clock.advance(300_000);
    expect(await run()).toMatchObject({ counts: { accepted: 1 } });
    expect((await service.status(activation)).segments[0]).toMatchObject({
      status: "upToDate",
      numbers: { size: 100, accepted: 100, refused: 0 },
    });
  });

  it("stops after 20 people at a message that Ibexa never accepts, and holds nothing against them", async () => {
    const { run, audience, sandbox, service, activation } = await setUp();
    sandbox.addFault({ kind: "status", status: 422, match: { action: "membershipChanges" } });
    world.audiences.set(audience, range(1, 400));

    const stopped = await run();

    expect(stopped).toMatchObject({ state: "failed", error: { code: "destinationRefusesAll" } });
    const lone = sandbox.requests().filter(({ changes }) => changes === 1).length;
    expect(lone).toBeGreaterThanOrEqual(20);
    expect(lone).toBeLessThan(30);
    expect(sandbox.requests().length).toBeLessThan(120);
    const [segment] = (await service.status(activation)).segments;
    expect(segment).toMatchObject({ status: "failed", numbers: { waiting: 400, refused: 0, accepted: 0 } });

    sandbox.clearFaults();
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 400 } });
  });

  it("halves a batch that is too large until it fits", async () => {
    const { run, audience, inSegment } = await setUp({ maxBodyBytes: 2_000 });
    world.audiences.set(audience, range(1, 99));

    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 99, refused: 0 } });
    expect(inSegment()).toEqual(ids(range(1, 99)));
  });

  it("counts nobody when a login page answers 200", async () => {
    const { run, audience, sandbox, service, activation } = await setUp();
    world.audiences.set(audience, range(1, 5));
    sandbox.addFault({ kind: "loginPage", match: { action: "membershipChanges" }, times: 1 });

    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationWebPage" } });
    const { segments } = await service.status(activation);
    expect(segments[0]).toMatchObject({ status: "failed", numbers: { accepted: 0, waiting: 5 } });
  });

  it("creates a segment again that Ibexa has lost", async () => {
    const { run, audience, sandbox, inSegment } = await setUp();
    world.audiences.set(audience, [1]);
    await run();
    sandbox.addFault({ kind: "status", status: 404, match: { action: "membershipChanges" }, times: 1 });
    world.audiences.set(audience, [1, 2]);

    expect(await run()).toMatchObject({ state: "done" });
    expect(inSegment()).toEqual(ids([1, 2]));
    expect(sandbox.requests().filter(({ action }) => action === "create").length).toBe(2);
  });

  it("brings everybody back into a segment that was deleted there", async () => {
    const { run, service, activation, audience, sandbox, inSegment } = await setUp();
    world.audiences.set(audience, range(1, 5));
    await run();
    const { clientId, clientSecret, group } = CREDENTIALS;
    await fetch(sandbox.webhookUrl, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CLIENT-ID": clientId,
        "X-CLIENT-SECRET": clientSecret,
      },
      body: JSON.stringify({
        updateType: "detach",
        segmentGroupIdentifier: group,
        data: { audienceId: audience },
      }),
    });
    expect(sandbox.segment(audience)).toBeUndefined();
    world.audiences.set(audience, range(2, 6));

    expect(await run()).toMatchObject({ state: "done", counts: { lostSegments: 1 } });
    expect(await service.run(activation, "schedule")).toMatchObject({ state: "done", trigger: "refill" });
    expect(inSegment()).toEqual(ids(range(2, 6)));
    expect(await service.run(activation, "schedule")).toMatchObject({
      trigger: "schedule",
      counts: { planned: 0 },
    });
  });

  it("creates a segment whose Create was done and never answered", async () => {
    const { run, audience, sandbox, inSegment } = await setUp();
    sandbox.addFault({ kind: "reset", at: "after", match: { action: "create" }, times: 1 });
    world.audiences.set(audience, [1]);

    expect(await run()).toMatchObject({ state: "done" });
    expect(inSegment()).toEqual(ids([1]));
  });

  it("tells Ibexa size, tags and description once, after the people", async () => {
    const { run, audience, sandbox } = await setUp();
    world.audiences.set(audience, [1, 2]);
    await run();

    const actions = sandbox.requests().map(({ action }) => action);
    expect(actions).toEqual(["create", "membershipChanges", "metadata"]);
    expect(sandbox.segment(audience)?.properties).toMatchObject({ size: "2" });
  });
});

describe("an answer that was lost", () => {
  it("takes a person out in the end whose add was done and never answered, and who left then", async () => {
    const { run, audience, sandbox, inSegment, service, activation } = await setUp();
    sandbox.addFault({ kind: "reset", at: "after", match: { action: "membershipChanges" } });
    world.audiences.set(audience, [1]);
    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationReset" } });
    expect(inSegment()).toEqual(ids([1]));
    sandbox.clearFaults();
    world.audiences.set(audience, []);

    // The opposite waits: the lost message might still be on its way.
    expect(await run()).toMatchObject({ state: "done", counts: { planned: 0 } });
    expect((await service.status(activation)).segments[0]?.numbers.leaving.waiting).toBe(1);
    settle();
    expect(await run()).toMatchObject({ state: "done", counts: { leaves: 1, accepted: 1 } });

    expect(inSegment()).toEqual([]);
    expect(await run()).toMatchObject({ counts: { planned: 0 } });
  });

  it("is repeated at once for a person who stays", async () => {
    const { run, audience, sandbox, inSegment } = await setUp();
    sandbox.addFault({ kind: "cut", at: "after", match: { action: "membershipChanges" }, times: 1 });
    world.audiences.set(audience, range(1, 10));

    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 10 } });
    expect(inSegment()).toEqual(ids(range(1, 10)));
  });

  it("is not settled by a refusal that follows it", async () => {
    const { run, audience, sandbox, inSegment } = await setUp();
    const person = { action: "membershipChanges" as const, person: "1001" };
    sandbox.addFault({ kind: "reset", at: "after", match: person, times: 1 });
    sandbox.addFault({ kind: "status", status: 422, match: person });
    world.audiences.set(audience, [1]);
    expect(await run()).toMatchObject({ counts: { refused: 1 } });
    expect(inSegment()).toEqual(ids([1]));
    sandbox.clearFaults();
    world.audiences.set(audience, []);
    settle();
    await run();
    expect(inSegment()).toEqual([]);
  });
});

describe("a worker that dies", () => {
  it("has made unknown durable before the request leaves", async () => {
    const { audience, activation, inSegment, run } = await setUp();
    world.audiences.set(audience, range(1, 30));
    const seen: unknown[] = [];
    const mortal = new MortalProcess(world, async ({ body }) => {
      if (body?.includes("membershipChanges") !== true) return;
      seen.push(
        ...(await world.engine.query(
          `SELECT toUInt32(countIf(settled = 0)) AS open, toUInt32(count(plan.n)) AS people
          FROM delivery_intent AS intent INNER JOIN plan_change AS plan USING (run, epoch)
          WHERE plan.audience = {audience:String} AND plan.n BETWEEN intent.first_n AND intent.last_n`,
          { audience },
        )),
      );
      throw new Error("killed between intent and request");
    });
    await expect(mortal.service.run(activation, "manual")).rejects.toMatchObject({
      code: "engineUnavailable",
    });
    expect(seen).toEqual([{ open: 30, people: 30 }]);
    expect(inSegment()).toEqual([]);

    expect(await run()).toMatchObject({ state: "done", counts: { planned: 30, accepted: 30 } });
    expect(inSegment()).toEqual(ids(range(1, 30)));
  });

  it("leaves nobody behind, even if its plan was forgotten before anybody took it over", async () => {
    const { audience, activation, inSegment, service, run } = await setUp(
      {},
      { batchSize: 10, requestsAtOnce: 1 },
    );
    world.audiences.set(audience, range(1, 30));
    let sent = 0;
    const mortal = new MortalProcess(world, ({ body }) => {
      if (body?.includes("membershipChanges") !== true) return;
      sent += 1;
      if (sent === 2) throw new Error("killed");
    });
    await expect(mortal.service.run(activation, "manual")).rejects.toMatchObject({
      code: "engineUnavailable",
    });
    expect(inSegment().length).toBe(10);
    const other = await setUp();
    await other.run();
    world.clock.advance(15 * 24 * 3_600_000);
    await service.sweep();
    world.audiences.set(audience, []);

    await run();
    settle();
    await run();
    expect(inSegment()).toEqual([]);
  });

  it("is taken over with the same plan, and only what isn't known to be done is sent again", async () => {
    const { audience, activation, inSegment, service, sandbox } = await setUp(
      {},
      { batchSize: 10, requestsAtOnce: 1 },
    );
    world.audiences.set(audience, range(1, 100));
    let sent = 0;
    const mortal = new MortalProcess(world, ({ body }) => {
      if (body?.includes("membershipChanges") !== true) return;
      sent += 1;
      if (sent === 6) throw new Error("killed");
    });
    await expect(mortal.service.run(activation, "manual")).rejects.toMatchObject({
      code: "engineUnavailable",
    });
    expect(inSegment().length).toBe(50);
    // Whoever leaves meanwhile is still brought in by the plan, and out by the next one.
    world.audiences.set(audience, range(1, 90));

    const taken = await service.run(activation, "manual");
    expect(taken).toMatchObject({ state: "done", counts: { planned: 100 } });
    expect(inSegment()).toEqual(ids(range(1, 100)));
    settle();
    await service.run(activation, "manual");
    expect(inSegment()).toEqual(ids(range(1, 90)));
    // In, perhaps twice, and out at the end: never in between.
    for (const { entries } of sandbox.histories()) {
      expect(entries.map(({ membership }) => (membership ? "+" : "-")).join("")).toMatch(/^\++-?$/);
    }
  });

  it("changes nothing any more when its answer comes after the take-over", async () => {
    const { audience, activation, inSegment, service, run } = await setUp();
    world.audiences.set(audience, [1]);
    let arrived: () => void = () => {};
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const network = createOutgoing(world.clock);
    const late = world.service({
      outgoing: {
        async send(message, options) {
          const sent = await network.send(message, options);
          if (message.body?.includes("membershipChanges")) {
            arrived();
            await held;
          }
          return sent;
        },
        close: () => network.close(),
      },
    });
    const lateRun = late.run(activation, "manual");
    lateRun.catch(() => {});
    await hasArrived;

    await world.store.leases.releaseAll();
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 1 } });
    world.audiences.set(audience, []);
    settle();
    expect(await run()).toMatchObject({ state: "done", counts: { leaves: 1, accepted: 1 } });
    expect(inSegment()).toEqual([]);
    letGo();
    await expect(lateRun).rejects.toMatchObject({ code: "leaseLost" });

    expect((await service.status(activation)).segments[0]?.numbers).toMatchObject({
      size: 0,
      leaving: { waiting: 0, refused: 0, held: 0 },
    });
    expect(await run()).toMatchObject({ counts: { planned: 0 } });
  });
});

describe("people and their identifiers", () => {
  it("sends merged profiles once, by the surviving one's id, and takes the other id out", async () => {
    const { run, audience, inSegment, service, activation } = await setUp();
    await world.audiences.know([
      [501, "m-501"],
      [502, "m-502"],
    ]);
    world.audiences.set(audience, [501, 502]);
    await run();
    expect(inSegment()).toEqual(["m-501", "m-502"]);

    // The person has one userid after the merge: the later one moved to the surviving profile.
    await world.audiences.merge(502, 501);
    await world.audiences.know([
      [501, "m-502"],
      [503, "m-501"],
    ]);
    expect(await run()).toMatchObject({ counts: { joins: 0, leaves: 1 } });
    expect(inSegment()).toEqual(["m-502"]);
    expect((await service.status(activation)).segments[0]?.numbers).toMatchObject({ size: 1, accepted: 1 });
  });

  it("follows an identifier that moves to another person", async () => {
    const { run, audience, inSegment } = await setUp();
    await world.audiences.know([
      [601, "v-1"],
      [602, "v-2"],
    ]);
    world.audiences.set(audience, [601]);
    await run();
    expect(inSegment()).toEqual(["v-1"]);

    await world.audiences.know([[602, "v-1"]]);
    expect(await run()).toMatchObject({ counts: { joins: 0, leaves: 1 } });
    expect(inSegment()).toEqual([]);
    await world.audiences.know([[601, "v-1"]]);
    await run();
    expect(inSegment()).toEqual(["v-1"]);
  });

  it("counts members without an identifier and sends the others", async () => {
    const { run, audience, inSegment, service, activation } = await setUp();
    world.audiences.set(audience, [1, 2, 9001, 9002, 9003]);
    await run();

    expect(inSegment()).toEqual(ids([1, 2]));
    const numbers = (await service.status(activation)).segments[0]?.numbers;
    expect(numbers).toMatchObject({ size: 5, accepted: 2, withoutIdentifier: 3 });
    expect(numbers !== undefined && addsUp(numbers)).toBe(true);
  });
});
