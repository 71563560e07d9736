import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RefusedRecord } from "../file/block.ts";
import { Input } from "../file/input.ts";
import { readCsv } from "./file.ts";

interface Read {
  readonly columns: readonly string[];
  readonly rows: { row: number; line: number; cells: string[] }[];
  readonly refused: RefusedRecord[];
}

/** The file as it comes out, with TabSeparated undone. */
async function read(...pieces: (string | Buffer)[]): Promise<Read> {
  async function* source() {
    for (const piece of pieces) yield Buffer.from(piece);
  }
  const file = await readCsv(new Input(source(), undefined), {});
  const rows: Read["rows"] = [];
  const refused: RefusedRecord[] = [];
  for await (const block of file.blocks()) {
    refused.push(...block.refused);
    const lines = block.bytes.toString("utf8").split("\n").slice(0, -1);
    expect(lines).toHaveLength(block.rows);
    for (const line of lines) {
      const [row, number, ...cells] = line.split("\t");
      rows.push({ row: Number(row), line: Number(number), cells: cells.map(unescaped) });
    }
  }
  return { columns: file.columns, rows, refused };
}

function unescaped(cell: string): string {
  const meanings: Record<string, string> = { t: "\t", n: "\n", r: "\r", "\\": "\\" };
  return cell.replace(/\\(.)/gs, (_, character: string) => meanings[character] ?? `?${character}`);
}

const cells = async (...pieces: (string | Buffer)[]) => (await read(...pieces)).rows.map((row) => row.cells);

describe("records", () => {
  it("are separated by LF or CRLF, the last one by nothing", async () => {
    expect(await cells("a,b\n1,2\r\n3,4\n5,6")).toEqual([
      ["1", "2"],
      ["3", "4"],
      ["5", "6"],
    ]);
  });

  it("keep spaces, empty cells, backslashes, tabs and stray quotes as they are", async () => {
    expect(await cells('a,b,c,d\n x ,,\\N,5" pipe\n\ta,"\tb",\\,\r.\n')).toEqual([
      [" x ", "", "\\N", '5" pipe'],
      ["\ta", "\tb", "\\", "\r."],
    ]);
  });

  it("may hold delimiters, quotes and line ends in quotes", async () => {
    expect(await cells('a,b\n"x,""y""","1\r\n2"\n"",""""\n')).toEqual([
      ['x,"y"', "1\r\n2"],
      ["", '"'],
    ]);
  });

  it("carry the line on which they begin, counted as an editor does", async () => {
    const { rows } = await read('"a\nb",c\r\n1,2\n\n"3\n\n",4\n\r\n5,6');
    expect(rows.map(({ row, line }) => [row, line])).toEqual([
      [0, 3],
      [1, 5],
      [2, 9],
    ]);
  });

  it("are read the same with a byte order mark and with blank lines before the header", async () => {
    expect(await read("\uFEFFa,b\n1,2\n")).toMatchObject({ columns: ["a", "b"], rows: [{ line: 2 }] });
    expect(await read("\n\r\na,b\n1,2\n")).toMatchObject({ columns: ["a", "b"], rows: [{ line: 4 }] });
  });
});

describe("a broken record", () => {
  it("with a cell too few names the first column that is missing, and stops no other", async () => {
    const { rows, refused } = await read("a,b,c\n1,2\n3,4,5\n6,7,8,9\n");
    expect(rows).toEqual([{ row: 0, line: 3, cells: ["3", "4", "5"] }]);
    expect(refused).toEqual([
      { line: 2, column: "c", reason: "has 2 cells where the header has 3", raw: "1,2" },
      { line: 4, column: "", reason: "has 4 cells where the header has 3", raw: "6,7,8,9" },
    ]);
  });

  it("that is not UTF-8 names the column", async () => {
    const bad = Buffer.from("1,\u00fc\n", "latin1");
    const { rows, refused } = await read("a,b\n0,\u00fc\n", bad, "2,x\n");
    expect(rows.map(({ row, line, cells }) => [row, line, ...cells])).toEqual([
      [0, 2, "0", "\u00fc"],
      [1, 4, "2", "x"],
    ]);
    expect(refused).toMatchObject([{ line: 3, column: "b", reason: "is not UTF-8", raw: "1,\uFFFD" }]);
  });

  it("with text behind a closing quote ends at its line", async () => {
    const { rows, refused } = await read('a,b\n"x"y,"1\n3,4\n');
    expect(rows).toMatchObject([{ line: 3, cells: ["3", "4"] }]);
    expect(refused).toMatchObject([{ line: 2, raw: '"x"y,"1' }]);
  });
});

