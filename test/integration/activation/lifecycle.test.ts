import { type ActivationDefinitionInput, activationDefinition, type ErrorCode } from "@peregrine/core";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { activate, CREDENTIALS, openSandbox, openWorld, type World } from "./world.ts";

let world: World;
const sandboxes: Sandbox[] = [];
let names = 0;
const by = { by: "tests", origin: "api" } as const;

beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(Array.from({ length: 50 }, (_, at) => [at + 1, `u${at + 1}`]));
});

afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.close();
});

afterAll(async () => {
  await world.close();
});

async function sandboxOf(config: Parameters<typeof openSandbox>[0] = {}): Promise<Sandbox> {
  const sandbox = await openSandbox(config);
  sandboxes.push(sandbox);
  return sandbox;
}

/** An activation with two audiences in step, of one and two people. */
async function inStep(config: Parameters<typeof openSandbox>[0] = {}) {
  const sandbox = await sandboxOf(config);
  names += 1;
  const id = `life-${names}`;
  const audiences = [`l${names}-a`, `l${names}-b`] as const;
  const service = world.service();
  await activate(world, service, { id, baseUrl: sandbox.webhookUrl, audiences });
  world.audiences.set(audiences[0], [1]);
  world.audiences.set(audiences[1], [1, 2]);
  await service.run(id, "manual");
  const { definition } = await service.get(id);
  const change = (changes: Partial<ActivationDefinitionInput>) =>
    activationDefinition.parse({ ...definition, ...changes });
  const people = (audience: string) => [...sandbox.people(audience)].sort();
  return {
    sandbox,
    id,
    audiences,
    service,
    definition,
    change,
    people,
    run: () => service.run(id, "manual"),
  };
}

function refused(code: ErrorCode) {
  return expect.objectContaining({ code });
}

describe("an audience that is taken off", () => {
  it("has everyone taken out first, then is detached, then forgotten", async () => {
    const { service, change, audiences, run, people, sandbox, id } = await inStep({ onDetach: "keep" });
    await service.save(change({ audiences: [audiences[0]] }), by);
    expect(
      (await service.status(id)).segments.find(({ audienceId }) => audienceId === audiences[1]),
    ).toMatchObject({
      takingOut: true,
      numbers: { size: 0, leaving: { waiting: 2 } },
    });

    expect(await run()).toMatchObject({ state: "done", counts: { leaves: 2 } });

    expect(people(audiences[1])).toEqual([]);
    expect(people(audiences[0])).toEqual(["u1"]);
    expect(sandbox.requests().at(-1)).toMatchObject({ action: "detach" });
    expect((await service.status(id)).segments.map(({ audienceId }) => audienceId)).toEqual([audiences[0]]);
    expect(await run()).toMatchObject({ counts: { planned: 0, requests: 0 } });
  });

  it("leaves its people and sends no Detach when that was chosen, and knows them when it comes back", async () => {
    const { service, change, audiences, run, people, sandbox, id } = await inStep();
    expect(await service.people.leftBehind(id)).toEqual([]);
    await service.save(change({ audiences: [audiences[0]] }), { ...by, people: "leave" });
    await run();
    expect(people(audiences[1])).toEqual(["u1", "u2"]);
    expect(await service.people.leftBehind(id)).toEqual([
      { audienceId: audiences[1], name: `Audience ${audiences[1]}`, people: 2 },
    ]);
    await service.save(change({ audiences: [] }), { ...by, people: "leave" });
    expect(await service.people.leftBehind(id)).toHaveLength(2);
    await service.save(change({ audiences: [audiences[0]] }), by);
    expect(sandbox.requests().some(({ action }) => action === "detach")).toBe(false);

    world.audiences.set(audiences[1], [2]);
    await service.save(change({ audiences: [...audiences] }), by);
    expect(await run()).toMatchObject({ counts: { joins: 0, leaves: 1 } });
    expect(people(audiences[1])).toEqual(["u2"]);
    expect(await service.people.leftBehind(id)).toEqual([]);
  });

  it("is carried again when it comes back before everyone was out", async () => {
    const { service, change, audiences, run, people } = await inStep();
    await service.save(change({ audiences: [audiences[0]] }), by);
    await service.save(change({ audiences: [...audiences] }), by);
    expect(await run()).toMatchObject({ counts: { planned: 0 } });
    expect(people(audiences[1])).toEqual(["u1", "u2"]);
  });
});

