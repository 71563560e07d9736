import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { between, oneOf, type Random, seededRandom } from "../../packages/cli/src/demo/random.ts";

/** One file, and the dataflow that takes it. */
export interface ShopFile {
  readonly dataflow: "people" | "behaviour";
  readonly path: string;
  readonly rows: number;
}

/** Everything is evaluated as of this instant, so that two installations agree whenever they are asked. */
export const AS_OF = "2026-06-01T00:00:00Z";
export const ACTIVATION = "chaos";
export const SEGMENT_GROUP = "chaos_segments";
export const CLIENT = { id: "chaos", secret: "only-for-the-sandbox" } as const;
export const BATCH_SIZE = 40;

const FIRST_USER = 1_001;
const USERS = 1_500;
export const USERS_OF_IBEXA: [number, number] = [FIRST_USER, FIRST_USER + USERS - 1];
const STRANGERS = 500;
const PEOPLE_ROWS = 1_500;
const BEHAVIOUR_ROWS = 3_000;
const DAY = 86_400_000;
const COUNTRIES = ["Germany", "France", "Italy", "Norway"] as const;
const EVENTS = ["visit", "visit", "visit", "basket", "buy"] as const;
const CATEGORIES = ["dogs", "cats", "tents", "boots"] as const;

/** Stands in every file: whoever looks at this person sees every import. */
export const SENTINEL = String(FIRST_USER);

/**
 * Writes the shop's files in the order of their import, people and behaviour by turns. Attributes go up and down,
 * so that people join and leave; cookies are shared, so that identifiers are fought over; strangers sign in later,
 * so that profiles merge. The same files each time.
 */
export function writeShop(folder: string, files: number): ShopFile[] {
  mkdirSync(folder, { recursive: true });
  const random = seededRandom(20_260_601);
  return Array.from({ length: files }, (_, at) => {
    const dataflow = at % 2 === 0 ? "people" : "behaviour";
    const [header, rows] = dataflow === "people" ? people(random, at) : behaviour(random, at);
    const path = join(folder, `${at}-${dataflow}.csv`);
    writeFileSync(path, `${[header, ...rows].join("\n")}\n`);
    return { dataflow, path, rows: rows.length };
  });
}

function people(random: Random, file: number): [header: string, rows: string[]] {
  const first = Date.parse(AS_OF) - 200 * DAY + file * DAY;
  const rows = Array.from({ length: PEOPLE_ROWS }, (_, at) => {
    const sentinel = at === 0;
    const user = sentinel ? SENTINEL : String(between(random, ...USERS_OF_IBEXA));
    const email = random() < 0.7 ? emailOf(random, user) : "";
    const cookie = random() < 0.3 ? cookieOf(random, user) : "";
    const country = random() < 0.1 ? "" : oneOf(random, COUNTRIES);
    return [
      // Somebody who is known by e-mail alone, now and then.
      !sentinel && email !== "" && random() < 0.1 ? "" : user,
      email,
      cookie,
      country,
      between(random, 0, 5),
      random() < 0.5 ? "yes" : "no",
      new Date(first + at * 1_000).toISOString(),
    ].join(",");
  });
  return ["user,email,cookie,country,tier,newsletter,at", rows];
}

function behaviour(random: Random, file: number): [header: string, rows: string[]] {
  const rows = Array.from({ length: BEHAVIOUR_ROWS }, (_, at) => {
    const sentinel = at === 0;
    const user = sentinel ? SENTINEL : String(between(random, ...USERS_OF_IBEXA));
    const knownCookie = random() < 0.5;
    const signedIn = sentinel || random() < 0.4;
    return [
      // Some keys come again in a later file: their events are there already.
      `${random() < 0.05 ? Math.max(file - 2, 1) : file}-${at}`,
      signedIn ? user : "",
      knownCookie ? cookieOf(random, user) : `s${between(random, 1, STRANGERS)}`,
      oneOf(random, EVENTS),
      new Date(Date.parse(AS_OF) - between(random, 1, 400 * 24 * 60) * 60_000).toISOString(),
      oneOf(random, CATEGORIES),
      between(random, 1, 200),
      between(random, 1, 3),
    ].join(",");
  });
  return ["id,user,cookie,event,at,category,price,quantity", rows];
}

/** One in eight people shares an address with somebody else. */
function emailOf(random: Random, user: string): string {
  const whose = random() < 0.12 ? Number(user) - (Number(user) % 2) : user;
  return `p${whose}@example.com`;
}

