import { nearest } from "../schema/mapping/spelling.ts";

/** A sentence to put behind "there is no such name", where a known one is near enough to be worth asking. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const found = nearest(name, known);
  return found === undefined ? undefined : `Did you mean \`${found}\`?`;
}
