import { describe, expect, it } from "vitest";
import { delimiterOf, hasHeader } from "../csv/recognise.ts";
import { decoded } from "./decode.ts";
import { encodingOf, formatOf } from "./recognise.ts";

const TEXT = "id,name\n1,Ærø\n2,plain\n";
const bigEndian = (text: string) => Buffer.from(text, "utf16le").swap16();

describe("the encoding of a file", () => {
  it.each([
    ["plain ASCII", Buffer.from("a,b\n1,2\n"), "utf-8"],
    ["UTF-8", Buffer.from(TEXT), "utf-8"],
    ["UTF-8 with a mark", Buffer.from(`\uFEFF${TEXT}`), "utf-8"],
    [
      "UTF-8 with a broken row",
      Buffer.concat([Buffer.from(TEXT), Buffer.from("3,\xe6\n", "latin1")]),
      "utf-8",
    ],
    ["UTF-16 with a mark", Buffer.from(`\uFEFF${TEXT}`, "utf16le"), "utf-16le"],
    ["UTF-16 without a mark", Buffer.from(TEXT, "utf16le"), "utf-16le"],
    ["UTF-16, the other way round", bigEndian(TEXT), "utf-16be"],
    ["Windows-1252", Buffer.from(TEXT, "latin1"), "windows-1252"],
    ["bytes that are no text", Buffer.from([0, 1, 2, 3, 0, 10, 0, 255]), "utf-8"],
    ["bytes that no encoding has", Buffer.from("a\n\x81\n", "latin1"), "utf-8"],
  ])("is told: %s", (_, bytes, encoding) => {
    expect(encodingOf(bytes, true)).toBe(encoding);
  });

  it("is not mistaken where the first part ends within a character", () => {
    const bytes = Buffer.from("a,b\n1,ü\n2,ü");
    expect(encodingOf(bytes.subarray(0, -1), false)).toBe("utf-8");
  });

  it.each([
    ["utf-16le", (text: string) => Buffer.from(text, "utf16le")],
    ["utf-16be", bigEndian],
  ] as const)(
    "%s is decoded wherever it is cut, half a character alone is none",
    async (encoding, encode) => {
      const bytes = encode("a€\u{1F426}\ud800b\u{1F426}");
      const expected = Buffer.concat([
        Buffer.from("a€\u{1F426}"),
        Buffer.from([0xff]),
        Buffer.from("b\u{1F426}"),
      ]);
      for (let cut = 0; cut <= bytes.length; cut++) {
        async function* pieces() {
          yield bytes.subarray(0, cut);
          yield bytes.subarray(cut);
        }
        const got: Buffer[] = [];
        for await (const piece of decoded(pieces(), encoding)) got.push(piece);
        expect(Buffer.concat(got).toString("hex")).toBe(expected.toString("hex"));
      }
    },
  );
});

describe("the format of a file", () => {
  it.each([
    ['{"id":1}\n', "jsonLines"],
    ['\n [\n{"id":1}]', "jsonArray"],
    ["[]", "jsonArray"],
    ["{id},name\n", "csv"],
    ["[id],name\n", "csv"],
  ])("of %j is %s", (text, format) => {
    expect(formatOf(Buffer.from(text))).toBe(format);
  });
});

describe("the delimiter of a file", () => {
  it.each([
    ["id,name\n1,Ann\n", ","],
    ["id;name;price\n1;Ann;1,5\n2;Bob;2,5\n", ";"],
    ["id\tname, full\n1\tAnn, B\n2\tBob\n", "\t"],
    ['id|"a;b;c"|n\n1|"x;y"|2\n', "|"],
    ["id\n1\n", ","],
    ["", ","],
  ])("of %j is %j", (text, delimiter) => {
    expect(delimiterOf(Buffer.from(text), true)).toBe(delimiter);
  });
});

describe("the first line", () => {
  it.each([
    ["id,name\n1,Ann\n", true],
    ["1,Ann\n2,Bob\n", false],
    ["ann@x.org,2024-01-31\nbob@x.org,2024-02-01\n", false],
    ["id,2023,2024\n1,5,6\n", true],
    ["Ann,DK\nBob,SE\n", true],
    ["1,2\n", true],
    ["\uFEFF1,x\n2,y\n", false],
  ])("of %j names the columns: %s", (text, named) => {
    expect(hasHeader(Buffer.from(text), ",", true)).toBe(named);
  });
});
