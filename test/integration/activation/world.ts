import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ibexa } from "@peregrine/activation-types";
import { activationDefinition, type Clock, type OutgoingMessage, PeregrineError } from "@peregrine/core";
import { type Sandbox, type SandboxConfig, startSandbox } from "@peregrine/ibexa-sandbox";
import {
  ActivationService,
  type AudienceChecks,
  type AudienceStanding,
  createOutgoing,
  DELIVERY_POLICY,
  DefinitionService,
  type DeliveryPolicy,
  firstChanges,
  membersAndPersons,
  type Outgoing,
  openStore,
  type Store,
  wait,
} from "@peregrine/server";
import { startEngine, type TestEngine } from "../harness/engine.ts";

export const CREDENTIALS = {
  clientId: "peregrine-7",
  clientSecret: "s3cret-of-the-tests",
  group: "cdp_audiences",
};

/** Patient enough for what the tests inject, and over quickly. */
export const QUICK: DeliveryPolicy = {
  ...DELIVERY_POLICY,
  retry: { attempts: 3, firstDelayMs: 5, longestDelayMs: 20, longestRetryAfterMs: 5_000 },
  breaker: { failures: 5, probes: 3, firstProbeMs: 5, longestProbeMs: 20 },
  graceMs: 30,
  leaseMs: 20_000,
};

/** Real time, and as much more as a test says. */
export class MovableClock implements Clock {
  #ahead = 0;

  now(): number {
    return Date.now() + this.#ahead;
  }

  advance(ms: number): void {
    this.#ahead += ms;
  }
}

/**
 * Audiences whose members a test names. It writes memberships and identifiers the way evaluations and imports
 * do: rows under an operation that is published after them.
 */
export class NamedAudiences implements AudienceChecks {
  readonly #world: Pick<World, "engine" | "store">;
  readonly #wanted = new Map<string, ReadonlySet<number>>();
  readonly #written = new Map<string, ReadonlySet<number>>();
  readonly #standing = new Map<string, AudienceStanding>();
  #arrival = 0;
  identifier = 0;

  constructor(world: Pick<World, "engine" | "store">) {
    this.#world = world;
  }

  /** The members at the next evaluation, by profile. */
  set(audienceId: string, profiles: Iterable<number>): void {
    this.#wanted.set(audienceId, new Set(profiles));
  }