describe("an activation that is deleted", () => {
  it("takes everyone out with its next run, and its secrets are gone after that", async () => {
    const { service, id, audiences, run, people, sandbox } = await inStep({ onDetach: "keep" });
    await service.delete(id, by);
    await expect(service.get(id)).rejects.toEqual(refused("notFound"));
    expect(await service.due(world.clock.now())).toContain(id);
    expect(await world.store.secrets.names(`activation/${id}`)).toEqual(["clientSecret"]);

    expect(await run()).toMatchObject({ state: "done", counts: { leaves: 3 } });

    expect([...people(audiences[0]), ...people(audiences[1])]).toEqual([]);
    expect(sandbox.requests().filter(({ action }) => action === "detach").length).toBe(2);
    expect(await world.store.secrets.names(`activation/${id}`)).toEqual([]);
    expect(await service.due(world.clock.now())).not.toContain(id);
  });

  it("leaves everyone when that was chosen, and sends nothing", async () => {
    const { service, id, audiences, people, sandbox } = await inStep();
    const before = sandbox.requests().length;
    await service.delete(id, { ...by, people: "leave" });
    expect(await service.due(world.clock.now())).not.toContain(id);
    expect(people(audiences[1])).toEqual(["u1", "u2"]);
    expect(sandbox.requests().length).toBe(before);
    expect(await world.store.secrets.names(`activation/${id}`)).toEqual([]);
  });
});

describe("a paused activation", () => {
  it("sends nothing until it is active again", async () => {
    const { service, change, audiences, run, people, id } = await inStep();
    await service.save(change({ state: "paused" }), by);
    world.audiences.set(audiences[0], [1, 5]);
    await expect(run()).rejects.toEqual(refused("activationPaused"));
    expect(await service.due(world.clock.now())).not.toContain(id);
    expect((await service.status(id)).segments[0]?.status).toBe("paused");
    await service.save(change({ state: "active" }), by);
    await run();
    expect(people(audiences[0])).toEqual(["u1", "u5"]);
  });

  it("ends a run that is under way in order, and what wasn't sent is sent later", async () => {
    const { service, change, audiences, sandbox, people, id } = await inStep();
    world.audiences.set(
      audiences[0],
      Array.from({ length: 40 }, (_, at) => at + 1),
    );
    await service.save(change({ settings: { ...settingsOf(change({})), advanced: slow } }), by);
    sandbox.addFault({ kind: "latency", ms: 50, match: { action: "membershipChanges" } });
    const arrived = sandbox.nextRequest(({ action }) => action === "membershipChanges");
    const running = service.run(id, "manual");
    await arrived;
    await service.save(
      change({ state: "paused", settings: { ...settingsOf(change({})), advanced: slow } }),
      by,
    );

    const ended = await running;
    expect(ended).toMatchObject({ state: "stopped", counts: { unknown: 0 } });
    expect(ended.counts?.["unsent"]).toBeGreaterThan(20);
    sandbox.clearFaults();
    await service.save(change({ state: "active" }), by);
    await service.run(id, "manual");
    expect(people(audiences[0]).length).toBe(40);
  });

  it("ends a run that another server has begun", async () => {
    const { service, change, audiences, sandbox, id } = await inStep();
    world.audiences.set(
      audiences[0],
      Array.from({ length: 40 }, (_, at) => at + 1),
    );
    await service.save(change({ settings: { ...settingsOf(change({})), advanced: slow } }), by);
    sandbox.addFault({ kind: "latency", ms: 50, match: { action: "membershipChanges" } });
    const arrived = sandbox.nextRequest(({ action }) => action === "membershipChanges");
    const other = world.service();
    const running = other.run(id, "manual");
    await arrived;
    await service.save(
      change({ state: "paused", settings: { ...settingsOf(change({})), advanced: slow } }),
      by,
    );
    const ended = await running;
    expect(ended).toMatchObject({ state: "stopped", counts: { unknown: 0 } });
    expect(ended.counts?.["unsent"]).toBeGreaterThan(20);
  });
});

const slow = { batchSize: 1, requestsAtOnce: 1, timeoutSeconds: 2 };

function settingsOf({ settings }: { readonly settings: Record<string, unknown> }): Record<string, unknown> {
  return settings;
}

