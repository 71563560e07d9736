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

/** All that an installation holds after so many files. */
export interface Standing {
  readonly everything: Readonly<Record<string, unknown>>;
  readonly profiles: ReadonlyMap<string, string>;
  readonly segments: ReadonlyMap<string, ReadonlySet<string>>;
  readonly digest: PlanesDigest;
}

/** Every fortieth person of those that Ibexa knows, to be compared one by one. */
const PEOPLE_COMPARED = Array.from(
  { length: Math.ceil((USERS_OF_IBEXA[1] - USERS_OF_IBEXA[0]) / 40) },
  (_, at) => String(USERS_OF_IBEXA[0] + at * 40),
);

/**
 * An installation that nobody disturbs, fed with the files one after the other, each delivered before the next comes.
 * It takes a file when a scenario comes to it: those that nobody needs cost nothing.
 */
export class Twin {
  /** By the name of the question: its answer after 0, 1, 2 … files. */
  readonly answers: ReadonlyMap<string, string[]> = new Map(DATA_QUESTIONS.map(({ name }) => [name, []]));
  /** In the order in which they can be seen: an evaluation's, then the same after the next file's merges … */
  readonly sizes: string[] = [];
  readonly #durations: Durations[] = [];
  readonly #standings = new Map<number, Standing>();
  readonly #installation: Installation;
  readonly #sandbox: Sandbox;
  readonly #files: readonly ShopFile[];
  readonly #soonestEnd: number;
  /** Who asks for a file waits for those that others asked for. */
  #feeding: Promise<void> = Promise.resolve();

  private constructor(
    installation: Installation,
    sandbox: Sandbox,
    files: readonly ShopFile[],
    soonestEnd: number,
  ) {
    this.#installation = installation;
    this.#sandbox = sandbox;
    this.#files = files;
    this.#soonestEnd = soonestEnd;
  }

  /** @param soonestEnd no scenario ends after fewer files */
  static async start(folder: string, files: readonly ShopFile[], soonestEnd: number): Promise<Twin> {
    const sandbox = await openSandbox();
    // Without the worker's role nothing runs unless it is told to: every state can be looked at.
    const installation = new Installation(join(folder, "twin"), {
      environment: { PEREGRINE_ROLES: "web,ingest" },
    });
    const twin = new Twin(installation, sandbox, files, soonestEnd);
    await installation.start();
    await installation.apply(sandbox.webhookUrl);
    await twin.#look();
    return twin;
  }

  /** Takes the files up to that one, the first being 0: what it needed. */
  async taken(file: number): Promise<Durations> {
    this.#feeding = this.#feeding.then(async () => {
      while (this.#durations.length <= file) await this.#feed();
    });
    await this.#feeding;
    return present(this.#durations[file], `file ${file}`);
  }

  /** What it held after so many files. */
  standing(files: number): Standing {
    return present(this.#standings.get(files), `standing after ${files} files`);
  }

  async close(): Promise<void> {
    await this.#feeding.catch(() => {});
    await this.#installation.killServer();
    await this.#sandbox.close();
  }

  async #look(): Promise<void> {
    const call = this.#installation.call.bind(this.#installation);
    for (const { name, ask } of DATA_QUESTIONS) this.answers.get(name)?.push((await ask(call)).body);
    this.sizes.push((await SIZES.ask(call)).body);
  }

  async #feed(): Promise<void> {
    const file = present(this.#files[this.#durations.length], "further file");
    const twin = this.#installation;
    const began = performance.now();
    const id = await twin.upload(file);
    await twin.published(id);
    const importing = performance.now() - began;
    await this.#look();
    const { checking, run } = await wholeRun(twin);
    this.sizes.push((await SIZES.ask(twin.call.bind(twin))).body);
    const requests = Math.ceil((run.counts["planned"] ?? 0) / BATCH_SIZE);
    const files = this.#durations.length + 1;
    if (files >= this.#soonestEnd) this.#standings.set(files, await this.#standing());
    this.#durations.push({ importing, checking, requests });
  }

  async #standing(): Promise<Standing> {
    const twin = this.#installation;
    const profiles = new Map<string, string>();
    for (const user of [SENTINEL, ...PEOPLE_COMPARED]) {
      profiles.set(user, (await profileQuestion(user).ask(twin.call.bind(twin))).body);
    }
    const standing = {
      everything: await everything(twin.ask.bind(twin)),
      profiles,
      segments: segmentsOf(this.#sandbox),
    };
    await twin.stop();
    const digest = await digestOf(twin.dataFolder);
    await twin.start();
    return { ...standing, digest };
  }
}

function present<Found>(found: Found | undefined, what: string): Found {
  if (found === undefined) throw new Error(`the twin has no ${what}`);
  return found;
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
