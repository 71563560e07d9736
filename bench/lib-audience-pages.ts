// What somebody waits for who writes a rule: previews, and values to choose from.
import type { AudienceService } from "@peregrine/server";
import { anyRule, randomOf } from "./lib-audience-rules.ts";
import { rounded, timed } from "./lib-report.ts";

const PREVIEWS = 20;
/** Columns with few, some and many values, and what is typed there; the last two are in no value, so all are searched. */
const TYPED = [
  [{ attribute: "country" }, "unit"],
  [{ attribute: "city" }, "city 1"],
  [{ attribute: "interests" }, "run"],
  [{ event: "pageview", property: "page" }, "product-4"],
  [{ event: "buy", property: "brand" }, "brand 2"],
  [{ event: "buy", property: "tags" }, "sa"],
  [{ event: "search", property: "page" }, "nowhere"],
  [{ attribute: "plan" }, "platinum"],
] as const;

function p95Ms(seconds: readonly number[]): number {
  const sorted = seconds.toSorted((left, right) => left - right);
  return Math.round((sorted[Math.ceil(sorted.length * 0.95) - 1] ?? 0) * 1000);
}

/** Rules of every kind that were never seen before, each first as an estimate and then counted. */
export async function measurePreviews(
  audiences: AudienceService,
  ids: readonly string[],
): Promise<{ readonly p95Ms: number; readonly countedP95Ms: number; readonly withinMargin: number }> {
  const random = randomOf(7);
  const shown: number[] = [];
  const counted: number[] = [];
  const within: boolean[] = [];
  for (let at = 0; at < PREVIEWS; at++) {
    const rule = anyRule(2 + random(5), random, ids.slice(0, 10));
    const found: Awaited<ReturnType<AudienceService["rules"]["preview"]>>[] = [];
    for (const [estimate, seconds] of [
      [true, shown],
      [false, counted],
    ] as const) {
      seconds.push(await timed(async () => found.push(await audiences.rules.preview(rule, { estimate }))));
    }
    const [first, exact] = found;
    for (const [block, { size, margin }] of first?.blocks.entries() ?? []) {
      if (first?.exact === false) within.push(Math.abs(size - (exact?.blocks[block]?.size ?? 0)) <= margin);
    }
  }
  const list = (values: readonly number[]) =>
    values
      .toSorted((left, right) => left - right)
      .map((seconds) => seconds.toFixed(2))
      .join(" ");
  console.log(`previews, first numbers: ${list(shown)} s`);
  console.log(`previews, counted: ${list(counted)} s`);
  return {
    p95Ms: p95Ms(shown),
    countedP95Ms: p95Ms(counted),
    withinMargin: within.length === 0 ? 1 : rounded(within.filter(Boolean).length / within.length, 3),
  };
}

/** What somebody types into a value, letter by letter: before anything was counted, and when all is. */
export async function measureSuggestions(
  audiences: AudienceService,
): Promise<{ readonly p95Ms: number; readonly uncountedP95Ms: number }> {
  const { suggestions } = audiences;
  const ask = async () => {
    const seconds: number[] = [];
    for (const [wanted, text] of TYPED) {
      for (let length = 0; length <= text.length; length++) {
        seconds.push(await timed(() => suggestions.values(wanted, text.slice(0, length), 20)));
      }
    }
    return seconds;
  };
  const uncounted = await ask();
  await suggestions.catalog();
  const counting = await timed(() => suggestions.idle());
  const counted = await ask();
  console.log(`suggestions: all values counted in ${counting.toFixed(1)} s, in the background`);
  return { p95Ms: p95Ms([...uncounted, ...counted]), uncountedP95Ms: p95Ms(uncounted) };
}
