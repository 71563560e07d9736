import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Cases, ids, openCases, range } from "./one-audience.ts";
import { CREDENTIALS } from "./world.ts";

let cases: Cases;
beforeAll(async () => {
  cases = await openCases();
});
afterEach(() => cases.closeSandboxes());
afterAll(() => cases?.close());

describe("a run of an activation", () => {
  it("brings one person of one audience into one segment", async () => {
    const { run, service, activation, audience, inSegment } = await cases.setUp();
    cases.world.audiences.set(audience, [1]);

    expect(await run()).toMatchObject({ state: "done", error: null });

    expect(inSegment()).toEqual(ids([1]));
    const [segment] = (await service.status(activation)).segments;
    expect(segment).toMatchObject({ status: "upToDate", numbers: { size: 1, accepted: 1, waiting: 0 } });
  });

  it("sends nothing the second time", async () => {
    const { run, audience, sandbox } = await cases.setUp();
    cases.world.audiences.set(audience, range(1, 150));
    await run();
    const before = sandbox.requests().length;

    expect(await run()).toMatchObject({ state: "done", counts: { planned: 0, requests: 0 } });
    expect(sandbox.requests().length).toBe(before);
  });

  it("sends only those who joined or left since the last one", async () => {
    const { run, audience, inSegment } = await cases.setUp();
    cases.world.audiences.set(audience, range(1, 150));
    await run();
    cases.world.audiences.set(audience, range(3, 151));

    expect(await run()).toMatchObject({ counts: { planned: 3, joins: 1, leaves: 2, accepted: 3 } });
    expect(inSegment()).toEqual(ids(range(3, 151)));
  });

  it("delivers the other 98 of a batch with one unknown person, and backs off that one", async () => {
    const { run, audience, inSegment, sandbox, service, activation } = await cases.setUp();
    sandbox.addFault({ kind: "refusePeople", people: ["1042"] });
    cases.world.audiences.set(audience, range(1, 99));

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

    cases.world.clock.advance(70_000);
    cases.world.audiences.set(audience, range(1, 100));
    expect(await run()).toMatchObject({ counts: { accepted: 1, refused: 1 } });
    const alone = sandbox
      .requests()
      .slice(before)
      .filter(({ action }) => action === "membershipChanges");
    expect(alone.map(({ changes }) => changes)).toEqual([1, 1]);
    cases.world.clock.advance(70_000);
    expect(await run()).toMatchObject({ counts: { planned: 0 } });

    sandbox.clearFaults();
    cases.world.clock.advance(300_000);
    expect(await run()).toMatchObject({ counts: { accepted: 1 } });
    expect((await service.status(activation)).segments[0]).toMatchObject({
      status: "upToDate",
      numbers: { size: 100, accepted: 100, refused: 0 },
    });
  });

  it("stops after 20 people at a message that Ibexa never accepts, and holds nothing against them", async () => {
    const { run, audience, sandbox, service, activation } = await cases.setUp();
    sandbox.addFault({ kind: "status", status: 422, match: { action: "membershipChanges" } });
    cases.world.audiences.set(audience, range(1, 400));

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
    const { run, audience, inSegment } = await cases.setUp({ maxBodyBytes: 2_000 });
    cases.world.audiences.set(audience, range(1, 99));

    expect(await run()).toMatchObject({ state: "done", counts: { accepted: 99, refused: 0 } });
    expect(inSegment()).toEqual(ids(range(1, 99)));
  });

  it("counts nobody when a login page answers 200", async () => {
    const { run, audience, sandbox, service, activation } = await cases.setUp();
    cases.world.audiences.set(audience, range(1, 5));
    sandbox.addFault({ kind: "loginPage", match: { action: "membershipChanges" }, times: 1 });

    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationWebPage" } });
    const { segments } = await service.status(activation);
    expect(segments[0]).toMatchObject({ status: "failed", numbers: { accepted: 0, waiting: 5 } });
  });

  it("creates a segment again that Ibexa has lost", async () => {
    const { run, audience, sandbox, inSegment } = await cases.setUp();
    cases.world.audiences.set(audience, [1]);
    await run();
    sandbox.addFault({ kind: "status", status: 404, match: { action: "membershipChanges" }, times: 1 });
    cases.world.audiences.set(audience, [1, 2]);

    expect(await run()).toMatchObject({ state: "done" });
    expect(inSegment()).toEqual(ids([1, 2]));
    expect(sandbox.requests().filter(({ action }) => action === "create").length).toBe(2);
  });

  it("brings everybody back into a segment that was deleted there", async () => {
    const { run, service, activation, audience, sandbox, inSegment } = await cases.setUp();
    cases.world.audiences.set(audience, range(1, 5));
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
    cases.world.audiences.set(audience, range(2, 6));

    expect(await run()).toMatchObject({ state: "done", counts: { lostSegments: 1 } });
    expect(await service.run(activation, "schedule")).toMatchObject({ state: "done", trigger: "refill" });
    expect(inSegment()).toEqual(ids(range(2, 6)));
    expect(await service.run(activation, "schedule")).toMatchObject({
      trigger: "schedule",
      counts: { planned: 0 },
    });
  });

  it("creates a segment whose Create was done and never answered", async () => {
    const { run, audience, sandbox, inSegment } = await cases.setUp();
    sandbox.addFault({ kind: "reset", at: "after", match: { action: "create" }, times: 1 });
    cases.world.audiences.set(audience, [1]);

    expect(await run()).toMatchObject({ state: "done" });
    expect(inSegment()).toEqual(ids([1]));
  });

  it("tells Ibexa size, tags and description once, after the people", async () => {
    const { run, audience, sandbox } = await cases.setUp();
    cases.world.audiences.set(audience, [1, 2]);
    await run();

    const actions = sandbox.requests().map(({ action }) => action);
    expect(actions).toEqual(["create", "membershipChanges", "metadata"]);
    expect(sandbox.segment(audience)?.properties).toMatchObject({ size: "2" });
  });
});
