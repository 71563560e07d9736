const given = process.env["PEREGRINE_TEST_SHARE"];

/** How much of what is tried at random is tried: a tenth among the other tests, all of it by `npm run fuzz`. */
const SHARE = given === undefined ? 0.1 : Number(given);

/** So many of the inputs that `npm run fuzz` tries. */
export function shareOf(inputs: number): number {
  return Math.ceil(inputs * SHARE);
}

/** What is done whole by `npm run fuzz`, and less of it among the other tests. */
export function wholeOr<Value>(whole: Value, less: Value): Value {
  return SHARE >= 1 ? whole : less;
}
