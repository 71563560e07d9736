import type { Sandbox } from "@peregrine/ibexa-sandbox";
import type { Random } from "../../packages/cli/src/demo/random.ts";
import { eventually, type Installation, pause } from "./installation.ts";
import type { Durations } from "./twin.ts";

/** What is ended with SIGKILL, and how it comes back. */
export interface Victim {
  /** Ends it, and returns when the product works again. */
  strike(installation: Installation): Promise<void>;
}

export const VICTIMS = {
  server: {
    strike: async (installation) => {
      await installation.killServer();
      await installation.start();
    },
  },
  "engine host": {
    strike: async (installation) => {
      const killed = await installation.killEngine();
      await eventually("another engine host works", async () =>
        (await installation.enginePid()) === killed ? undefined : true,
      );
    },
  },
} as const satisfies Record<string, Victim>;

/** A file on its way, and what is known of the way. */
export interface Passage {
  readonly installation: Installation;
  readonly sandbox: Sandbox;
  readonly random: Random;
  readonly importId: number;
  /** The last run that had ended before the file came; 0 when there was none. */
  readonly runBefore: number;
  readonly durations: Durations;
}

/**
 * Waits for a moment drawn from a phase of the passage; true while the phase lasts: now is the time to strike.
 * False when it was over before.
 */
export type Moment = (passage: Passage) => Promise<boolean>;

const ENDED_IMPORT = new Set(["published", "failed", "refused", "unchanged"]);
const ENDED = new Set(["done", "failed", "stopped"]);
/** After its last request a delivery still records answers; so long a strike may come later than a request. */
const JITTER_MS = 25;
/** Of a phase's undisturbed duration: a strike after its end would hit nothing. */
const LATEST = 0.95;
const TRY_EVERY_MS = 20;
const MOST_TRIES = 20;

/** Once struck, an import is done again under another operation; before it is, there is nothing to strike. */
function importing(): Moment {
  let struck: number | null = null;
  return async ({ installation, importId, random, durations }) => {
    const look = () => installation.import(importId);
    await eventually("the import begins", async () => {
      const { state, operation } = await look();
      return ENDED_IMPORT.has(state) || (operation !== null && operation !== struck) ? true : undefined;
    });
    const strikeAt = performance.now() + random() * LATEST * durations.importing;
    let found = await look();
    while (found.state === "running" && performance.now() < strikeAt) {
      await pause(Math.min(20, strikeAt - performance.now()));
      found = await look();
    }
    struck = found.operation;
    return found.state === "running";
  };
}

/** The passage's run: undefined before it begins. */
async function runOf({ installation, runBefore }: Passage) {
  const run = await installation.latestRun();
  return run === undefined || run.id === runBefore ? undefined : run;
}

const checking: Moment = async (passage) => {
  if ((await underWay(passage)) !== "checking") return false;
  await pause(passage.random() * LATEST * passage.durations.checking);
  return (await runOf(passage))?.state === "checking";
};

const delivering: Moment = async (passage) => {
  const { sandbox, random, durations } = passage;
  await underWay(passage);
  const sent = () => sandbox.totals().byAction["membershipChanges"] ?? 0;
  const last = sent() + Math.floor(random() * (durations.requests + 1));
  const jitter = random() * JITTER_MS;
  const found = await eventually("requests are sent", async () => {
    const state = (await runOf(passage))?.state ?? "checking";
    if (ENDED.has(state)) return "over";
    return sent() >= last && state !== "checking" ? "now" : undefined;
  });
  if (found === "over") return false;
  await pause(jitter);
  return !ENDED.has((await runOf(passage))?.state ?? "done");
};

/**
 * Waits for the passage's run, and goes on with it when the engine's death cut it off: it would wait for the next
 * minute. One that is told to be under way for so long really is.
 */
async function underWay(passage: Passage): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const run = await eventually("the run begins", () => runOf(passage));
    if (ENDED.has(run.state) || tries === MOST_TRIES || (await passage.installation.run())) return run.state;
    await pause(TRY_EVERY_MS);
  }
}

/** Each makes the moments of one scenario. */
export const PHASES = {
  import: importing,
  evaluation: () => checking,
  delivery: () => delivering,
} as const satisfies Record<string, () => Moment>;
