import { addsUp } from "@peregrine/core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Cases, ids, openCases } from "./one-audience.ts";

let cases: Cases;
beforeAll(async () => {
  cases = await openCases();
});
afterEach(() => cases.closeSandboxes());
afterAll(() => cases?.close());

describe("people and their identifiers", () => {
  it("sends merged profiles once, by the surviving one's id, and takes the other id out", async () => {
    const { run, audience, inSegment, service, activation } = await cases.setUp();
    await cases.world.audiences.know([
      [501, "m-501"],
      [502, "m-502"],
    ]);
    cases.world.audiences.set(audience, [501, 502]);
    await run();
    expect(inSegment()).toEqual(["m-501", "m-502"]);

    // The person has one userid after the merge: the later one moved to the surviving profile.
    await cases.world.audiences.merge(502, 501);
    await cases.world.audiences.know([
      [501, "m-502"],
      [503, "m-501"],
    ]);
    expect(await run()).toMatchObject({ counts: { joins: 0, leaves: 1 } });
    expect(inSegment()).toEqual(["m-502"]);
    expect((await service.status(activation)).segments[0]?.numbers).toMatchObject({ size: 1, accepted: 1 });
  });

  it("follows an identifier that moves to another person", async () => {
    const { run, audience, inSegment } = await cases.setUp();
    await cases.world.audiences.know([
      [601, "v-1"],
      [602, "v-2"],
    ]);
    cases.world.audiences.set(audience, [601]);
    await run();
    expect(inSegment()).toEqual(["v-1"]);

    await cases.world.audiences.know([[602, "v-1"]]);
    expect(await run()).toMatchObject({ counts: { joins: 0, leaves: 1 } });
    expect(inSegment()).toEqual([]);
    await cases.world.audiences.know([[601, "v-1"]]);
    await run();
    expect(inSegment()).toEqual(["v-1"]);
  });

  it("counts members without an identifier and sends the others", async () => {
    const { run, audience, inSegment, service, activation } = await cases.setUp();
    cases.world.audiences.set(audience, [1, 2, 9001, 9002, 9003]);
    await run();

    expect(inSegment()).toEqual(ids([1, 2]));
    const numbers = (await service.status(activation)).segments[0]?.numbers;
    expect(numbers).toMatchObject({ size: 5, accepted: 2, withoutIdentifier: 3 });
    expect(numbers !== undefined && addsUp(numbers)).toBe(true);
  });
});
