import { describe, expect, it } from "vitest";
import { age, counted, faultLine, sentence, streamOutput, table } from "./output.ts";

function streams(isTTY: boolean) {
  const written = { results: "", messages: "" };
  return {
    written,
    results: { write: (text: string) => (written.results += text) },
    messages: { isTTY, write: (text: string) => (written.messages += text) },
  };
}

describe("output", () => {
  it("is the lines for people, and one JSON value on a line for scripts", () => {
    const plain = streams(false);
    streamOutput(false, plain.results, plain.messages).result({ a: 1 }, ["one", "two"]);
    expect(plain.written).toEqual({ results: "one\ntwo\n", messages: "" });
    const json = streams(false);
    streamOutput(true, json.results, json.messages).result({ a: "x\ny" }, ["one", "two"]);
    expect(json.written).toEqual({ results: '{"a":"x\\ny"}\n', messages: "" });
  });

  it("shows progress on a terminal only, and clears it before anything else is written", () => {
    const terminal = streams(true);
    const output = streamOutput(false, terminal.results, terminal.messages);
    output.progress("1 of 2");
    output.progress("2 of 2");
    output.note("done");
    output.result(null, ["result"]);
    expect(terminal.written).toEqual({
      results: "result\n",
      messages: "1 of 2\r\u001b[2K2 of 2\r\u001b[2Kdone\n",
    });
    const pipe = streams(false);
    streamOutput(false, pipe.results, pipe.messages).progress("1 of 2");
    expect(pipe.written.messages).toBe("");
  });
});

describe("a table", () => {
  it("puts numbers to the right, texts to the left, and nothing behind the last one", () => {
    expect(
      table(
        ["Name", "Size", "Tags"],
        [
          ["Lapsed", 12_480, "win back"],
          ["Big", 7, ""],
        ],
      ),
    ).toEqual(["Name      Size  Tags", "Lapsed  12,480  win back", "Big          7"]);
  });

  it("without rows is its header", () => {
    expect(table(["Id", "Name"], [])).toEqual(["Id  Name"]);
  });
});

describe("words", () => {
  it("count one thing and many", () => {
    expect(counted(1, "row")).toBe("1 row");
    expect(counted(1_200, "row")).toBe("1,200 rows");
    expect(counted(0, "person", "people")).toBe("0 people");
  });

  it("end a sentence once", () => {
    expect(sentence("it is gone")).toBe("it is gone.");
    expect(sentence("Did you mean it?")).toBe("Did you mean it?");
    expect(sentence("")).toBe("");
  });

  it("tell a fault with its place and what to do", () => {
    expect(
      faultLine({ path: "/map/a", message: "there is no column `a`", remedy: "did you mean `b`?" }),
    ).toBe("  /map/a: there is no column `a`. Did you mean `b`?");
    expect(faultLine({ path: "/rule", message: "the list is empty" })).toBe("  /rule: the list is empty.");
  });
});

it.each([
  [-500, "0 s"],
  [38_000, "38 s"],
  [3 * 3_600_000, "3 h"],
  [86_400_000, "1 day"],
  [40 * 86_400_000, "40 days"],
])("an instant %d ms ago is %s ago", (ms, text) => {
  const now = Date.parse("2026-07-01T09:30:00.000Z");
  expect(age(new Date(now - ms).toISOString(), now)).toBe(text);
});
