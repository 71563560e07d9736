import { activationDefinition } from "@peregrine/core";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import {
  ActivationScheduler,
  type ActivationService,
  createOutgoing,
  type Outgoing,
} from "@peregrine/server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startPostgres } from "../harness/postgres.ts";
import { until } from "../harness/wait.ts";
import { MortalProcess } from "./mortal-process.ts";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

const by = { by: "tests", origin: "api" } as const;

let world: World;
let sandbox: Sandbox;
const schedulers: ActivationScheduler[] = [];
let names = 0;

beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(Array.from({ length: 20 }, (_, at) => [at + 1, `u${at + 1}`]));
  sandbox = await openSandbox();
});

afterEach(async () => {
  for (const scheduler of schedulers.splice(0)) await scheduler.close();
});

afterAll(async () => {
  await sandbox?.close();
  await world?.close();
});

/** A server that runs what it is told of, and nothing by the clock. */
function server(service: ActivationService): ActivationService {
  const scheduler = new ActivationScheduler({
    service,
    check: async () => {},
    clock: world.clock,
    random: () => 0,
    log: { warn: (fields) => expect.unreachable(JSON.stringify(fields)) },
    every: () => () => {},
  });
  schedulers.push(scheduler);
  service.onChanged = () => scheduler.wake("changed");
  return service;
}

/** Holds back changes of members that a server sends, from when it is told to until it lets them go. */
class Gate {
  #reached: () => void = () => {};
  #open: Promise<void> = Promise.resolve();
  release: () => void = () => {};

  /** Closes it. Resolves as soon as a message stands before it. */
  close(): Promise<void> {
    this.#open = new Promise((resolve) => {
      this.release = resolve;
    });
    return new Promise((resolve) => {
      this.#reached = resolve;
    });
  }

  outgoing(): Outgoing {
    const network = createOutgoing(world.clock);
    return {
      send: async (message, options) => {
        if (message.body?.includes("membershipChanges") === true) {
          this.#reached();
          await this.#open;
        }
        return network.send(message, options);
      },
      close: () => network.close(),
    };
  }
}

/** An activation with one person in step, whose next run is about to send another. */
async function underWay(
  begin: (service: ActivationService, id: string) => Promise<unknown>,
  { world: of }: { readonly world: World } = { world },
) {
  names += 1;
  const id = `asked-${names}`;
  const audience = `q${names}`;
  const gate = new Gate();
  const service = of.service({ outgoing: gate.outgoing() });
  await activate(of, service, { id, baseUrl: sandbox.webhookUrl, audiences: [audience] });
  of.audiences.set(audience, [1]);
  await service.run(id, "schedule");
  server(service);
  of.audiences.set(audience, [1, 2]);
  const sending = gate.close();
  const begun = begin(service, id);
  await sending;
  const runs = async () => (await service.runs(id, { limit: 50 })).items.toReversed().slice(1);
  return { id, audience, service, gate, begun, runs };
}

async function ended(runs: () => Promise<readonly { readonly state: string }[]>, count: number) {
  await until(async () => {
    const states = (await runs()).map(({ state }) => state);
    return states.length === count && states.every((state) => state === "done");
  }, `${count} runs are done`);
}

