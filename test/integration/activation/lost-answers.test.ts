import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Cases, ids, openCases, range } from "./one-audience.ts";

let cases: Cases;
beforeAll(async () => {
  cases = await openCases();
});
afterEach(() => cases.closeSandboxes());
afterAll(() => cases?.close());

describe("an answer that was lost", () => {
  it("takes a person out in the end whose add was done and never answered, and who left then", async () => {
    const { run, audience, sandbox, inSegment, service, activation } = await cases.setUp();
    sandbox.addFault({ kind: "reset", at: "after", match: { action: "membershipChanges" } });
    cases.world.audiences.set(audience, [1]);
    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationReset" } });
    expect(inSegment()).toEqual(ids([1]));
    sandbox.clearFaults();
    cases.world.audiences.set(audience, []);

    // The opposite waits: the lost message might still be on its way.
    expect(await run()).toMatchObject({ state: "done", counts: { planned: 0 } });
    expect((await service.status(activation)).segments[0]?.numbers.leaving.waiting).toBe(1);
    cases.settle();
    expect(await run()).toMatchObject({ state: "done", counts: { leaves: 1, accepted: 1 } });

    expect(inSegment()).toEqual([]);
    expect(await run()).toMatchObject({ counts: { planned: 0 } });
  });

  it("is repeated at once for a person who stays", async () => {
    const { run, audience, sandbox, inSegment } = await cases.setUp();
    sandbox.addFault({ kind: "cut", at: "after", match: { action: "membershipChanges" }, times: 1 });
    cases.world.audiences.set(audience, range(1, 10));

    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 10 } });
    expect(inSegment()).toEqual(ids(range(1, 10)));
  });

  it("is not settled by a refusal that follows it", async () => {
    const { run, audience, sandbox, inSegment } = await cases.setUp();
    const person = { action: "membershipChanges" as const, person: "1001" };
    sandbox.addFault({ kind: "reset", at: "after", match: person, times: 1 });
    sandbox.addFault({ kind: "status", status: 422, match: person });
    cases.world.audiences.set(audience, [1]);
    expect(await run()).toMatchObject({ counts: { refused: 1 } });
    expect(inSegment()).toEqual(ids([1]));
    sandbox.clearFaults();
    cases.world.audiences.set(audience, []);
    cases.settle();
    await run();
    expect(inSegment()).toEqual([]);
  });
});
