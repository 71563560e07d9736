// Changes delivered per second to the sandbox, against a bare loop of the same requests: as many connections, the same
// bodies and headers, made before, to a sandbox that is as empty. Both take turns, so that a neighbour on the machine
// slows both, and the medians are compared. The time of delivery is that from its first message to the end of the
// run, with every intent, answer and request on disk. Beside it stand the seconds of processor time that all
// processes took in it, which neighbours change less.
// npm run bench -- deliver [changes [rounds]]
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ibexa } from "@peregrine/activation-types";
import { activationDefinition } from "@peregrine/core";
import {
  ActivationService,
  AudienceService,
  createOutgoing,
  DELIVERY_POLICY,
  DefinitionService,
  type Engine,
  type OpenEngine,
  openEngine,
  openStore,
  type Store,
  wait,
} from "@peregrine/server";
import { Agent } from "undici";
import { commit, machine, median, processorSeconds, rounded, watchMemory } from "./lib-report.ts";

const CHANGES = 1_000_000;
const ROUNDS = 3;
const BATCH = 99;
const AT_ONCE = 4;
const GROUP = "bench";
const CREDENTIALS = { clientId: "bench-id", clientSecret: "bench-secret" };
const by = { origin: "api", by: "bench" } as const;
const quiet = { info: () => {}, warn: () => {} };