describe("a definition", () => {
  it("keeps its secret when none is given, takes a new one, and never shows either", async () => {
    const { service, change, run, definition } = await inStep();
    expect(JSON.stringify(await service.get(definition.id))).not.toContain(CREDENTIALS.clientSecret);
    expect((await service.get(definition.id)).secrets).toEqual(["clientSecret"]);
    await service.save(change({ name: "Another name" }), by);
    expect(await run()).toMatchObject({ state: "done" });
    world.audiences.set(definition.audiences[0] ?? "", [1, 2, 3]);
    await service.save(change({ settings: { ...definition.settings, clientSecret: "another-one" } }), by);
    expect(await run()).toMatchObject({ state: "failed", error: { code: "destinationCredentials" } });
  });

  it("is refused with every fault and its path", async () => {
    const { service, change } = await inStep();
    const wrong = change({
      id: "quite-new",
      personIdentifier: "coid",
      audiences: ["nobody"],
      settings: { baseUrl: "ftp://x", clientId: "", colour: "red" },
    });
    const error: unknown = await service.save(wrong, by).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: "definitionInvalid" });
    const paths = (error as { faults: { path: string }[] }).faults.map(({ path }) =>
      path.replace(/^.*quite-new/, ""),
    );
    for (const path of [
      "/settings/baseUrl",
      "/settings/clientId",
      "/settings/clientSecret",
      "/personIdentifier",
      "/audiences/0",
    ]) {
      expect(paths).toContain(path);
    }
  });

  it("asks whether it is the same destination when the address changes, and starts anew at a different one", async () => {
    const { service, change, audiences, definition, run } = await inStep();
    const elsewhere = await sandboxOf();
    const moved = change({ settings: { ...definition.settings, baseUrl: elsewhere.webhookUrl } });
    await expect(service.save(moved, by)).rejects.toEqual(refused("activationMoved"));
    await service.save(moved, { ...by, destination: "different" });
    expect((await service.status(definition.id)).segments[1]?.numbers).toMatchObject({ size: 2 });

    expect(await run()).toMatchObject({ state: "done", counts: { joins: 3, leaves: 0 } });
    expect([...elsewhere.people(audiences[1])].sort()).toEqual(["u1", "u2"]);
    expect(await run()).toMatchObject({ counts: { planned: 0 } });
  });

  it("keeps what was accepted when the same destination has a new address", async () => {
    const { service, change, definition, run, sandbox } = await inStep();
    const moved = change({
      settings: { ...definition.settings, baseUrl: sandbox.webhookUrl.replace("127.0.0.1", "localhost") },
    });
    await service.save(moved, { ...by, destination: "same" });
    expect(await run()).toMatchObject({ state: "done", counts: { planned: 0 } });
  });

  it("has its group fixed once the destination accepted something", async () => {
    const { service, change, definition } = await inStep();
    const other = change({ settings: { ...definition.settings, segmentGroupIdentifier: "another" } });
    await expect(service.save(other, by)).rejects.toEqual(refused("activationFixed"));
  });

  it("is refused an audience whose people another activation is taking out there just now", async () => {
    const { service, change, audiences, definition } = await inStep();
    await service.save(change({ audiences: [audiences[0]] }), by);
    const second = change({
      id: `${definition.id}-second`,
      audiences: [audiences[1]],
      settings: { ...definition.settings, clientSecret: CREDENTIALS.clientSecret },
    });
    await expect(service.save(second, by)).rejects.toEqual(refused("audienceSentTwice"));
  });

  it("starts from nothing when it is made again, after a deletion, for another destination", async () => {
    const { service, definition, audiences } = await inStep();
    await service.delete(definition.id, { ...by, people: "leave" });
    const elsewhere = await sandboxOf();
    const settings = {
      ...definition.settings,
      clientSecret: CREDENTIALS.clientSecret,
      baseUrl: elsewhere.webhookUrl,
    };
    await service.save(activationDefinition.parse({ ...definition, settings }), by);
    expect(await service.run(definition.id, "manual")).toMatchObject({ counts: { joins: 3 } });
    expect([...elsewhere.people(audiences[0])]).toEqual(["u1"]);
  });
});

describe("a person identifier that isn't available", () => {
  it("keeps the run from starting and says what is missing", async () => {
    const { service, run, id } = await inStep();
    const record = await world.store.definitions.get("dataflow", "people");
    if (record === undefined) throw new Error("no dataflow");
    await world.store.definitions.put({ ...record.body, state: "draft" }, by);
    try {
      expect(await run()).toMatchObject({ state: "failed", error: { code: "personIdentifierUnavailable" } });
      expect((await service.status(id)).segments[0]?.status).toBe("failed");
    } finally {
      await world.store.definitions.put(record.body, by);
    }
    expect(await run()).toMatchObject({ state: "done" });
  });
});

describe("runs that find nothing to do", () => {
  it("are kept as one", async () => {
    const { service, id, run } = await inStep();
    for (let again = 0; again < 4; again += 1) await run();
    expect((await service.runs(id, { limit: 10 })).items.length).toBe(2);
  });
});
