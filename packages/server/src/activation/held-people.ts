import type { Engine, Parameters } from "../engine/engine.ts";
import type { RemovalHold } from "../store/index.ts";

/** A plan's removals of one audience that the guard watched: where the people of a hold are written down. */
export type HeldBlock = Pick<RemovalHold, "run" | "epoch"> & { readonly audience: string };

/** The first number of the removals that the guard watches, and the one after the last. */
export const GUARDED_FROM = 2 ** 30;
export const GUARDED_TO = 2 ** 31;

export function blockOf({ run, epoch, audienceId }: RemovalHold): HeldBlock {
  return { run, epoch, audience: audienceId };
}

/**
 * A condition that a person stands in one of the blocks.
 * @param prefix of the values that it binds
 * @param columns names of the columns that hold the audience (a String) and the person id
 * @param of where blocks of several activations are given: the number of each block's activation, and the name of the
 *   column that holds one
 */
export function heldIn(
  blocks: readonly HeldBlock[],
  prefix: string,
  columns: { readonly audience: string; readonly person: string },
  of?: { readonly activations: readonly number[]; readonly column: string },
): { readonly sql: string; readonly parameters: Parameters } {
  if (blocks.length === 0) return { sql: "0", parameters: {} };
  const [runs, epochs, audiences] = ["runs", "epochs", "audiences"].map((name) => `${prefix}_held_${name}`);
  // A run is of one activation.
  const activations = `${prefix}_held_activations`;
  const activation = `transform(run, {${runs}:Array(UInt64)}, {${activations}:Array(UInt32)}, toUInt32(0)), `;
  return {
    sql: `((${of === undefined ? "" : `${of.column}, `}${columns.audience}, ${columns.person}) IN (
      SELECT ${of === undefined ? "" : activation}toString(audience), person_id FROM plan_change
      WHERE run IN {${runs}:Array(UInt64)} AND n >= ${GUARDED_FROM} AND n < ${GUARDED_TO}
        AND has(arrayZip({${runs}:Array(UInt64)}, {${epochs}:Array(UInt32)}, {${audiences}:Array(String)}),
          (run, epoch, toString(audience)))
    ))`,
    parameters: {
      [`${runs}`]: blocks.map(({ run }) => run),
      [`${epochs}`]: blocks.map(({ epoch }) => epoch),
      [`${audiences}`]: blocks.map(({ audience }) => audience),
      ...(of === undefined ? {} : { [activations]: of.activations }),
    },
  };
}

/** In which of the blocks a person stands, by audience. */
export async function heldBlocksOf(
  engine: Engine,
  blocks: readonly HeldBlock[],
  personId: string,
): Promise<ReadonlySet<string>> {
  if (blocks.length === 0) return new Set();
  const rows = await engine.query<{ of: string; run: number; epoch: number }>(
    `SELECT toString(audience) AS of, run, epoch FROM plan_change
    WHERE run IN {hp_runs:Array(UInt64)} AND n >= ${GUARDED_FROM} AND n < ${GUARDED_TO}
      AND person_id = {hp_person:String}`,
    { hp_runs: blocks.map(({ run }) => run), hp_person: personId },
  );
  const isOf = (row: (typeof rows)[number]) =>
    blocks.some(({ audience, run, epoch }) => audience === row.of && run === row.run && epoch === row.epoch);
  return new Set(rows.filter(isOf).map(({ of }) => of));
}
