import { expect, test } from "vitest";
import { assertName, bound, encodeRows } from "./values.ts";

test("an ISO instant is rewritten for a placeholder of a time, and nowhere else", () => {
  const iso = "2026-01-31T12:00:00.123Z";
  expect(
    bound("SELECT {a:DateTime64(3, 'UTC')}, { b : Nullable(DateTime64(3)) }, {c:String}, {ab:DateTime}", {
      a: iso,
      b: iso,
      c: iso,
      ab: "2026-01-31 12:00:00",
    }),
  ).toEqual({
    a: "2026-01-31 12:00:00.123",
    b: "2026-01-31 12:00:00.123",
    c: iso,
    ab: "2026-01-31 12:00:00",
  });
});

test.each(["profile", "peregrine.event_3", "_x"])("%s is a name", (name) => {
  expect(assertName(name)).toBe(name);
});

test.each(["", "a b", "a.b.c", "1a", "`a`", "a;--", "é"])("%j is not a name", (name) => {
  expect(() => assertName(name)).toThrow(TypeError);
});

test("rows are lines, and big integers keep their digits also within lists", () => {
  const text = Buffer.concat([...encodeRows([["a\n", 2n ** 64n, null, true, [1n, "x"]], [0.5]])]).toString();
  expect(text).toBe('["a\\n",18446744073709551616,null,true,[1,"x"]]\n[0.5]\n');
});

test("many rows come in chunks that end at line ends", () => {
  const chunks = [...encodeRows(Array.from({ length: 100_000 }, (_, n) => [n, "some text"]))];
  expect(chunks.length).toBeGreaterThan(3);
  for (const chunk of chunks) expect(Buffer.from(chunk).at(-1)).toBe(10);
});

test.each([undefined, Number.NaN, Number.POSITIVE_INFINITY, new Date(), Symbol("x"), () => 1])(
  "%o is no value of a row",
  (value) => {
    expect(() => [...encodeRows([[value]])]).toThrow(TypeError);
  },
);
