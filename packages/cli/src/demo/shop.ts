import { ASSORTMENT, type Product } from "./assortment.ts";
import { between, oneOf, type Random, seededRandom, uuid } from "./random.ts";

/** The files that the invented shop would export: a header line and rows, ready to be written. */
export interface ShopFiles {
  /** Accounts, as the shop's user export has them. */
  readonly customers: string;
  /** Newsletter sign-ups: an e-mail and the cookie of the browser, with or without an account. */
  readonly newsletter: string;
  /** Visits, baskets and order lines, with the cookie and, after a sign-in, the user id. */
  readonly events: string;
}

interface Customer {
  readonly userId: number;
  readonly email: string;
  readonly cookies: readonly [string, ...string[]];
  readonly signedUpAt: number;
  /** Sessions a year; very uneven, as in life. */
  readonly sessions: number;
  /** When the customer stopped coming, in milliseconds; the end of the year for those who still come. */
  readonly activeUntil: number;
  readonly favourite: string;
}

type Place = readonly [country: string, city: string];

const DAY = 86_400_000;
const YEAR = 365 * DAY;
/** The user ids of the accounts: from the first to the last, all of them. */
export const FIRST_USER = 1_001;
const CUSTOMERS = 3_000;
export const LAST_USER = FIRST_USER + CUSTOMERS - 1;
const STRANGERS = 2_200;
const FIRST_NAMES = [
  "Ada",
  "Björn",
  "Chloé",
  "Dmitri",
  "Elif",
  "Finn",
  "Greta",
  "Hugo",
  "Ines",
  "Jonas",
  "Kaja",
  "Luca",
  "Mira",
  "Noah",
  "Olga",
  "Pablo",
  "Rosa",
  "Søren",
  "Tove",
  "Yara",
] as const;
const LAST_NAMES = [
  "Almeida",
  "Berg",
  "Costa",
  "Dupont",
  "Eriksen",
  "Fischer",
  "García",
  "Hansen",
  "Ibsen",
  "Jansen",
  "Kowalski",
  "Lindqvist",
  "Moreau",
  "Novak",
  "O'Hara",
  "Petrov",
  "Rossi",
  "Schmidt",
  "Tanaka",
  "Weber",
] as const;
const PLACES: readonly [Place, ...Place[]] = [
  ["Germany", "Berlin"],
  ["Germany", "Hamburg"],
  ["Germany", "München"],
  ["France", "Lyon"],
  ["France", "Paris"],
  ["United Kingdom", "Leeds"],
  ["United Kingdom", "London"],
  ["Norway", "Oslo"],
  ["Poland", "Kraków"],
  ["Spain", "Sevilla"],
];
const SITES = ["mail.example", "post.example", "inbox.example"] as const;

