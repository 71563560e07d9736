import {
  BRANDS,
  CATEGORIES,
  CITIES,
  COUNTRIES,
  EVENT_TYPES,
  INTERESTS,
  PAGES,
  PLANS,
  SECTIONS,
} from "./lib-audience-data.ts";

type Random = (below: number) => number;
type Made = Readonly<Record<string, unknown>>;

/** A generator that draws the same numbers for the same seed. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function one<Of>(of: readonly Of[], random: Random): Of {
  const drawn = of[random(of.length)];
  if (drawn === undefined) throw new Error("nothing to draw from");
  return drawn;
}

function some<Of>(of: readonly Of[], random: Random): Of[] {
  return [...new Set(Array.from({ length: 2 + random(3) }, () => one(of, random)))];
}

const HAVES: readonly ((random: Random) => Made)[] = [
  (random) => ({ attribute: "country", is: one(COUNTRIES, random) }),
  (random) => ({ attribute: "country", isNot: one(COUNTRIES, random) }),
  (random) => ({ attribute: "city", isAnyOf: some(CITIES, random) }),
  (random) => ({ attribute: "plan", is: one(PLANS, random), ignoreCase: true }),
  (random) => ({ attribute: "age", atLeast: 18 + random(40) }),
  (random) => ({ attribute: "age", between: [18 + random(10), 30 + random(40)] }),
  (random) => ({ attribute: "score", lessThan: random(1000) }),
  (random) => ({ attribute: "score", moreThan: random(1000) }),
  (random) => ({ attribute: "vip", is: random(2) === 0 }),
  (random) => ({ attribute: one(["birthday", "interests", "age"], random), isSet: random(2) === 0 }),
  (random) => ({ attribute: "city", startsWith: `City ${1 + random(9)}` }),
  (random) => ({ attribute: "country", contains: one(["an", "land", "way"], random), ignoreCase: true }),
  (random) => ({ attribute: "interests", containsAny: some(INTERESTS, random) }),
  (random) => ({ attribute: "interests", containsAll: some(INTERESTS, random).slice(0, 2) }),
  (random) => ({ attribute: "birthday", before: `19${60 + random(40)}-01-01` }),
  (random) => ({ attribute: "birthday", anniversaryWithin: { days: random(60) } }),
];

const WINDOWS = [
  { last: 24, unit: "hours" },
  { last: 7, unit: "days" },
  { last: 30, unit: "days" },
  { last: 30, unit: "days" },
  { last: 90, unit: "days" },
  { last: 26, unit: "weeks" },
  { last: 12, unit: "months" },
  { between: ["2025-11-01", "2025-12-24"] },
  { before: "2026-01-01" },
  null,
  null,
];

const FILTERS: { readonly [Schema in keyof typeof EVENT_TYPES]: readonly ((random: Random) => Made)[] } = {
  web: [
    (random) => ({ property: "section", is: one(SECTIONS, random) }),
    (random) => ({ property: "section", isNot: one(SECTIONS, random) }),
    (random) => ({ property: "page", isAnyOf: some(PAGES, random) }),
    (random) => ({ property: "page", startsWith: `/category/${random(25)}/` }),
    (random) => ({ property: "seconds", atLeast: 10 * (1 + random(12)) }),
    (random) => ({ property: "mobile", is: random(2) === 0 }),
  ],
  shop: [
    (random) => ({ property: "brand", is: one(BRANDS, random) }),
    (random) => ({ property: "brand", isAnyOf: some(BRANDS, random) }),
    (random) => ({ property: "category", is: one(CATEGORIES, random), ignoreCase: true }),
    (random) => ({ property: "amount", atLeast: 10 * (1 + random(12)) }),
    () => ({ property: "gift", is: true }),
    () => ({ property: "tags", isSet: true }),
    () => ({ property: "tags", contains: "sale" }),
    () => ({ property: "delivered", withinLast: { last: 60, unit: "days" } }),
    (random) => ({ property: "delivered", isSet: random(2) === 0 }),
  ],
};

const MEASURES: { readonly [Schema in keyof typeof EVENT_TYPES]: readonly ((random: Random) => Made)[] } = {
  web: [
    (random) => ({ measure: { distinct: "page" }, atLeast: 2 + random(8) }),
    (random) => ({ measure: { sum: "seconds" }, atLeast: 100 * (1 + random(50)) }),
    (random) => ({ measure: { average: "seconds" }, moreThan: 100 + random(300) }),
    (random) => ({ measure: { maximum: "seconds" }, atLeast: 300 + random(290) }),
  ],
  shop: [
    (random) => ({ measure: { distinct: "brand" }, atLeast: 2 + random(4) }),
    (random) => ({ measure: { sum: "amount" }, atLeast: 100 * (1 + random(10)) }),
    (random) => ({ measure: { sum: { product: ["amount", "quantity"] } }, atLeast: 100 * (1 + random(30)) }),
    (random) => ({ measure: { average: "amount" }, atLeast: 50 + random(150) }),
    (random) => ({ measure: { minimum: "amount" }, lessThan: 5 + random(40) }),
    (random) => ({ measure: { maximum: "amount" }, atLeast: 150 + random(140) }),
  ],
};

/** @param earlier audiences that it may name */
function condition(random: Random, earlier: readonly string[]): Made {
  const kind = random(20);
  if (kind < 7) return { have: one(HAVES, random)(random) };
  if (kind === 19 && earlier.length > 0) {
    const named = { inAudience: one(earlier, random) };
    return random(2) === 0 ? named : { not: named };
  }
  const schema = kind < 14 ? "web" : "shop";
  const within = one(WINDOWS, random);
  // Half ask for at least once, a quarter for a number of times, a quarter for another measure.
  const asked = random(4);
  const did = {
    event: one(EVENT_TYPES[schema], random),
    ...(random(2) === 0 ? { where: filter(schema, random) } : {}),
    ...(asked === 2 ? { measure: { count: true }, atLeast: 2 + random(6) } : {}),
    ...(asked === 3 ? one(MEASURES[schema], random)(random) : {}),
    ...(within === null ? {} : { within }),
    ...(asked === 1 && within !== null ? { occurrence: one(["first", "last"], random) } : {}),
  };
  // "visit" is an event of both schemas, which have no property in common.
  const open = did.event === "visit" ? { event: "visit", ...(within === null ? {} : { within }) } : did;
  return random(5) === 0 ? { not: { did: open } } : { did: open };
}

function filter(schema: keyof typeof EVENT_TYPES, random: Random): Made {
  const first = one(FILTERS[schema], random)(random);
  if (random(3) > 0) return first;
  return { [one(["all", "any"], random)]: [first, one(FILTERS[schema], random)(random)] };
}

/** A rule of so many conditions of every kind, one of which may name an earlier audience. */
export function anyRule(conditions: number, random: Random, earlier: readonly string[] = []): unknown {
  const made = Array.from({ length: conditions }, () => condition(random, earlier));
  if (conditions < 4) return { [one(["all", "any"], random)]: made };
  return { all: [...made.slice(0, 2), { any: made.slice(2) }] };
}

/** So many audiences of 2 to 6 conditions, always the same; from the tenth on they may name one of the first ten. */
export function anyAudiences(count: number): { readonly id: string; readonly rule: unknown }[] {
  const random = randomOf(3);
  const ids = Array.from({ length: count }, (_, at) => `a${String(at).padStart(7, "0")}`);
  return ids.map((id, at) => ({
    id,
    rule: anyRule(2 + random(5), random, at < 10 ? [] : ids.slice(0, 10)),
  }));
}
