import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ibexa } from "@peregrine/activation-types";
import { activationDefinition, type Clock } from "@peregrine/core";
import { type Sandbox, type SandboxConfig, startSandbox } from "@peregrine/ibexa-sandbox";
import {
  ActivationService,
  createOutgoing,
  DELIVERY_POLICY,
  DefinitionService,
  type DeliveryPolicy,
  type Outgoing,
  openStore,
  type Store,
  wait,
} from "@peregrine/server";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { NamedAudiences } from "./named-audiences.ts";

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
