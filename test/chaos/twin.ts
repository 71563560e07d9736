import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { eventually, Installation, openSandbox, type RunView } from "./installation.ts";
import { digestOf, type PlanesDigest } from "./planes.ts";
import { DATA_QUESTIONS, everything, profileQuestion, SIZES } from "./questions.ts";
import { AUDIENCES, BATCH_SIZE, SENTINEL, type ShopFile, USERS_OF_IBEXA } from "./shop.ts";

/** How long an undisturbed file takes, in ms, and how many requests its changes need. */
export interface Durations {
  readonly importing: number;
  readonly checking: number;
  readonly requests: number;
}

/** What an installation that nobody disturbs shows, before and after each file. */
export interface Twin {
  /** By the name of the question: its answer after 0, 1, 2 … files. */
  readonly answers: ReadonlyMap<string, readonly string[]>;
  /** In the order in which they can be seen: an evaluation's, then the same after the next file's merges … */
  readonly sizes: readonly string[];
  readonly durations: readonly Durations[];
  readonly end: Readonly<Record<string, unknown>>;
  readonly profiles: ReadonlyMap<string, string>;
  readonly segments: ReadonlyMap<string, ReadonlySet<string>>;
  readonly digest: PlanesDigest;
}

/** Every fortieth person of those that Ibexa knows, to be compared one by one. */
const PEOPLE_COMPARED = Array.from(
  { length: Math.ceil((USERS_OF_IBEXA[1] - USERS_OF_IBEXA[0]) / 40) },
  (_, at) => String(USERS_OF_IBEXA[0] + at * 40),
);

/** Feeds an installation with the files, one after the other, each delivered before the next comes. */
export async function feedTwin(folder: string, files: readonly ShopFile[]): Promise<Twin> {
  const sandbox = await openSandbox();
  // Without the worker's role nothing runs unless it is told to: every state can be looked at.
  const twin = new Installation(join(folder, "twin"), { PEREGRINE_ROLES: "web,ingest" });
  const answers = new Map<string, string[]>(DATA_QUESTIONS.map(({ name }) => [name, []]));
  const sizes: string[] = [];
  const durations: Durations[] = [];
  const call = twin.call.bind(twin);
  const look = async () => {
    for (const { name, ask } of DATA_QUESTIONS) answers.get(name)?.push((await ask(call)).body);
    sizes.push((await SIZES.ask(call)).body);
  };
  await twin.start();
  try {
    await twin.apply(sandbox.webhookUrl);
    await look();
    for (const file of files) {
      const began = performance.now();
      const id = await twin.upload(file);
      await twin.published(id);
      const importing = performance.now() - began;
      await look();
      const { checking, run } = await wholeRun(twin);
      sizes.push((await SIZES.ask(call)).body);
      durations.push({ importing, checking, requests: Math.ceil((run.counts["planned"] ?? 0) / BATCH_SIZE) });
    }
    const ask = twin.ask.bind(twin);
    const end = await everything(ask);
    const profiles = new Map<string, string>();
    for (const user of [SENTINEL, ...PEOPLE_COMPARED]) {
      profiles.set(user, (await profileQuestion(user).ask(call)).body);
    }
    const segments = segmentsOf(sandbox);
    await twin.stop();
    const digest = await digestOf(twin.dataFolder);
    return { answers, sizes, durations, end, profiles, segments, digest };
  } finally {
    await twin.killServer();
    await sandbox.close();
    rmSync(twin.folder, { recursive: true, force: true });
  }
}

export function segmentsOf(sandbox: Sandbox): Map<string, Set<string>> {
  return new Map(AUDIENCES.map((id) => [id, sandbox.people(id)]));
}

async function wholeRun(twin: Installation): Promise<{ checking: number; run: RunView }> {
  const before = (await twin.latestRun())?.id ?? 0;
  const began = performance.now();
  await twin.run();
  let checking = 0;
  const run = await eventually("the run ends", async () => {
    const latest = await twin.latestRun();
    if (latest === undefined || latest.id === before) return undefined;
    if (latest.state === "checking") checking = performance.now() - began;
    return latest.state === "done" || latest.state === "failed" ? latest : undefined;
  });
  if (run.state !== "done") throw new Error(`an undisturbed run ended ${JSON.stringify(run)}`);
  return { checking, run };
}
