const given = process.env["PEREGRINE_FUZZ_SHARE"];

/** How much of the fuzzing is done: a fifth among the other tests, all of it by `npm run fuzz`. */
const SHARE = given === undefined ? 0.2 : Number(given);

/** So many of the inputs that `npm run fuzz` tries. */
export function shareOf(inputs: number): number {
  return Math.ceil(inputs * SHARE);
}