function instant(ms: number): string {
  return new Date(ms).toISOString();
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

class Lines {
  readonly #header: string;
  readonly #lines: { readonly at: string; readonly line: string }[] = [];

  constructor(header: readonly string[]) {
    this.#header = header.join(",");
  }

  /** @param at the instant of the row, ISO 8601: rows are written in its order, as a log has them */
  add(at: string, values: readonly (string | number)[]): void {
    this.#lines.push({ at, line: values.map(cell).join(",") });
  }

  text(): string {
    const rows = this.#lines.toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0));
    return `${[this.#header, ...rows.map((row) => row.line)].join("\n")}\n`;
  }
}

function makeCustomers(random: Random, from: number, to: number): Customer[] {
  return Array.from({ length: CUSTOMERS }, (_, index) => {
    const signedUpAt = random() < 0.6 ? from - random() * YEAR : from + random() * (to - from);
    const lapsed = random() < 0.35;
    const cookies = Array.from({ length: between(random, 1, 3) }, () => uuid(random));
    return {
      userId: FIRST_USER + index,
      email: `person${FIRST_USER + index}@${oneOf(random, SITES)}`,
      cookies: [uuid(random), ...cookies.slice(1)],
      signedUpAt,
      sessions: Math.ceil(2 / (0.02 + random() ** 1.5)),
      activeUntil: lapsed ? from + random() * (to - from) : to,
      favourite: oneOf(random, ["Tents", "Sleeping", "Cooking", "Footwear", "Clothing", "Climbing", "Dogs"]),
    };
  });
}

function productFor(random: Random, favourite: string): Product {
  const pool = random() < 0.6 ? ASSORTMENT.filter((product) => product.category === favourite) : ASSORTMENT;
  return pool[Math.floor(random() * pool.length)] ?? (ASSORTMENT[0] as Product);
}

/** One visit to the shop: some pages, perhaps a basket, perhaps an order. */
function addSession(
  random: Random,
  lines: Lines,
  who: { cookie: string; userId: number | ""; favourite: string; buys: boolean },
  startedAt: number,
  order: () => string,
): void {
  let clock = startedAt;
  const seen: Product[] = [];
  const next = () => {
    clock += between(random, 5, 240) * 1_000;
    return clock;
  };
  for (let page = between(random, 1, 6); page > 0; page -= 1) {
    const product = productFor(random, who.favourite);
    seen.push(product);
    const at = instant(next());
    lines.add(at, [
      "visit",
      at,
      who.cookie,
      who.userId,
      product.id,
      product.category,
      product.brand,
      "",
      "",
      "",
    ]);
  }
  const basket = seen.filter(() => random() < 0.25);
  for (const product of basket) {
    const at = instant(next());
    lines.add(at, [
      "basket",
      at,
      who.cookie,
      who.userId,
      product.id,
      product.category,
      product.brand,
      product.price,
      1,
      "",
    ]);
  }
  if (!who.buys || basket.length === 0 || random() < 0.35) return;
  const orderId = order();
  const boughtAt = instant(next());
  for (const product of basket) {
    const quantity = product.price < 40 ? between(random, 1, 4) : 1;
    lines.add(boughtAt, [
      "buy",
      boughtAt,
      who.cookie,
      who.userId,
      product.id,
      product.category,
      product.brand,
      product.price,
      quantity,
      orderId,
    ]);
  }
}

/**
 * An invented outdoor shop with its last year: customers with accounts, people who only left an e-mail, strangers
 * who never signed in, families that share a browser. The same seed and the same `now` give the same files.
 *
 * @param now the instant up to which things happened, in milliseconds
 */
export function makeShop(now: number, seed = 20_260_401): ShopFiles {
  const random = seededRandom(seed);
  const from = now - YEAR;
  const customers = makeCustomers(random, from, now);
  const accounts = new Lines(["id", "email", "name", "country", "city", "newsletter", "registered"]);
  const newsletter = new Lines(["email", "cookie", "at", "source"]);
  const events = new Lines([
    "event",
    "at",
    "cookie",
    "user_id",
    "product",
    "category",
    "brand",
    "price",
    "quantity",
    "order_id",
  ]);
  let orders = 50_000;
  const order = () => {
    orders += 1;
    return `O-${orders}`;
  };

  for (const customer of customers) {
    const [country, city] = oneOf(random, PLACES);
    const name = `${oneOf(random, FIRST_NAMES)} ${oneOf(random, LAST_NAMES)}`;
    const reads = random() < 0.45;
    const registered = instant(customer.signedUpAt);
    accounts.add(registered, [
      customer.userId,
      customer.email,
      name,
      country,
      city,
      reads ? "yes" : "no",
      registered,
    ]);
    if (reads && random() < 0.5) {
      const readAt = instant(customer.signedUpAt + 60_000);
      newsletter.add(readAt, [customer.email, customer.cookies[0], readAt, "checkout"]);
    }
    const begin = Math.max(from, customer.signedUpAt - 3 * DAY);
    const share = Math.max(0, customer.activeUntil - begin) / YEAR;
    for (let visit = Math.round(customer.sessions * share); visit > 0; visit -= 1) {
      const at = begin + random() * (customer.activeUntil - begin - 3_600_000);
      if (at < from) continue;
      const signedIn = at >= customer.signedUpAt && random() < 0.7;
      const cookie = oneOf(random, customer.cookies);
      const userId = signedIn ? customer.userId : "";
      addSession(
        random,
        events,
        { cookie, userId, favourite: customer.favourite, buys: signedIn },
        at,
        order,
      );
    }
  }
  // Families: the neighbour by number signs in on the first one's browser, once.
  for (let index = 0; index + 1 < customers.length; index += 60) {
    const [owner, guest] = [customers[index], customers[index + 1]];
    if (owner === undefined || guest === undefined) continue;
    const at = now - between(random, 5, 300) * DAY;
    addSession(
      random,
      events,
      { cookie: owner.cookies[0], userId: guest.userId, favourite: guest.favourite, buys: true },
      at,
      order,
    );
  }
  for (let stranger = 0; stranger < STRANGERS; stranger += 1) {
    const cookie = uuid(random);
    const favourite = productFor(random, "Tents").category;
    for (let visit = between(random, 1, 4); visit > 0; visit -= 1) {
      addSession(
        random,
        events,
        { cookie, userId: "", favourite, buys: false },
        from + random() * (YEAR - 3_600_000),
        order,
      );
    }
    if (random() < 0.12) {
      const readAt = instant(from + random() * YEAR);
      newsletter.add(readAt, [`reader${stranger}@${oneOf(random, SITES)}`, cookie, readAt, "footer"]);
    }
  }
  return { customers: accounts.text(), newsletter: newsletter.text(), events: events.text() };
}