/** Two cookies each, and one in eight is that of a neighbour's device. */
function cookieOf(random: Random, user: string): string {
  const whose = random() < 0.12 ? Number(user) + 1 : user;
  return `c${whose}-${between(random, 1, 2)}`;
}

const buys = (where?: object) => ({ did: { event: "buy", ...(where === undefined ? {} : { where }) } });

/** Who is in them changes with every file, in both directions. */
const RULES: Record<string, { name: string; rule: object }> = {
  c0000001: {
    name: "From Germany or France",
    rule: { have: { attribute: "country", isAnyOf: ["Germany", "France"] } },
  },
  c0000002: { name: "High tier", rule: { have: { attribute: "tier", atLeast: 3 } } },
  c0000003: {
    name: "Newsletter, low tier",
    rule: {
      all: [
        { have: { attribute: "newsletter", is: true } },
        { not: { have: { attribute: "tier", atLeast: 3 } } },
      ],
    },
  },
  c0000004: {
    name: "Visited and did not buy",
    rule: { all: [{ did: { event: "visit", within: { last: 90, unit: "days" } } }, { not: buys() }] },
  },
  c0000005: {
    name: "Spent 300 in a year",
    rule: {
      did: {
        event: "buy",
        measure: { sum: { product: ["price", "quantity"] } },
        atLeast: 300,
        within: { last: 12, unit: "months" },
      },
    },
  },
  c0000006: {
    name: "Looked at three categories",
    rule: { did: { event: "visit", measure: { distinct: "category" }, atLeast: 3 } },
  },
  c0000007: {
    name: "Bought nothing for dogs",
    rule: { all: [buys(), { not: buys({ property: "category", is: "dogs" }) }] },
  },
};

export const AUDIENCES = Object.keys(RULES);

/** The same audience once more, under another id. */
export function copyOf(audience: string): { readonly id: string; readonly document: object } {
  const id = audience.replace(/^c/, "d");
  return { id, document: { kind: "audience", id, ...RULES[audience] } };
}

/** All definitions of an installation whose activation goes to this webhook. */
export function definitionsOf(webhookUrl: string): object[] {
  return [
    { kind: "identifier", id: "userid", priority: 100, limit: "one", blocked: ["0"] },
    { kind: "identifier", id: "email", priority: 80, limit: "many", normalise: ["trim", "lowercase"] },
    { kind: "identifier", id: "coid", priority: 20, limit: "many" },
    {
      kind: "schema",
      id: "people",
      parent: "PersonalData",
      personIdentifier: "userid",
      columns: [
        { name: "userid", type: "text", identifier: "userid" },
        { name: "email", type: "text", identifier: "email" },
        { name: "coid", type: "text", identifier: "coid" },
        { name: "country", type: "text" },
        { name: "tier", type: "number" },
        { name: "newsletter", type: "boolean" },
      ],
    },
    {
      kind: "schema",
      id: "behaviour",
      parent: "Interaction",
      personIdentifier: "coid",
      columns: [
        { name: "userid", type: "text", identifier: "userid" },
        { name: "coid", type: "text", identifier: "coid" },
        { name: "category", type: "text" },
        { name: "price", type: "number" },
        { name: "quantity", type: "number" },
      ],
    },
    {
      kind: "dataflow",
      id: "people",
      schema: "people",
      time: "time(at)",
      map: {
        userid: "user",
        email: "email",
        coid: "cookie",
        country: "country",
        tier: "number(tier)",
        newsletter: 'newsletter = "yes"',
      },
    },
    {
      kind: "dataflow",
      id: "behaviour",
      schema: "behaviour",
      event: "event",
      key: "id",
      time: "time(at)",
      map: {
        userid: "user",
        coid: "cookie",
        category: "category",
        price: "number(price)",
        quantity: "number(quantity)",
      },
    },
    ...Object.entries(RULES).map(([id, audience]) => ({ kind: "audience", id, ...audience })),
    {
      kind: "activation",
      id: ACTIVATION,
      name: "Chaos",
      type: "ibexa",
      personIdentifier: "userid",
      settings: {
        clientId: CLIENT.id,
        clientSecret: CLIENT.secret,
        baseUrl: webhookUrl,
        segmentGroupIdentifier: SEGMENT_GROUP,
        advanced: { batchSize: BATCH_SIZE, timeoutSeconds: 0.5 },
      },
      audiences: AUDIENCES,
      // What is held waits for somebody, and nobody is there: people come and go by hundreds.
      guard: { removals: 1_000_000, emptied: 1_000_000, failedImports: "pass" },
    },
  ];
}