  /** From now on these profiles are known by these values of `userid`. */
  async know(values: Iterable<readonly [profile: number, value: string]>): Promise<void> {
    await this.#publish("import", async (op) => {
      const rows = [...values].map(([profile, value]) => [
        op,
        this.identifier,
        value,
        profile,
        this.#next(),
        0,
      ]);
      await this.#world.engine.insert(
        "identifier",
        ["op", "kind", "value", "profile", "arrival", "step"],
        rows,
      );
    });
  }

  /** `old` becomes part of `into`. */
  async merge(old: number, into: number): Promise<void> {
    await this.#publish("import", async (op) => {
      const columns = ["op", "old", "new", "arrival", "step"];
      await this.#world.engine.insert("profile_merge", columns, [[op, old, into, this.#next(), 0]]);
    });
  }

  async evaluate(audienceIds: readonly string[], asOf: number) {
    const changed = new Set<string>();
    const sequence = await this.#publish("evaluation", async (op) => {
      const rows = audienceIds.flatMap((id) => {
        const wanted = this.#wanted.get(id) ?? new Set();
        const written = this.#written.get(id) ?? new Set();
        this.#written.set(id, wanted);
        const joined = [...wanted].filter((profile) => !written.has(profile));
        const left = [...written].filter((profile) => !wanted.has(profile));
        const at = new Date(0).toISOString();
        if (joined.length + left.length > 0) changed.add(id);
        return [
          ...joined.map((profile) => [op, id, profile, 1, op, at]),
          ...left.map((profile) => [op, id, profile, 0, op, at]),
        ];
      });
      const columns = ["op", "audience", "profile", "member", "sequence", "at"];
      if (rows.length > 0) await this.#world.engine.insert("membership", columns, rows);
    });
    const publication = await this.#world.store.operations.publication();
    for (const id of audienceIds) {
      const before = this.#standing.get(id)?.changedBy ?? 0;
      const changedBy = changed.has(id) ? publication : before;
      const size = this.#written.get(id)?.size ?? 0;
      this.#standing.set(id, { checkedAt: asOf, changedBy, size, error: null });
    }
    const counts = new Map(audienceIds.map((id) => [id, { size: this.#wanted.get(id)?.size ?? 0 }]));
    return { sequence, counts, failed: [] };
  }

  /** The rule could not be evaluated at the last check. */
  fail(audienceId: string, error: NonNullable<AudienceStanding["error"]>): void {
    const { checkedAt = 0, changedBy = 0, size = 0 } = this.#standing.get(audienceId) ?? {};
    this.#standing.set(audienceId, { checkedAt, changedBy, size, error });
  }

  async standing(audienceIds: readonly string[]) {
    return new Map([...this.#standing].filter(([id]) => audienceIds.includes(id)));
  }

  async firstChanges(asked: Parameters<AudienceChecks["firstChanges"]>[0]) {
    return firstChanges(this.#world.engine, await this.#world.store.operations.snapshot(), asked);
  }

  membersAndPersons(...given: Parameters<AudienceChecks["membersAndPersons"]>) {
    return membersAndPersons(...given);
  }

  /** By the last evaluation: what a test names has no rule. */
  async membersNow(audiences: readonly string[], _: number, identifier: number) {
    return membersAndPersons(await this.#world.store.operations.snapshot(), audiences, identifier);
  }

  async #publish(kind: "import" | "evaluation", write: (op: number) => Promise<void>): Promise<number> {
    const { operations } = this.#world.store;
    const op = await operations.open(kind, "test", 0);
    await write(op);
    await operations.publish(op);
    return op;
  }

  #next(): number {
    this.#arrival += 1;
    return this.#arrival;
  }
}

interface ServiceOptions {
  readonly policy?: Partial<DeliveryPolicy>;
  readonly outgoing?: Outgoing;
  readonly engine?: TestEngine["engine"];
  /** A connection of its own to the control plane, as a process on another machine has it. */
  readonly store?: Store;
}

export interface World {
  readonly engine: TestEngine["engine"];
  readonly store: Store;
  readonly clock: MovableClock;
  readonly audiences: NamedAudiences;
  /** A service as one process has it; several are several processes. */
  service(options?: ServiceOptions): ActivationService;
  /** One more connection to the control plane; closed with the world. */
  open(): Promise<Store>;
  close(): Promise<void>;
}

/** An engine and a store with the definitions that an activation needs. @param databaseUrl of PostgreSQL; else SQLite */
export async function openWorld(databaseUrl?: string): Promise<World> {
  const { engine, close } = await startEngine();
  const folder = mkdtempSync(join(tmpdir(), "peregrine-test-store-"));
  const clock = new MovableClock();
  const stores: Store[] = [];
  const open = async () => {
    const opened = await openStore({ folder, clock, databaseUrl });
    stores.push(opened);
    return opened;
  };
  const store = await open();
  const by = { origin: "api", by: "tests" } as const;
  const { number } = await store.definitions.put(
    {
      kind: "identifier",
      id: "userid",
      normalise: ["trim"],
      blocked: [],
      priority: 100,
      limit: "one",
      active: true,
    },
    by,
  );
  const columns = [{ name: "userid", type: "text" as const, identifier: "userid" }];
  await store.definitions.put(
    { kind: "schema", id: "people", parent: "PersonalData", personIdentifier: "userid", columns },
    by,
  );
  await store.definitions.put(
    {
      kind: "dataflow",
      id: "people",
      schema: "people",
      state: "active",
      write: "append",
      source: { format: "csv", emptyCells: "absent" },
      map: { userid: "userid" },
      refuseAbove: 0.1,
    },
    by,
  );
  const audiences = new NamedAudiences({ engine, store });
  audiences.identifier = number;
  const services: ActivationService[] = [];
  return {
    engine,
    store,
    clock,
    audiences,
    open,
    service({ policy = {}, outgoing = createOutgoing(clock), engine: own = engine, store: to = store } = {}) {
      const service = new ActivationService({
        engine: own,
        store: to,
        clock,
        audiences,
        random: Math.random,
        wait,
        outgoing,
        types: [ibexa],
        definitions: new DefinitionService({ store: to }),
        // Explaining needs real rules and profiles: it is tested over the API.
        persons: { find: async () => undefined, explain: () => Promise.reject(new Error("nobody asks")) },
        policy: { ...QUICK, ...policy },
      });
      services.push(service);
      return service;
    },
    async close() {
      for (const service of services) await service.close();
      for (const opened of stores) await opened.close();
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A sandbox that lets the tests' activation in, and any user. */
export function openSandbox(config: Partial<SandboxConfig> = {}): Promise<Sandbox> {
  const { clientId, clientSecret, group } = CREDENTIALS;
  return startSandbox({
    activations: [{ clientId, clientSecret, segmentGroupIdentifier: group }],
    segmentGroups: [{ identifier: group }],
    users: "any",
    keepHistory: true,
    ...config,
  });
}

/** Saves audiences and an activation that carries them to the sandbox. */
export async function activate(
  world: World,
  service: ActivationService,
  options: {
    readonly id: string;
    readonly baseUrl: string;
    readonly audiences: readonly string[];
    readonly advanced?: Record<string, unknown>;
    readonly settings?: Record<string, unknown>;
  },
): Promise<void> {
  for (const id of options.audiences) {
    await world.store.definitions.put(
      { kind: "audience", id, name: `Audience ${id}`, tags: [], rule: { everyone: true } },
      { origin: "api", by: "tests" },
    );
  }
  const definition = activationDefinition.parse({
    kind: "activation",
    id: options.id,
    name: `Activation ${options.id}`,
    type: "ibexa",
    personIdentifier: "userid",
    settings: {
      clientId: CREDENTIALS.clientId,
      clientSecret: CREDENTIALS.clientSecret,
      baseUrl: options.baseUrl,
      segmentGroupIdentifier: CREDENTIALS.group,
      advanced: { timeoutSeconds: 2, ...options.advanced },
      ...options.settings,
    },
    audiences: options.audiences,
  });
  await service.save(definition, { by: "tests", origin: "api" });
}

/** A process that can die: from `kill` on nothing of it reaches the engine or the network any more. */
export class MortalProcess {
  readonly service: ActivationService;
  #alive = true;
  #eventsToLive: number;

  /**
   * @param beforeSending is told each message before it leaves; what it throws kills the process
   * @param eventsToLive calls of the engine and steps of sending until it dies by itself
   */
  constructor(
    world: World,
    beforeSending: (message: OutgoingMessage) => Promise<void> | void = () => {},
    eventsToLive = Number.POSITIVE_INFINITY,
  ) {
    this.#eventsToLive = eventsToLive;
    const network = createOutgoing(world.clock);
    const outgoing: Outgoing = {
      send: async (message, options) => {
        this.#live();
        try {
          await beforeSending(message);
        } catch {
          this.kill();
        }
        this.#live();
        const sent = await network.send(message, options);
        // Dying here, the message has left and its answer is never known.
        this.#live();
        return sent;
      },
      close: () => network.close(),
    };
    const { engine } = world;
    const mortal: World["engine"] = {
      process: engine.process,
      close: async () => {},
      query: async (...given) => {
        this.#live();
        return engine.query(...given);
      },
      stream: (...given) => {
        this.#live();
        return engine.stream(...given);
      },
      command: async (...given) => {
        this.#live();
        await engine.command(...given);
      },
      insert: async (...given) => {
        this.#live();
        await engine.insert(...given);
      },
      insertStream: async (...given) => {
        this.#live();
        return engine.insertStream(...given);
      },
    };
    this.service = world.service({ outgoing, engine: mortal });
  }

  kill(): void {
    this.#alive = false;
  }

  #live(): void {
    this.#eventsToLive -= 1;
    if (this.#eventsToLive < 0) this.kill();
    if (!this.#alive) throw new PeregrineError("engineUnavailable", { detail: "killed" });
  }
}