describe("a run that is asked for while another is under way", () => {
  it("follows it at once, and is one however often it is asked for", async () => {
    const { id, audience, service, gate, runs } = await underWay((first, activation) =>
      first.ask(activation),
    );
    // The run that is under way knows of two.
    world.audiences.set(audience, [1, 2, 3]);
    const asked = [await service.ask(id), await service.ask(id), await service.ask(id)];
    expect(asked.map(({ outcome }) => outcome)).toEqual(["follows", "follows", "follows"]);
    expect(asked.at(-1)?.run?.state).toBe("delivering");
    expect((await service.status(id)).runAsked).toBe(true);

    gate.release();
    await ended(runs, 2);
    expect([...sandbox.people(audience)].sort()).toEqual(["u1", "u2", "u3"]);
    expect((await runs()).map(({ trigger }) => trigger)).toEqual(["manual", "manual"]);
    expect((await service.status(id)).runAsked).toBe(false);
    for (const scheduler of schedulers) await scheduler.idle();
    expect((await runs()).length).toBe(2);
  });

  it("is carried out by the server whose run ends, whichever was asked", async () => {
    const { id, audience, gate, runs } = await underWay((first, activation) =>
      first.run(activation, "import"),
    );
    world.audiences.set(audience, [3]);
    const other = world.service();
    expect(await other.ask(id)).toMatchObject({ outcome: "follows", run: { trigger: "import" } });
    gate.release();
    await ended(runs, 2);
    expect([...sandbox.people(audience)]).toEqual(["u3"]);
    expect((await runs()).map(({ trigger }) => trigger)).toEqual(["import", "manual"]);
  });

  it("begins at once where none is under way any more", async () => {
    const { id, service, gate, begun, runs } = await underWay((first, activation) =>
      first.run(activation, "import"),
    );
    gate.release();
    await begun;
    expect(await service.ask(id)).toMatchObject({ outcome: "begun", run: { trigger: "manual" } });
    await ended(runs, 2);
    expect((await service.status(id)).runAsked).toBe(false);
  });

  it("outlives the server: whoever goes on with the dead one's run has it follow", async () => {
    names += 1;
    const [id, audience] = [`asked-${names}`, `q${names}`];
    const mortal = new MortalProcess(world, async ({ body }) => {
      if (body?.includes("membershipChanges") !== true) return;
      // Asked on another server while the message is on its way.
      expect(await world.service().ask(id)).toMatchObject({ outcome: "follows" });
      throw new Error("killed");
    });
    await activate(world, mortal.service, { id, baseUrl: sandbox.webhookUrl, audiences: [audience] });
    world.audiences.set(audience, [1]);
    await expect(mortal.service.run(id, "import")).rejects.toMatchObject({ code: "engineUnavailable" });
    world.audiences.set(audience, [1, 2]);
    world.clock.advance(60_000);

    const after = server(world.service());
    expect(await after.due(world.clock.now())).toContain(id);
    expect((await after.status(id)).runAsked).toBe(true);
    await after.run(id, "schedule");
    const runs = async () => (await after.runs(id, { limit: 50 })).items.toReversed();
    await ended(runs, 2);
    expect((await runs()).map(({ trigger }) => trigger)).toEqual(["import", "manual"]);
    expect([...sandbox.people(audience)].sort()).toEqual(["u1", "u2"]);
  });

  it("is withdrawn by a pause: the run that comes with the end of it is its own", async () => {
    const { id, service, gate, begun, runs } = await underWay((first, activation) =>
      first.run(activation, "import"),
    );
    await service.ask(id);
    const { definition } = await service.get(id);
    const change = (state: "active" | "paused") => activationDefinition.parse({ ...definition, state });
    const paused = service.save(change("paused"), by);
    gate.release();
    await paused;
    expect(await begun).toMatchObject({ trigger: "import" });
    expect((await service.status(id)).runAsked).toBe(false);
    await expect(service.ask(id)).rejects.toMatchObject({ code: "activationPaused" });
    expect((await service.status(id)).runAsked).toBe(false);
    await service.save(change("active"), by);
    await until(async () => (await runs()).at(-1)?.trigger === "changed", "a run begins by the change");
  });

  it("begins once a test person is through", async () => {
    const { id, service, gate, begun, runs } = await underWay((first, activation) =>
      first.run(activation, "import"),
    );
    gate.release();
    await begun;
    const trying = gate.close();
    const tested = service.tests.person(id, { membership: true, personId: "u9" });
    await trying;
    expect(await service.ask(id)).toMatchObject({ outcome: "follows", run: { trigger: "test" } });
    gate.release();
    await tested;
    await ended(runs, 3);
    expect((await runs()).map(({ trigger }) => trigger)).toEqual(["import", "test", "manual"]);
  });
});

it("is heard of by all servers on one PostgreSQL", async () => {
  const cluster = await startPostgres();
  const shared = await openWorld(await cluster.createDatabase());
  try {
    await shared.audiences.know([
      [1, "u1"],
      [2, "u2"],
      [3, "u3"],
    ]);
    const first = await underWay((service, id) => service.run(id, "import"), { world: shared });
    const { id, audience, gate, runs } = first;
    shared.audiences.set(audience, [1, 2, 3]);
    const other = shared.service({ store: await shared.open() });
    const asked = await Promise.all([other.ask(id), other.ask(id), first.service.ask(id)]);
    expect(asked.map(({ outcome }) => outcome)).toEqual(["follows", "follows", "follows"]);
    expect((await other.status(id)).runAsked).toBe(true);
    gate.release();
    await ended(runs, 2);
    expect((await runs()).map(({ trigger }) => trigger)).toEqual(["import", "manual"]);
    expect([...sandbox.people(audience)].sort()).toEqual(["u1", "u2", "u3"]);
    expect((await other.status(id)).runAsked).toBe(false);
  } finally {
    for (const scheduler of schedulers.splice(0)) await scheduler.close();
    await shared.close();
    await cluster.stop();
  }
});
