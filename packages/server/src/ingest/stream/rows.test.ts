import { PeregrineError } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { checkRows } from "./rows.ts";

const rows = (text: string | Buffer) => checkRows(Buffer.from(text));

function faults(text: string | Buffer): readonly string[] {
  try {
    rows(text);
  } catch (error) {
    if (error instanceof PeregrineError && error.code === "rowsInvalid") {
      return [error.detail, ...error.faults.map(({ path, message }) => `${path}: ${message}`)];
    }
    throw error;
  }
  throw new Error("the rows were taken");
}

describe("the rows of a body", () => {
  it("are kept as they were sent, on one line", () => {
    expect(rows('[\r\n{"a":\n1.10,"b":"x\\ny"}\r]')).toEqual({
      rows: 1,
      json: Buffer.from('[  {"a": 1.10,"b":"x\\ny"} ]'),
    });
    expect(rows("\ufeff [ ] ").rows).toBe(0);
  });

  it("leave the caller's bytes as they are", () => {
    const body = Buffer.from("[\n]");
    checkRows(body);
    expect(body.toString()).toBe("[\n]");
  });

  it("are numbered from 1 where they are refused, all that are wrong", () => {
    expect(faults('[{}, 1, {"a":[{},[2]]}, "x", null]')).toEqual([
      "Row 2 is not an object; a row is written {…}.",
      "row 2: is not an object; a row is written {…}",
      "row 4: is not an object; a row is written {…}",
      "row 5: is not an object; a row is written {…}",
    ]);
  });

  it("name the one that is no JSON, whatever brackets and quotes stand in others", () => {
    expect(faults('[{"a":"],[}\\""},{"b":,}]')[0]).toMatch(/^Row 2 is not JSON/);
    expect(faults('[{"a":1},]')[0]).toMatch(/^Row 2 is not JSON/);
    expect(faults("[{},{}] x")).toEqual(["The array is not closed, or something follows its end."]);
  });

  it("take a backslash before u0000 for what it is", () => {
    expect(rows('[{"a":"\\\\u0000"}]').rows).toBe(1);
    expect(faults('[{},{"a":"\\u0000"}]')[0]).toMatch(/^Row 2 holds the character U\+0000/);
  });

  it("may be nested deeper than any stack", () => {
    expect(rows(`[{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}]`).rows).toBe(1);
    expect(faults("[".repeat(100_000))).toHaveLength(2);
  });
});
