import { expect, test } from "vitest";
import { FIRST_USER, LAST_USER, makeShop } from "./shop.ts";

const NOW = Date.UTC(2026, 6, 1, 12);
const rowsOf = (text: string) => text.trimEnd().split("\n").slice(1);

test("the same seed and the same instant give the same shop, another one another", () => {
  const shop = makeShop(NOW);
  expect(makeShop(NOW)).toEqual(shop);
  expect(makeShop(NOW, 7).events).not.toBe(shop.events);
  expect(makeShop(NOW + 1).events).not.toBe(shop.events);
});

test("the shop has so many people and a year of so many events, the last of them just now", () => {
  const { customers, newsletter, events } = makeShop(NOW);
  const ids = rowsOf(customers).map((row) => Number(row.split(",")[0]));
  expect(ids.toSorted((one, other) => one - other)).toEqual(
    Array.from({ length: LAST_USER - FIRST_USER + 1 }, (_, index) => FIRST_USER + index),
  );
  expect(rowsOf(newsletter)).toHaveLength(971);
  const rows = rowsOf(events).map((row) => row.split(","));
  const number = (type: string) => rows.filter(([event]) => event === type).length;
  expect({
    visits: number("visit"),
    baskets: number("basket"),
    buys: number("buy"),
    all: rows.length,
  }).toEqual({
    visits: 116_444,
    baskets: 29_017,
    buys: 10_928,
    all: 156_389,
  });
  const times = rows.map(([, at = ""]) => Date.parse(at));
  expect(Math.min(...times.slice(0, 1))).toBeGreaterThan(NOW - 366 * 86_400_000);
  expect(times.at(-1)).toBeLessThanOrEqual(NOW);
  expect(times.at(-1)).toBeGreaterThan(NOW - 86_400_000);
});