describe("a file", () => {
  it.each([
    ["nothing", "", "fileEmpty"],
    ["only a byte order mark", "\uFEFF", "fileEmpty"],
    ["a header alone", "a,b\n\n", "fileEmpty"],
    ["a quote that is never closed", 'a,b\n1,"2\n3,4\n', "fileCutOff"],
    ["an end in the middle of a record", "a,b\n1,2\n3", "fileCutOff"],
    ["zero bytes", "a,b\n1,\0\n", "fileNotCsv"],
    ["zero bytes in quotes", 'a,b\n1,"\0"\n', "fileNotCsv"],
    ["zero bytes in its header", "a\0b\n1\n", "fileNotCsv"],
    ["a web page", "<!DOCTYPE html><html>\n", "fileNotCsv"],
    ["JSON", '[{"a":1}]\n', "fileNotCsv"],
    ["a workbook", "PK\x03\x04abc\n", "fileNotCsv"],
    ["a picture", Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "latin1"), "fileNotCsv"],
    ["another encoding in its header", Buffer.from("k\xf6ln,b\n1,2\n", "latin1"), "fileNotCsv"],
    ["lines that end with CR alone", "a,b\r1,2\r", "fileNotCsv"],
    ["a column named twice", "a,b,a\n1,2,3\n", "fileHeaderInvalid"],
    ["no name in its header", ",,\n1,2,3\n", "fileHeaderInvalid"],
  ])("with %s is refused as a whole", async (_, content, code) => {
    await expect(read(content)).rejects.toMatchObject({ code });
  });

  it("names the line and column of the quote that was never closed", async () => {
    await expect(read('a,b\n1,2\n3,"4\n5,6\n')).rejects.toMatchObject({
      detail: expect.stringContaining("line 3, column b"),
    });
  });

  it("with a record that never ends is refused before it fills the memory", async () => {
    async function* source() {
      yield Buffer.from('a,b\n1,"');
      for (let piece = 0; piece < 100; piece++) yield Buffer.alloc(1024 * 1024, "x\n");
      throw new Error("all of it was read");
    }
    const file = await readCsv(new Input(source(), undefined), {});
    const blocks = file.blocks();
    await expect(blocks.next()).rejects.toMatchObject({ code: "fileNotCsv" });
  });
});

/** RFC 4180 read in the plainest way, from one text. */
function reference(text: string): { line: number; cells: string[] }[] {
  const records: { line: number; cells: string[] }[] = [];
  let at = 0;
  let line = 1;
  while (at < text.length) {
    const record = { line, cells: [] as string[] };
    const from = at;
    for (;;) {
      let cell = "";
      if (text[at] === '"') {
        at++;
        while (text[at] !== '"' || text[at + 1] === '"') {
          if (text[at] === '"') at++;
          if (text[at] === "\n") line++;
          cell += text[at++];
        }
        at++;
      } else {
        while (at < text.length && text[at] !== "," && text[at] !== "\n" && !text.startsWith("\r\n", at)) {
          cell += text[at++];
        }
      }
      record.cells.push(cell);
      if (text[at] !== ",") break;
      at++;
    }
    const blank = at === from;
    at += text.startsWith("\r\n", at) ? 2 : 1;
    line++;
    if (!blank) records.push(record);
  }
  return records;
}

describe("cut into pieces anywhere", () => {
  const plain = fc.string({
    unit: fc.constantFrom("a", "Z", "0", " ", "\u00fc", "\u{1F426}", "\\", "\t", "\\N"),
    maxLength: 8,
  });
  const inQuotes = fc
    .string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r\n", "\u20ac", "\\", "\t"), maxLength: 8 })
    .map((text) => `"${text.replaceAll('"', '""')}"`);
  const file = fc
    .record({
      width: fc.integer({ min: 2, max: 4 }),
      rows: fc.array(
        fc.tuple(
          fc.array(fc.oneof(plain, inQuotes), { minLength: 4, maxLength: 4 }),
          fc.constantFrom("\n", "\r\n"),
        ),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      blanks: fc.boolean(),
    })
    .map(({ width, rows, blanks }) => {
      const header = ["a", "b", "c", "d"].slice(0, width).join(",");
      const lines = rows.map(([row, end]) => row.slice(0, width).join(",") + end + (blanks ? end : ""));
      return `${header}\n${lines.join("")}`;
    });

  it("a file gives the same records as a plain reader gives for its whole text", async () => {
    await fc.assert(
      fc.asyncProperty(file, fc.array(fc.nat(400), { maxLength: 12 }), async (text, cuts) => {
        const bytes = Buffer.from(text);
        const places = [...new Set([0, ...cuts.map((cut) => cut % bytes.length), bytes.length])].sort(
          (a, b) => a - b,
        );
        const pieces = places.slice(1).map((end, index) => bytes.subarray(places[index], end));
        const { rows, refused } = await read(...pieces);
        expect(refused).toEqual([]);
        expect(rows.map(({ line, cells }) => ({ line, cells }))).toEqual(reference(text).slice(1));
      }),
      { numRuns: 500 },
    );
  });
});
