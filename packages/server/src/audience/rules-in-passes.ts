import { type CompiledInPasses, type CompiledPass, PASSES_LOST, PeregrineError } from "@peregrine/core";
import { type Engine, type Piece, views } from "../engine/index.ts";
import type { Snapshot } from "../store/index.ts";
import { RULE_SETTINGS } from "./rule-settings.ts";

/** So many passes run at once; an engine with more threads gives each several. */
const PASSES_AT_ONCE = 4;

interface InPasses {
  readonly snapshot: Snapshot;
  readonly piece: Piece | undefined;
  readonly compiled: CompiledInPasses;
  /** The table that was named when the rules were compiled; it is made and dropped here. */
  readonly table: string;
}

/**
 * Runs the passes of rules, and asks the last statement, which reads what they found.
 *
 * @throws PeregrineError `engineRestarted` when the engine forgot a pass, and what the engine throws; the table is gone
 *   then too, unless the engine is, and `clearLeftovers` finds it by the operation that it is named by
 */
export async function askInPasses<Result>(
  engine: Engine,
  { snapshot, piece, compiled, table }: InPasses,
  ask: () => Promise<Result>,
): Promise<Result> {
  // Without `SYNC` the engine keeps a dropped table in memory for minutes.
  const drop = () => engine.command(`DROP TABLE IF EXISTS ${table} SYNC`);
  await engine.command(`CREATE TABLE ${table} (${compiled.columns.join(", ")}) ENGINE = Memory`);
  try {
    await fill(engine, compiled.passes, async ({ columns, sql, needs }, threads, signal) => {
      const head = views(snapshot, { ...needs, piece });
      await engine.command(
        `INSERT INTO ${table} (${columns.join(", ")})\n${head.sql}${sql}`,
        { ...head.parameters, ...compiled.parameters },
        { settings: { ...RULE_SETTINGS, max_threads: threads, max_insert_threads: 1 }, signal },
      );
    });
    const result = await ask();
    await drop();
    return result;
  } catch (error) {
    await drop().catch(() => undefined);
    throw isLost(error)
      ? new PeregrineError("engineRestarted", {
          detail: "The engine was restarted between two steps of an evaluation.",
          cause: error,
        })
      : error;
  }
}

/** Runs all passes, some at once; after a failure no other is begun, and those that run are stopped. */
async function fill(
  engine: Engine,
  passes: readonly CompiledPass[],
  run: (pass: CompiledPass, threads: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const [row] = await engine.query<{ readonly threads: number }>(
    "SELECT toUInt32(getSetting('max_threads')) AS threads",
  );
  const all = row?.threads ?? 1;
  const lanes = Math.min(all, PASSES_AT_ONCE);
  const stop = new AbortController();
  const waiting = passes.values();
  const lane = async () => {
    for (const pass of waiting) {
      stop.signal.throwIfAborted();
      await run(pass, Math.floor(all / lanes), stop.signal);
    }
  };
  const ended = await Promise.allSettled(
    Array.from({ length: lanes }, async () => {
      try {
        await lane();
      } catch (error) {
        stop.abort(error);
        throw error;
      }
    }),
  );
  for (const one of ended) if (one.status === "rejected") throw stop.signal.reason;
}

function isLost(error: unknown): boolean {
  return error instanceof PeregrineError && error.detail.includes(PASSES_LOST);
}
