import { CELL_TAGS } from "@peregrine/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RefusedRecord } from "../file/block.ts";
import { Input } from "../file/input.ts";
import { readJsonArray, readJsonLines } from "./index.ts";

const READERS = { lines: readJsonLines, array: readJsonArray };

interface Read {
  readonly rows: { row: number; line: number; cells: string[]; raw: string }[];
  readonly refused: RefusedRecord[];
}

/** The file as it comes out, with TabSeparated undone. */
async function read(
  layout: keyof typeof READERS,
  paths: readonly string[],
  ...pieces: (string | Buffer)[]
): Promise<Read> {
  async function* source() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  const steps = paths.map((path) => path.split("."));
  const file = READERS[layout](new Input(source(), undefined), steps);
  expect(file.columns).toEqual(paths);
  const rows: Read["rows"] = [];
  const refused: RefusedRecord[] = [];
  for await (const block of file.blocks()) {
    refused.push(...block.refused);
    const lines = block.bytes.toString("utf8").split("\n").slice(0, -1);
    expect(lines).toHaveLength(block.rows);
    for (const line of lines) {
      const [row, number, ...cells] = line.split("\t").map(unescaped);
      const raw = cells.pop() ?? "";
      rows.push({ row: Number(row), line: Number(number), cells, raw });
    }
  }
  return { rows, refused };
}

function unescaped(cell: string): string {
  const meanings: Record<string, string> = { t: "\t", n: "\n", r: "\r", "\\": "\\" };
  return cell.replace(/\\(.)/gs, (_, character: string) => meanings[character] ?? `?${character}`);
}

const { single, list, object, objects } = CELL_TAGS;
const cell = async (value: string, path = "a") =>
  (await read("lines", [path, "id"], `{"id":1,${value}}\n`)).rows[0]?.cells[0];

describe("a value becomes a cell", () => {
  it.each([
    ["a text", '"a":"x\\ty\\n\\u00fc"', `${single}x\ty\nü`],
    ["an empty text", '"a":""', single],
    ["a number", '"a":12', `${single}12`],
    ["a number with an exponent", '"a":1.5e-3', `${single}0.0015`],
    ["a large exponent", '"a":-12E2', `${single}-1200`],
    ["a number too long for floating point", '"a":12345678901234567890', `${single}12345678901234567890`],
    ["true", '"a":true', `${single}true`],
    ["null", '"a":null', CELL_TAGS.null],
    ["nothing", '"b":1', ""],
    ["an object", '"a":{"b":1}', object],
    ["a list", '"a":["x",1,null,[true]]', `${list}["x","1","true"]`],
    ["an empty list", '"a":[]', `${list}[]`],
    ["a list of objects", '"a":[{"b":1}]', objects],
  ])("%s", async (_, value, expected) => {
    expect(await cell(value)).toBe(expected);
  });

  it.each([
    ["a member of a member", '"a":{"b":{"c":"x"}}', "a.b.c", `${single}x`],
    ["below null", '"a":null', "a.b", CELL_TAGS.null],
    ["below a text", '"a":"x"', "a.b", ""],
    ["of each of a list", '"a":[{"b":1},{"c":2},{"b":null},{"b":"x"}]', "a.b", `${list}["1","x"]`],
    [
      "of each of a list within lists",
      '"a":[{"b":[{"c":1}]},{"b":[{"c":2},{"c":3}]}]',
      "a.b.c",
      `${list}["1","2","3"]`,
    ],
    ["of an object's inherited members", '"a":{}', "a.constructor", ""],
  ])("a path: %s", async (_, value, path, expected) => {
    expect(await cell(value, path)).toBe(expected);
  });
});

