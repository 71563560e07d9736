import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

let world: World;
let sandbox: Sandbox;
beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know([
    [1, "u1"],
    [2, "u2"],
    [3, "u3"],
  ]);
  sandbox = await openSandbox({ users: { list: ["u1", "u2"] } });
});
afterAll(async () => {
  await sandbox?.close();
  await world?.close();
});

it("an activation is due while a run could find something, and quiet when the control plane knows that none can", async () => {
  const service = world.service();
  await activate(world, service, { id: "shop", baseUrl: sandbox.webhookUrl, audiences: ["a"] });
  const due = (ahead = 0) => service.due(world.clock.now() + ahead);
  const run = () => service.run("shop", "schedule");
  expect(await due()).toEqual(["shop"]);
  world.audiences.set("a", [1]);
  await run();
  // It did something; whether that was all is seen by the next one.
  expect(await due()).toEqual(["shop"]);
  await run();
  expect(await due()).toEqual([]);

  // An identifier may have moved to somebody else.
  await world.audiences.know([[2, "u2"]]);
  expect(await due()).toEqual(["shop"]);
  await run();
  expect(await due()).toEqual([]);

  // Somebody joined by a check that was not the activation's own.
  world.audiences.set("a", [1, 2]);
  await world.audiences.evaluate(["a"], world.clock.now());
  expect(await due()).toEqual(["shop"]);
  await run();
  expect([...sandbox.people("a")].sort()).toEqual(["u1", "u2"]);
  await run();
  expect(await due()).toEqual([]);

  const { definition } = await service.get("shop");
  await service.save({ ...definition, name: "Another name" }, { by: "tests", origin: "api" });
  expect(await due()).toEqual(["shop"]);
  await run();
  expect(await due()).toEqual([]);

  // Who was refused is tried again when their time has come, and not before.
  world.audiences.set("a", [1, 2, 3]);
  await run();
  await run();
  expect(await due()).toEqual([]);
  expect(await due(10 * 60_000)).toEqual(["shop"]);
});

it("an audience whose rule could not be evaluated is named with why and what to do, and keeps its members", async () => {
  const service = world.service();
  await activate(world, service, { id: "broken", baseUrl: sandbox.webhookUrl, audiences: ["b", "c"] });
  world.audiences.set("b", [1]);
  world.audiences.set("c", [1]);
  await service.run("broken", "schedule");
  const fault = {
    path: "/have/attribute",
    message: "there is no attribute `gone`",
    remedy: "Did you mean `age`?",
  };
  world.audiences.fail("b", { code: "ruleInvalid", detail: "The rule has faults.", faults: [fault] });
  const { segments } = await service.status("broken");
  expect(segments.map(({ audienceId, status }) => [audienceId, status])).toEqual([
    ["b", "failed"],
    ["c", "upToDate"],
  ]);
  expect(segments[0]).toMatchObject({
    numbers: { size: 1, accepted: 1 },
    error: {
      code: "ruleInvalid",
      detail: "The rule has faults. /have/attribute: there is no attribute `gone`: Did you mean `age`?",
      remedy: expect.stringContaining("docs/rules.md"),
    },
  });
});
