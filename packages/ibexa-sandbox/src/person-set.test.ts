import { expect, test } from "vitest";
import { PersonSet } from "./person-set.ts";
import { randomFrom } from "./random.ts";

const ODD_IDS = ["", "0", "00", "014", "14", "-1", "1.0", "1e3", " 7", "x", "2147483647", "2147483648"];
const LONG_IDS = ["8191", "8192", "8193", "9007199254740993", "123456789012345", "1234567890123456", "é"];

test("it holds exactly the ids that a set of texts would hold, whatever is added and deleted", () => {
  const random = randomFrom(7);
  const people = new PersonSet();
  const expected = new Set<string>();
  for (let step = 0; step < 20_000; step += 1) {
    const pool = [
      ...ODD_IDS,
      ...LONG_IDS,
      String(Math.floor(random() * 300)),
      String(Math.floor(random() * 1e6)),
    ];
    const id = pool[Math.floor(random() * pool.length)] ?? "";
    if (random() < 0.6) {
      expect(people.add(id)).toBe(!expected.has(id));
      expected.add(id);
    } else {
      expect(people.delete(id)).toBe(expected.delete(id));
    }
    expect(people.has(id)).toBe(expected.has(id));
  }
  expect(people.size).toBe(expected.size);
  expect([...people].sort()).toEqual([...expected].sort());
});

test("pages follow each other without gaps or repeats: numbers in order, then the others", () => {
  const people = new PersonSet();
  for (const id of ["20000", "b", "3", "100", "a", "8192"]) people.add(id);
  const pages = [0, 2, 4].flatMap((offset) => people.slice(offset, 2));
  expect(pages).toEqual(["3", "100", "8192", "20000", "b", "a"]);
});

test("after clear nobody is in it", () => {
  const people = new PersonSet();
  people.add("1");
  people.add("x");
  people.clear();
  expect([people.size, people.has("1"), people.has("x"), [...people]]).toEqual([0, false, false, []]);
});
