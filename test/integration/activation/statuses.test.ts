import { activationDefinition } from "@peregrine/core";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

const by = { by: "tests", origin: "api" } as const;

let world: World;
let service: ReturnType<World["service"]>;
let sandbox: Sandbox;
let elsewhere: Sandbox;
beforeAll(async () => {
  world = await openWorld();
  service = world.service();
  sandbox = await openSandbox();
  elsewhere = await openSandbox();
});
afterAll(async () => {
  await sandbox?.close();
  await elsewhere?.close();
  await world?.close();
});

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, at) => at + 1);
}

async function carry(id: string, audiences: readonly string[], to = sandbox) {
  await activate(world, service, { id, baseUrl: to.webhookUrl, audiences });
}

async function evaluate(audience: string, members: readonly number[]) {
  world.audiences.set(audience, members);
  await world.audiences.evaluate([audience], world.clock.now());
}

async function change(id: string, patch: object) {
  const { definition } = await service.get(id);
  await service.save(activationDefinition.parse({ ...definition, ...patch }), by);
}

async function words() {
  const told = await service.statuses();
  return Object.fromEntries(told.map(({ id, segments }) => [id, segments.map(({ status }) => status)]));
}

it("there are none where there are no activations", async () => {
  expect(await service.statuses()).toEqual([]);
});

it("all at once are what each is alone, whatever it stands like and whoever else carries its audiences", async () => {
  await world.audiences.know([...upTo(40).map((at) => [at, `u${at}`] as const), [50, "u50"]]);

  await carry("calm", ["shared", "calm-a"]);
  await carry("empty", []);
  await carry("never", ["never-a"]);
  await carry("paused", ["paused-a"]);
  await carry("refused", ["refused-a"]);
  await carry("held", ["held-a"]);
  await carry("twin", ["held-a", "shared"], elsewhere);
  await carry("leaving", ["leaving-a", "leaving-b"]);
  await carry("gone", ["gone-a"]);
  await carry("broken", ["broken-a"]);
  await change("held", { guard: { removals: 5, share: 0.2, emptied: 10, failedImports: "hold" } });
  await change("twin", { guard: { removals: 1_000, share: 1, emptied: 1_000, failedImports: "pass" } });

  for (const audience of ["calm-a", "paused-a", "leaving-a", "leaving-b", "gone-a", "broken-a"]) {
    world.audiences.set(audience, [1, 2, 60]);
  }
  world.audiences.set("shared", [1, 2, 3]);
  world.audiences.set("refused-a", [4, 5]);
  world.audiences.set("held-a", upTo(20));
  sandbox.addFault({ kind: "status", status: 422, match: { person: "u4" } });
  const all = ["calm", "empty", "paused", "refused", "held", "twin", "leaving", "gone", "broken"];
  for (const id of all) await service.run(id, "manual");

  await evaluate("never-a", [7, 8]);
  await change("paused", { state: "paused" });
  await evaluate("paused-a", [2, 9]);
  await evaluate("held-a", [...upTo(12), 21]);
  await service.run("held", "manual");
  await change("leaving", { audiences: ["leaving-a"], state: "paused" });
  await service.delete("gone", { ...by, people: "takeOut" });
  world.audiences.fail("broken-a", { code: "ruleInvalid", detail: "country is unknown", faults: [] });
  // Somebody is to be deleted.
  const { number } = (await world.store.definitions.get("identifier", "userid")) ?? { number: 0 };
  await world.store.personDeletions.request({
    profile: 3,
    numbers: [3],
    identifiers: [[number, "u3"]],
    refuseUntil: 0,
    by: "tests",
  });
  await service.resync("calm");

  const together = await service.statuses();
  expect(together.map(({ id }) => id)).toEqual(
    ["calm", "empty", "never", "paused", "refused", "held", "twin", "leaving", "broken"].toSorted(),
  );
  for (const status of together) expect(status).toEqual(await service.status(status.id));
  expect(await words()).toEqual({
    broken: ["failed"],
    calm: ["upToDate", "queued"],
    empty: [],
    held: ["heldForApproval"],
    leaving: ["paused", "paused"],
    never: ["notYetSynced"],
    paused: ["paused"],
    refused: ["partlyRefused"],
    twin: ["queued", "queued"],
  });
  const numbersOf = (id: string, audience: string) =>
    together.find((status) => status.id === id)?.segments.find(({ audienceId }) => audienceId === audience)
      ?.numbers;
  // What the guard holds in one activation is due in the other; who is to be deleted leaves both.
  expect(numbersOf("held", "held-a")?.leaving).toEqual({ waiting: 1, refused: 0, held: 8 });
  expect(numbersOf("twin", "held-a")?.leaving).toEqual({ waiting: 9, refused: 0, held: 0 });
  expect(numbersOf("calm", "shared")).toMatchObject({ size: 3, suppressed: 1, accepted: 2 });
  expect(numbersOf("calm", "calm-a")).toMatchObject({ size: 3, withoutIdentifier: 1 });
  expect(numbersOf("leaving", "leaving-b")).toMatchObject({ size: 0, leaving: { waiting: 2 } });
  expect(together.find(({ id }) => id === "calm")?.runAsked).toBe(true);
});

it("the engine is asked as often for many as for two", async () => {
  let asked = 0;
  const { engine } = world;
  const counting = world.service({
    engine: Object.assign(Object.create(engine), {
      query: (...given: Parameters<typeof engine.query>) => {
        asked += 1;
        return engine.query(...given);
      },
    }),
  });
  await counting.statuses();
  const before = asked;
  for (let at = 0; at < 5; at += 1) {
    await carry(`more-${at}`, [`more-${at}`]);
    await evaluate(`more-${at}`, [1, 2]);
  }
  asked = 0;
  expect(await counting.statuses()).toHaveLength(14);
  expect(asked).toBe(before);
});
