import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Installation, startInstallation } from "./installation.ts";

const DAY = 86_400_000;
const PEOPLE = 60;
const RULES = 70;
const ALONE = 20;
const SEED = 20_260_615;

const windows = fc.constantFrom(
  {},
  { within: { last: 30, unit: "days" } },
  { within: { last: 7, unit: "days" } },
);
const measures = fc.constantFrom(
  {},
  { measure: { count: true }, atLeast: 2 },
  { measure: { count: true }, atMost: 2 },
  { measure: { distinct: "amount" }, atLeast: 2 },
  { measure: { sum: "amount" }, atLeast: 20 },
  { measure: { average: "amount" }, lessThan: 15 },
  { measure: { minimum: "amount" }, is: 10 },
);
const leaves = fc.oneof(
  fc.constantFrom("UK", "France", "Norway").map((is) => ({ have: { attribute: "country", is } })),
  fc.boolean().map((isSet) => ({ have: { attribute: "country", isSet } })),
  fc
    .tuple(windows, measures, fc.constantFrom({}, { where: { property: "amount", atLeast: 10 } }))
    .map((parts) => ({ did: Object.assign({ event: "buy" }, ...parts) })),
);
const { rule: anyRule } = fc.letrec((tie) => ({
  rule: fc.oneof(
    { maxDepth: 3 },
    leaves,
    fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
    fc.array(tie("rule"), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    tie("rule").map((not) => ({ not })),
  ),
}));

let shop: Installation;
beforeAll(async () => {
  shop = await startInstallation();
});
afterAll(async () => {
  await shop?.close();
});

/** What happens between two evaluations: people come, say where they live, buy, and turn out to be one. */
function anyRound(round: number) {
  const first = round * PEOPLE + 1;
  const profile = fc.integer({ min: 1, max: first + PEOPLE - 1 });
  return fc.record({
    countries: fc.array(fc.tuple(profile, fc.constantFrom("UK", "France", "Norway", null)), {
      minLength: 40,
      maxLength: 40,
    }),
    buys: fc.array(fc.tuple(profile, fc.constantFrom(0, 7, 30, 90, -1), fc.constantFrom("5", "10", "20")), {
      minLength: 120,
      maxLength: 120,
    }),
  });
}

it("evaluates many audiences in pieces together as each alone, and who came and went is the difference", async () => {
  const rules = fc.sample(anyRule, { numRuns: RULES, seed: SEED });
  const together = rules.map((_, at) => `together${at}`);
  const alone = rules.slice(0, ALONE).map((_, at) => `alone${at}`);
  for (const [at, rule] of rules.entries()) {
    await shop.audience(`together${at}`, rule);
    if (at < ALONE) await shop.audience(`alone${at}`, rule);
  }
  // Pieces of nine people, so that many are merged into one of another piece; in passes and in one statement by turns.
  const inPieces = [1, 1_000_000].map((profiles) =>
    shop.secondProcess(shop.engine, {
      profiles: 9,
      events: 1_000_000,
      inPasses: { profiles, passes: 1 },
    }),
  );
  const merged = new Map<number, number>();
  const before = new Map<string, readonly number[]>(together.map((id) => [id, []]));
  const sizes = new Set<number>();
  for (const round of [0, 1, 2]) {
    const [drawn] = fc.sample(anyRound(round), { numRuns: 1, seed: SEED + round });
    if (drawn === undefined) throw new Error("nothing was drawn");
    const now = shop.clock.now();
    const newcomers = Array.from({ length: PEOPLE }, (_, at) => round * PEOPLE + 1 + at);
    // Half of those of the round before (but no survivor of this round: chains are never written) become the person with the number a fifth of theirs.
    const merges = newcomers
      .map((number) => number - PEOPLE)
      .filter((number) => number > 12 && number % 2 === 0)
      .map((number) => [number, canonical(merged, Math.ceil(number / 5))] as const);
    // Numbers that point at somebody who was merged now point at the survivor.
    const again = [...merged].flatMap(([old, survivor]) => {
      const into = merges.find(([number]) => number === survivor)?.[1];
      return into === undefined ? [] : [[old, into] as const];
    });
    for (const [old, survivor] of [...merges, ...again]) merged.set(old, survivor);
    await shop.write({
      profiles: newcomers,
      countries: drawn.countries,
      buys: drawn.buys.map(([profile, days, amount]) => [profile, now - days * DAY, amount]),
      merges: [...merges, ...again],
    });
    const evaluator = inPieces[round % inPieces.length] ?? shop.audiences;
    const { counts, sequence } = await evaluator.evaluate(together);
    for (const id of alone) await shop.audiences.evaluate([id]);
    for (const [at, id] of together.entries()) {
      const members = await shop.members(id);
      const words = JSON.stringify({ round, rule: rules[at] });
      if (at < ALONE) expect(members, words).toEqual(await shop.members(`alone${at}`));
      const were = new Set((before.get(id) ?? []).map((profile) => canonical(merged, profile)));
      expect(counts.get(id), words).toEqual({
        size: members.length,
        entered: members.filter((profile) => !were.has(profile)).length,
        left: [...were].filter((profile) => !members.includes(profile)).length,
      });
      before.set(id, members);
      sizes.add(members.length);
    }
    expect(sequence).toBeGreaterThan(0);
    shop.clock.advance(10 * DAY);
  }
  // Rules that find nobody, or everybody, would agree whatever is wrong.
  expect(sizes.size).toBeGreaterThan(25);
});

function canonical(merged: ReadonlyMap<number, number>, profile: number): number {
  const survivor = merged.get(profile);
  return survivor === undefined ? profile : canonical(merged, survivor);
}
