import type { Did, Measure, Rule } from "@peregrine/core";
import type { CatalogIndex } from "./catalog-index.ts";
import type { TemplateName } from "./start.ts";

/** A rule to start from, filled with what the data have. */
export interface Template {
  readonly title: string;
  readonly about: string;
  readonly tags: readonly string[];
  /** Undefined: the data lack what it needs. */
  readonly rule: Rule | undefined;
  /** What the data lack, in words. */
  readonly needs: string;
}

const YEAR = { last: 12, unit: "months" } as const;
const BUY = /buy|bought|purchase|order|checkout|transaction|sale/i;
const BASKET = /basket|cart|bag/i;
const AMOUNT = /amount|total|revenue|value|price|sum/i;
const QUANTITY = /quantity|qty|count|pieces/i;
const ORDER = /order|transaction|invoice|receipt/i;
const SINCE = /regist|sign|created|since|joined|first/i;

const TEMPLATES: Readonly<Record<TemplateName, (catalog: CatalogIndex) => Template>> = {
  lapsed: (catalog) => {
    const buy = eventLike(catalog, BUY);
    return {
      title: "Lapsed customers",
      about: "Bought within a year, and not within the last 90 days",
      tags: ["win back"],
      needs: NEEDS_BUY,
      rule:
        buy === undefined
          ? undefined
          : {
              all: [
                { did: { event: buy, within: YEAR } },
                { not: { did: { event: buy, within: { last: 90, unit: "days" } } } },
              ],
            },
    };
  },
  basket: (catalog) => {
    const buy = eventLike(catalog, BUY);
    const basket = eventLike(catalog, BASKET);
    const week = { last: 7, unit: "days" } as const;
    return {
      title: "Abandoned basket",
      about: "Put something into the basket within a week, and bought nothing",
      tags: ["win back"],
      needs: "Needs an event such as “basket” and one such as “buy”",
      rule:
        buy === undefined || basket === undefined
          ? undefined
          : {
              all: [{ did: { event: basket, within: week } }, { not: { did: { event: buy, within: week } } }],
            },
    };
  },
  spenders: (catalog) => {
    const buy = eventLike(catalog, BUY);
    const measure = buy === undefined ? undefined : spending(catalog, buy);
    return {
      title: "Big spenders",
      about: "Bought for 1,000 or more within a year",
      tags: ["value"],
      needs: "Needs an event such as “buy” with a number such as “price”",
      rule:
        buy === undefined || measure === undefined
          ? undefined
          : { did: { event: buy, measure, atLeast: 1_000, within: YEAR } },
    };
  },
  new: (catalog) => {
    const month = { last: 30, unit: "days" } as const;
    const since = catalog.attributes.find(({ name, type }) => type === "time" && SINCE.test(name));
    const event = eventLike(catalog, BUY) ?? catalog.events[0]?.type;
    const first: Did | undefined =
      event === undefined ? undefined : { event, occurrence: "first", within: month };
    return {
      title: "New customers",
      about: "Came for the first time within the last 30 days",
      tags: ["new"],
      needs: "Needs a date such as “registered”, or an event",
      rule:
        since === undefined
          ? first && { did: first }
          : { have: { attribute: since.name, withinLast: month } },
    };
  },
  loyal: (catalog) => {
    const buy = eventLike(catalog, BUY);
    return {
      title: "Loyal customers",
      about: "Five orders or more within a year",
      tags: ["value"],
      needs: NEEDS_BUY,
      rule:
        buy === undefined
          ? undefined
          : { did: { event: buy, ...orders(catalog, buy), atLeast: 5, within: YEAR } },
    };
  },
};

const NEEDS_BUY = "Needs an event such as “buy”";

/** A template as it is with these data. */
export function templateOf(name: TemplateName, catalog: CatalogIndex): Template {
  return TEMPLATES[name](catalog);
}

/** The most frequent event that is called so. */
function eventLike({ events }: CatalogIndex, name: RegExp): string | undefined {
  return events.find(({ type }) => name.test(type))?.type;
}

function propertyLike(catalog: CatalogIndex, event: string, kind: string, name: RegExp): string | undefined {
  return catalog.propertiesOf(event).find((one) => one.type === kind && name.test(one.name))?.name;
}

/** What was spent: quantity times price where both are there. */
function spending(catalog: CatalogIndex, event: string): Measure | undefined {
  const amount = propertyLike(catalog, event, "number", AMOUNT);
  const quantity = propertyLike(catalog, event, "number", QUANTITY);
  if (amount === undefined) return undefined;
  return { sum: quantity !== undefined && /price/i.test(amount) ? { product: [quantity, amount] } : amount };
}

/** Orders are counted by their number where events are their lines. */
function orders(catalog: CatalogIndex, event: string): { readonly measure?: Measure } {
  const order = propertyLike(catalog, event, "text", ORDER);
  return order === undefined ? {} : { measure: { distinct: order } };
}
