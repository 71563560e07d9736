import { createOutgoing } from "@peregrine/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { MortalProcess } from "./mortal-process.ts";
import { type Cases, ids, openCases, range } from "./one-audience.ts";

let cases: Cases;
beforeAll(async () => {
  cases = await openCases();
});
afterEach(() => cases.closeSandboxes());
afterAll(() => cases?.close());

describe("a worker that dies", () => {
  it("has made unknown durable before the request leaves", async () => {
    const { audience, activation, inSegment, run } = await cases.setUp();
    cases.world.audiences.set(audience, range(1, 30));
    const seen: unknown[] = [];
    const mortal = new MortalProcess(cases.world, async ({ body }) => {
      if (body?.includes("membershipChanges") !== true) return;
      seen.push(
        ...(await cases.world.engine.query(
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
    const { audience, activation, inSegment, service, run } = await cases.setUp(
      {},
      { batchSize: 10, requestsAtOnce: 1 },
    );
    cases.world.audiences.set(audience, range(1, 30));
    let sent = 0;
    const mortal = new MortalProcess(cases.world, ({ body }) => {
      if (body?.includes("membershipChanges") !== true) return;
      sent += 1;
      if (sent === 2) throw new Error("killed");
    });
    await expect(mortal.service.run(activation, "manual")).rejects.toMatchObject({
      code: "engineUnavailable",
    });
    expect(inSegment().length).toBe(10);
    const other = await cases.setUp();
    await other.run();
    cases.world.clock.advance(15 * 24 * 3_600_000);
    await service.sweep();
    cases.world.audiences.set(audience, []);

    await run();
    cases.settle();
    await run();
    expect(inSegment()).toEqual([]);
  });

  it("is taken over with the same plan, and only what isn't known to be done is sent again", async () => {
    const { audience, activation, inSegment, service, sandbox } = await cases.setUp(
      {},
      { batchSize: 10, requestsAtOnce: 1 },
    );
    cases.world.audiences.set(audience, range(1, 100));
    let sent = 0;
    const mortal = new MortalProcess(cases.world, ({ body }) => {
      if (body?.includes("membershipChanges") !== true) return;
      sent += 1;
      if (sent === 6) throw new Error("killed");
    });
    await expect(mortal.service.run(activation, "manual")).rejects.toMatchObject({
      code: "engineUnavailable",
    });
    expect(inSegment().length).toBe(50);
    // Whoever leaves meanwhile is still brought in by the plan, and out by the next one.
    cases.world.audiences.set(audience, range(1, 90));

    const taken = await service.run(activation, "manual");
    expect(taken).toMatchObject({ state: "done", counts: { planned: 100 } });
    expect(inSegment()).toEqual(ids(range(1, 100)));
    cases.settle();
    await service.run(activation, "manual");
    expect(inSegment()).toEqual(ids(range(1, 90)));
    // In, perhaps twice, and out at the end: never in between.
    for (const { entries } of sandbox.histories()) {
      expect(entries.map(({ membership }) => (membership ? "+" : "-")).join("")).toMatch(/^\++-?$/);
    }
  });

  it("changes nothing any more when its answer comes after the take-over", async () => {
    const { audience, activation, inSegment, service, run } = await cases.setUp();
    cases.world.audiences.set(audience, [1]);
    let arrived: () => void = () => {};
    let letGo: () => void = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    const hasArrived = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const network = createOutgoing(cases.world.clock);
    const late = cases.world.service({
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

    await cases.world.store.leases.releaseAll();
    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 1 } });
    cases.world.audiences.set(audience, []);
    cases.settle();
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