interface Sandbox {
  readonly url: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** The sandbox as a process of its own, as the destination is in life. */
async function startSandbox(folder: string): Promise<Sandbox> {
  const config = join(folder, `sandbox-${Date.now()}.json`);
  writeFileSync(
    config,
    JSON.stringify({
      activations: [{ ...CREDENTIALS, segmentGroupIdentifier: GROUP }],
      segmentGroups: [{ identifier: GROUP }],
      users: "any",
    }),
  );
  const program = join(process.cwd(), "packages/ibexa-sandbox/bin/ibexa-sandbox.js");
  const child = spawn(process.execPath, [program, "--config", config, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  return { url: await baseUrl(child), pid: child.pid, stop: () => end(child) };
}

async function baseUrl(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("the sandbox's output is not a pipe");
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /Base URL\s+(\S+)/.exec(line)?.[1];
    if (url === undefined) continue;
    child.stdout.resume();
    return url;
  }
  throw new Error("the sandbox ended before it listened");
}

async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}

/** So many people with a user id, as an import leaves them, and an audience of everyone. */
async function fill(engine: Engine, store: Store, people: number): Promise<void> {
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
  const dataflow = { state: "active", write: "append", map: { userid: "userid" }, refuseAbove: 0.1 } as const;
  const source = { format: "csv", emptyCells: "absent" } as const;
  await store.definitions.put({ kind: "dataflow", id: "people", schema: "people", source, ...dataflow }, by);
  await store.definitions.put(
    { kind: "audience", id: "5d822e81", name: "Everyone", tags: [], rule: { everyone: true } },
    by,
  );
  const op = await store.operations.open("import", "bench", 0);
  const rows = `FROM numbers(1, {people:UInt64})`;
  await engine.command(
    `INSERT INTO profile (op, profile, arrival) SELECT {op:UInt64}, number, number ${rows}`,
    { op, people },
  );
  await engine.command(
    `INSERT INTO identifier (op, kind, value, profile, arrival, step)
    SELECT {op:UInt64}, {kind:UInt32}, toString(1000000 + number), number, number, 0 ${rows}`,
    { op, people, kind: number },
  );
  await store.operations.publish(op);
}

interface Measured {
  readonly seconds: number;
  readonly requests: number;
  readonly processor: Processor;
}

/** Seconds of processor time. */
interface Processor {
  readonly sender: number;
  readonly engine: number;
  readonly sandbox: number;
}

/** What this process, the sandbox and the engine have taken so far. */
function processor(sandbox: Sandbox, engine?: OpenEngine): Processor {
  const { user, system } = process.cpuUsage();
  return {
    sender: (user + system) / 1e6,
    engine: processorSeconds(engine?.process?.pid),
    sandbox: processorSeconds(sandbox.pid),
  };
}

function since(before: Processor, now: Processor): Processor {
  return {
    sender: now.sender - before.sender,
    engine: now.engine - before.engine,
    sandbox: now.sandbox - before.sandbox,
  };
}

function total({ sender, engine, sandbox }: Processor): number {
  return sender + engine + sandbox;
}

/** The whole run through the product: check, plan, delivery, with everything recorded. */
async function throughPeregrine(
  folder: string,
  changes: number,
): Promise<Measured & { planSeconds: number; peakMemoryMb: number }> {
  const engine = await openEngine({ folder: join(folder, "engine"), log: quiet });
  const clock = { now: Date.now };
  const store = await openStore({ folder: join(folder, "control"), clock });
  const sandbox = await startSandbox(folder);
  const outgoing = createOutgoing(clock);
  let deliveringSince = 0;
  let before: Processor | undefined;
  const definitions = new DefinitionService({ store });
  const audiences = new AudienceService({
    store,
    engine,
    clock,
    timeZone: "UTC",
    instance: "bench",
    definitions,
  });
  const service = new ActivationService({
    engine,
    store,
    clock,
    random: Math.random,
    wait,
    outgoing: {
      send(message, options) {
        if (before === undefined && message.body?.includes('"membershipChanges"')) {
          before = processor(sandbox, engine);
          deliveringSince = performance.now();
        }
        return outgoing.send(message, options);
      },
      close: () => outgoing.close(),
    },
    audiences,
    definitions,
    persons: {
      find: () => Promise.reject(new Error("nobody asks")),
      explain: () => Promise.reject(new Error("nobody asks")),
    },
    policy: DELIVERY_POLICY,
    types: [ibexa],
  });
  try {
    await fill(engine, store, changes);
    const definition = activationDefinition.parse({
      kind: "activation",
      id: "bench",
      name: "Bench",
      type: "ibexa",
      personIdentifier: "userid",
      settings: {
        ...CREDENTIALS,
        baseUrl: sandbox.url,
        segmentGroupIdentifier: GROUP,
        advanced: { batchSize: BATCH, requestsAtOnce: AT_ONCE },
      },
      audiences: ["5d822e81"],
    });
    await service.save(definition, by);
    const memory = watchMemory();
    const began = performance.now();
    const run = await service.run("bench", "manual");
    const ended = performance.now();
    const after = processor(sandbox, engine);
    const peakMemoryMb = memory.end();
    if (run.counts?.["accepted"] !== changes || before === undefined) {
      throw new Error(
        `not everything was accepted: ${JSON.stringify(run.counts)} ${run.error?.detail ?? ""}`,
      );
    }
    return {
      seconds: (ended - deliveringSince) / 1000,
      planSeconds: (deliveringSince - began) / 1000,
      requests: run.counts["requests"] ?? 0,
      processor: since(before, after),
      peakMemoryMb,
    };
  } finally {
    await service.close();
    await sandbox.stop();
    await store.close();
    await engine.close();
  }
}

/** The same bodies, made before, sent by so many loops at once; nothing is kept of the answers. */
async function bareLoop(folder: string, changes: number): Promise<Measured> {
  const sandbox = await startSandbox(folder);
  const agent = new Agent({ pipelining: 1 });
  const { origin, pathname } = new URL(sandbox.url);
  const headers = {
    "content-type": "application/json",
    accept: "application/json",
    "x-client-id": CREDENTIALS.clientId,
    "x-client-secret": CREDENTIALS.clientSecret,
  };
  const post = async (updateType: string, data: string) => {
    const body = `{"updateType":"${updateType}","segmentGroupIdentifier":"${GROUP}","data":${data}}`;
    const response = await agent.request({ origin, path: pathname, method: "POST", headers, body });
    if (response.statusCode !== 200) throw new Error(`the sandbox answered ${response.statusCode}`);
    await response.body.text();
  };
  try {
    await post("create", '{"audienceId":"5d822e81","audienceName":"Everyone"}');
    const batches: string[] = [];
    for (let first = 1; first <= changes; first += BATCH) {
      const list = Array.from(
        { length: Math.min(BATCH, changes - first + 1) },
        (_, at) => `{"audienceId":"5d822e81","personId":"${1_000_000 + first + at}","membership":true}`,
      );
      batches.push(`{"changes":[${list.join(",")}]}`);
    }
    let next = 0;
    const loop = async () => {
      for (let batch = batches[next++]; batch !== undefined; batch = batches[next++]) {
        await post("membershipChanges", batch);
      }
    };
    const before = processor(sandbox);
    const began = performance.now();
    await Promise.all(Array.from({ length: AT_ONCE }, loop));
    return {
      seconds: (performance.now() - began) / 1000,
      requests: batches.length,
      processor: since(before, processor(sandbox)),
    };
  } finally {
    await agent.destroy();
    await sandbox.stop();
  }
}

function said({ sender, engine, sandbox }: Processor): string {
  return `processor ${total({ sender, engine, sandbox }).toFixed(1)} s: sender ${sender.toFixed(1)}, engine ${engine.toFixed(1)}, sandbox ${sandbox.toFixed(1)}`;
}

export async function run(changes = CHANGES, rounds = ROUNDS): Promise<void> {
  const ours: Awaited<ReturnType<typeof throughPeregrine>>[] = [];
  const bare: Measured[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const folder = mkdtempSync(join(tmpdir(), "peregrine-bench-"));
    try {
      const one = await throughPeregrine(folder, changes);
      ours.push(one);
      console.log(
        `Peregrine: check and plan ${one.planSeconds.toFixed(1)} s, ${changes} changes in ${one.requests} requests in ${one.seconds.toFixed(1)} s, ${said(one.processor)}`,
      );
      const other = await bareLoop(folder, changes);
      bare.push(other);
      console.log(
        `bare loop: ${other.requests} requests in ${other.seconds.toFixed(1)} s, ${said(other.processor)}`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const seconds = median(ours.map((one) => one.seconds));
  const bareSeconds = median(bare.map((one) => one.seconds));
  console.log(
    JSON.stringify({
      bench: "deliver",
      ratio: rounded(bareSeconds / seconds),
      changesPerSecond: Math.round(changes / seconds),
      bareChangesPerSecond: Math.round(changes / bareSeconds),
      cpuSecondsOurs: rounded(median(ours.map((one) => total(one.processor)))),
      cpuSecondsBare: rounded(median(bare.map((one) => total(one.processor)))),
      checkAndPlanSeconds: rounded(median(ours.map((one) => one.planSeconds)), 1),
      peakMemoryMb: Math.max(...ours.map((one) => one.peakMemoryMb)),
      machine: machine(),
      commit: commit(),
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run(Number(process.argv[2] ?? CHANGES), Number(process.argv[3] ?? ROUNDS));
}
