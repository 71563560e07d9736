import { type Random, seededRandom } from "../../packages/cli/src/demo/random.ts";

/** `PEREGRINE_CHAOS_SEED=… npx vitest run --project chaos` repeats the moments of an earlier run. */
const given = process.env["PEREGRINE_CHAOS_SEED"];

/** Decides all moments of a run; another one each time unless it is given. */
export const SEED = given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);

const strikes = process.env["PEREGRINE_CHAOS_STRIKES"];

/** How often each scenario is struck: twice among the other tests, twenty times by `npm run chaos`, which takes long. */
export const STRIKES = strikes === undefined ? 2 : Number(strikes);

/** Among the other tests some scenarios are left out. */
export const ARE_ALL_STRUCK = strikes !== undefined;

/** A source of numbers of a scenario's own: what the others draw, and when, does not change it. */
export function randomOf(scenario: string): Random {
  let mixed = SEED;
  for (const letter of scenario) mixed = Math.imul(mixed ^ letter.charCodeAt(0), 0x01000193) >>> 0;
  return seededRandom(mixed);
}
