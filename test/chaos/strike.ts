import type { Sandbox } from "@peregrine/ibexa-sandbox";
import type { Random } from "../../packages/cli/src/demo/random.ts";
import { eventually, type Installation, pause, type RunView } from "./installation.ts";
import type { PassesWatch } from "./passes.ts";
import { SIZES } from "./questions.ts";
import type { Durations } from "./twin.ts";

/** What is ended with SIGKILL, and how it comes back. */
export interface Victim {
  /** Ends it, and returns when the product works again. @param whileDead is called once it has ended */
  strike(installation: Installation, random: Random, whileDead?: () => void): Promise<void>;
}

export const VICTIMS = {
  server: {
    strike: async (installation, _, whileDead = () => {}) => {
      await installation.killServer();
      whileDead();
      await installation.start();
    },
  },
  "server, and again to the next start of it": {
    strike: async (installation, random, whileDead = () => {}) => {
      await installation.killServer();
      whileDead();
      await installation.startAndKill(random() * LATEST * (installation.starts[0] ?? 0));
      await installation.start();
    },
  },
  "engine host": {
    strike: async (installation, _, whileDead = () => {}) => {
      const killed = await installation.killEngine();
      whileDead();
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
  readonly passes: PassesWatch;
  readonly importId: number;
  /** The last run that had ended before the file came; 0 when there was none. */
  readonly runBefore: number;
  /** How many changes' messages Ibexa had been sent before the file came. */
  readonly sentBefore: number;
  readonly durations: Durations;
  /** The audiences' sizes once they are evaluated with the file, as `SIZES` gives them. */
  readonly sizesAfter: string | undefined;
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

/** Strikes a run in the phase that `moment` waits for: it gives the time to strike, or tells that there is none. */
function inRun(moment: (passage: Passage, look: () => Promise<RunView>) => Promise<boolean>): Moment {
  let struck: RunView | undefined;
  return async (passage) => {
    const { installation, runBefore } = passage;
    const look = () =>
      eventually("the run begins", async () => {
        const run = await installation.latestRun();
        return run?.id === runBefore ? undefined : run;
      });
    for (let tries = 0; tries < MOST_TRIES; tries += 1) {
      const run = await look();
      // Whoever takes a run over notes first until when the requests of the one before may still be carried out.
      const goesOn = run.id !== struck?.id || run.counts["settlesAt"] !== struck.counts["settlesAt"];
      if (goesOn || ENDED.has(run.state)) break;
      // An engine's death may have cut it off: then it would wait for the next minute. Or it did not notice.
      await installation.run();
      await pause(TRY_EVERY_MS);
    }
    const isTime = await moment(passage, look);
    struck = await look();
    return isTime && !ENDED.has(struck.state);
  };
}

/** Messages about members that the sandbox was sent. */
export function messagesSent(sandbox: Sandbox): number {
  return sandbox.totals().byAction["membershipChanges"] ?? 0;
}

async function delivering(passage: Passage, look: () => Promise<RunView>): Promise<boolean> {
  const { sandbox, random, durations, sentBefore } = passage;
  const sent = () => messagesSent(sandbox);
  // Of those that are left: what was struck before has sent its share.
  const left = Math.max(1, durations.requests - (sent() - sentBefore));
  const last = sent() + Math.floor(random() * (left + 1));
  const jitter = random() * JITTER_MS;
  const found = await eventually("requests are sent", async () => {
    const { state } = await look();
    if (ENDED.has(state)) return "over";
    return sent() >= last && state !== "checking" ? "now" : undefined;
  });
  await pause(jitter);
  return found === "now";
}

/**
 * An evaluation begins when a file is published, and again when what was struck is back.
 *
 * @param isTime waits, after the moment that was drawn, for the next that will do; false when the evaluation is over
 */
function evaluating(isTime: (passage: Passage, evaluation: number) => Promise<boolean>): Moment {
  let struck = 0;
  return async (passage) => {
    const { installation, importId, random, durations, sizesAfter } = passage;
    const { operation } = await installation.published(importId);
    const since = Math.max(struck, operation ?? 0);
    const begun = await eventually("the audiences are evaluated", async () => {
      const latest = await installation.underWay("evaluation");
      if (latest !== undefined && latest > since) return latest;
      const { body } = await SIZES.ask(installation.call.bind(installation));
      if (body === sizesAfter) return "over";
      // An engine's death may have cut it off: then it would wait for the next minute.
      await installation.run();
      return undefined;
    });
    if (begun === "over") return false;
    const strikeAt = performance.now() + random() * LATEST * durations.checking;
    while (performance.now() < strikeAt) {
      await pause(Math.min(TRY_EVERY_MS, strikeAt - performance.now()));
      if ((await installation.underWay("evaluation")) !== begun) return false;
    }
    if (!(await isTime(passage, begun))) return false;
    struck = begun;
    return true;
  };
}

interface Phase {
  /** Makes the moments of one scenario. */
  moments(): Moment;
  /** The kind of operation that a strike cuts off; undefined where it is none. */
  readonly cutsOff?: "import" | "evaluation";
  readonly isInPasses?: true;
}

export const PHASES: Readonly<Record<"import" | "evaluation" | "evaluation in passes" | "delivery", Phase>> =
  {
    import: { moments: importing, cutsOff: "import" },
    evaluation: { moments: () => evaluating(async () => true), cutsOff: "evaluation" },
    "evaluation in passes": {
      moments: () => evaluating(({ passes }, evaluation) => passes.run(evaluation)),
      cutsOff: "evaluation",
      isInPasses: true,
    },
    delivery: { moments: () => inRun(delivering) },
  };
