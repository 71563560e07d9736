import { parseRule } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { catalogIndex } from "./catalog-index.ts";
import { TEMPLATE_NAMES } from "./start.ts";
import { templateOf } from "./templates.ts";

const SHOP = catalogIndex({
  attributes: [
    { name: "country", type: "text" },
    { name: "registered", type: "time" },
  ],
  events: [
    { type: "visit", schema: "web", count: 900, properties: [] },
    { type: "addToBasket", schema: "web", count: 90, properties: [] },
    {
      type: "purchase",
      schema: "web",
      count: 9,
      properties: [
        { name: "price", type: "number" },
        { name: "quantity", type: "number" },
        { name: "order_id", type: "text" },
      ],
    },
  ],
});
const EMPTY = catalogIndex({ attributes: [], events: [] });

describe("templates", () => {
  it("are filled with what the data have", () => {
    const rules = Object.fromEntries(TEMPLATE_NAMES.map((name) => [name, templateOf(name, SHOP).rule]));
    for (const rule of Object.values(rules)) expect(parseRule(rule)).toEqual({ ok: rule });
    const year = { last: 12, unit: "months" };
    expect(rules).toMatchObject({
      basket: { all: [{ did: { event: "addToBasket" } }, { not: { did: { event: "purchase" } } }] },
      spenders: { did: { measure: { sum: { product: ["quantity", "price"] } }, within: year } },
      new: { have: { attribute: "registered" } },
      loyal: { did: { event: "purchase", measure: { distinct: "order_id" }, atLeast: 5 } },
    });
  });

  it("say what they need where the data lack it", () => {
    for (const name of TEMPLATE_NAMES) {
      const { rule, needs } = templateOf(name, EMPTY);
      expect(rule).toBeUndefined();
      expect(needs).toMatch(/^Needs /);
    }
  });
});