describe("JSON lines", () => {
  it("are rows with their lines; blank lines are none", async () => {
    const { rows } = await read("lines", ["a"], '\uFEFF{"a":1}\r\n\n  {"a":2} \n{"a":3}');
    expect(rows).toEqual([
      { row: 0, line: 1, cells: ["s1"], raw: '{"a":1}' },
      { row: 1, line: 3, cells: ["s2"], raw: '{"a":2}' },
      { row: 2, line: 4, cells: ["s3"], raw: '{"a":3}' },
    ]);
  });

  it("that are no rows are refused alone", async () => {
    const lines = [
      '{"a":1}',
      '{"a":',
      "[1]",
      "null",
      '{"a":01}',
      '{"a":"\\u0000"}',
      '{"a":"\\\\u0000"}',
      Buffer.from('{"a":"\xfc"}', "latin1"),
      '{"a":NaN}',
    ].map((line) => Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
    const { rows, refused } = await read("lines", ["a"], ...lines);
    expect(rows.map(({ line }) => line)).toEqual([1, 7]);
    expect(refused.map(({ line, reason }) => [line, reason])).toEqual([
      [2, expect.stringMatching(/^is not JSON: /)],
      [3, "is not an object; a row is written {…}"],
      [4, "is not an object; a row is written {…}"],
      [5, expect.stringMatching(/^is not JSON: /)],
      [6, "holds the character U+0000, which no text has"],
      [8, "is not UTF-8"],
      [9, expect.stringMatching(/^is not JSON: /)],
    ]);
    expect(refused[0]).toMatchObject({ column: "", raw: '{"a":' });
  });
});

describe("a JSON array", () => {
  it("gives its elements, with the line on which each begins", async () => {
    const { rows } = await read(
      "array",
      ["a"],
      '[\n  {"a": "],"},\n  {\n "a": {"b": [1]}\n},{"a":"\\""}\n]\n',
    );
    expect(rows.map(({ line, cells }) => [line, ...cells])).toEqual([
      [2, "s],"],
      [3, "o"],
      [5, 's"'],
    ]);
    expect(rows[1]?.raw).toBe('{\n "a": {"b": [1]}\n}');
  });

  it("refuses an element that is no row, and no other", async () => {
    const { rows, refused } = await read("array", ["a"], '[{"a":1},{a:2},7,,\n{"a":3}]');
    expect(rows.map(({ line, row }) => [line, row])).toEqual([
      [1, 0],
      [2, 1],
    ]);
    expect(refused.map(({ line, raw }) => [line, raw])).toEqual([
      [1, "{a:2}"],
      [1, "7"],
      [1, ""],
    ]);
  });
});

describe("a file", () => {
  it.each([
    ["lines", "nothing", "\n", "fileEmpty"],
    ["lines", "an end in the middle of a row", '{"a":1}\n{"a":"x', "fileCutOff"],
    ["lines", "nothing that is mapped", '{"b":1}\n{"c":2}\n', "fileDoesNotFit"],
    ["array", "nothing", " ", "fileEmpty"],
    ["array", "an empty array", "[]", "fileEmpty"],
    ["array", "no array", '{"a":1}', "fileNotJson"],
    ["array", "text behind it", '[{"a":1}] x', "fileNotJson"],
    ["array", "no end", '[{"a":1}', "fileCutOff"],
    ["array", "no end behind a comma", '[{"a":1},\n', "fileCutOff"],
    ["array", "a quote that is never closed", '[{"a":1},{"a":"}]', "fileCutOff"],
    ["array", "nothing that is mapped", '[{"b":1}]', "fileDoesNotFit"],
  ] as const)("of %s with %s is refused as a whole", async (layout, _, content, code) => {
    await expect(read(layout, ["a"], content)).rejects.toMatchObject({ code });
  });

  it.each(["lines", "array"] as const)(
    "of %s without an end is refused before it fills the memory",
    async (layout) => {
      async function* source() {
        yield Buffer.from(layout === "array" ? '[{"a":"' : '{"a":"');
        for (let piece = 0; piece < 100; piece++) yield Buffer.alloc(1024 * 1024, "x");
        throw new Error("all of it was read");
      }
      const blocks = READERS[layout](new Input(source(), undefined), [["a"]]).blocks();
      await expect(blocks.next()).rejects.toMatchObject({ code: "fileNotJson" });
    },
  );

  it.each(["lines", "array"] as const)("of %s is the same wherever it is cut into pieces", async (layout) => {
    const value = fc.jsonValue({ maxDepth: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.dictionary(fc.constantFrom("a", "b", "c"), value), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        async (objects, cuts) => {
          const rows = [{ a: 1 }, ...objects].filter((row) => !JSON.stringify(row).includes("\\u0000"));
          const text =
            layout === "array"
              ? JSON.stringify(rows, null, 1)
              : rows.map((row) => `${JSON.stringify(row)}\n`).join("");
          const bytes = Buffer.from(text);
          const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort(
            (left, right) => left - right,
          );
          const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
          const whole = await read(layout, ["a", "b.c"], bytes);
          expect(whole.refused).toEqual([]);
          expect(whole.rows.map(({ raw }) => JSON.parse(raw))).toEqual(JSON.parse(JSON.stringify(rows)));
          expect(await read(layout, ["a", "b.c"], ...pieces)).toEqual(whole);
        },
      ),
      { numRuns: 100 },
    );
  });
});
