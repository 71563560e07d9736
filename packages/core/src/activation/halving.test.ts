import fc from "fast-check";
import { expect, it } from "vitest";
import { halves } from "./halving.ts";

/** Sends like a destination that refuses a batch for one bad element. */
function isolate(
  batch: readonly number[],
  bad: ReadonlySet<number>,
): { refused: number[]; messages: number } {
  const isRefused = batch.some((one) => bad.has(one));
  if (!isRefused) return { refused: [], messages: 1 };
  const parts = halves(batch).map((part) => isolate(part, bad));
  return {
    refused: parts.length === 0 ? [...batch] : parts.flatMap(({ refused }) => refused),
    messages: parts.reduce((sum, { messages }) => sum + messages, 1),
  };
}

it("leaves exactly the refused alone, whoever and however many they are", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), fc.array(fc.nat(199)), (size, bad) => {
      const batch = Array.from({ length: size }, (_, at) => at);
      const expected = [...new Set(bad)].filter((one) => one < size).sort((a, b) => a - b);
      expect(isolate(batch, new Set(bad)).refused).toEqual(expected);
    }),
  );
});

it("finds one in 99 with at most 15 messages", () => {
  const batch = Array.from({ length: 99 }, (_, at) => at);
  for (const bad of batch) expect(isolate(batch, new Set([bad])).messages).toBeLessThanOrEqual(15);
});
