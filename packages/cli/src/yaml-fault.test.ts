import { expect, test } from "vitest";
import { LineCounter, parseAllDocuments } from "yaml";
import { yamlFaults } from "./yaml-fault.ts";

function faultsOf(text: string): string[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  return documents.flatMap((document) => ("errors" in document ? yamlFaults(document.errors, lines) : []));
}

test.each([
  ["a second colon", "id: x\nname: Germans: lapsed\n", "2:7: a second `:` stands on this line"],
  ["no colon", "kind: audience\nid x\nname: y\n", "2:1: a `:` with a space behind it is missing"],
  ["no space behind the colon", "id:x\nname: y\n", "1:1: a `:` with a space behind it is missing"],
  ["a list that is not closed", "name: [one\nrule: {}\n", "2:1: a `[` before this is not closed"],
  ["a comma that is missing", "have: { attribute: a is: b }\n", "1:20: a comma is missing"],
  ["a line that is indented otherwise", "a:\n  b: 1\n c: 2\n", "3:1: this line is indented otherwise"],
  ["items that stand askew", "a:\n  - x\n - y\n", "3:1: this `-` doesn't stand below"],
  ["a tab", "a:\n\tb: 1\n", "2:1: a tab stands at the beginning"],
  ["a name twice", "a: 1\na: 2\n", "2:1: this name stands here a second time"],
  ["a text that is not closed", 'a: "b\n', "2:1: a text that begins with a quotation mark"],
  ["a reserved character", "a: @b\n", "1:4: a text can't begin with this character"],
  ["a backslash", 'a: "C:\\data"\n', "1:7: `\\` has a meaning of its own"],
])("%s is told in plain words, with line and column", (_, text, words) => {
  const [first] = faultsOf(text);
  expect(first?.slice(0, words.length)).toBe(words);
});

test("one slip is told once", () => {
  expect(faultsOf("a: 1\n- b\n")).toHaveLength(1);
});

test("what is not known keeps the parser's own words", () => {
  expect(faultsOf("a: |x\n b\n")).toEqual(["1:5: Block scalar header includes extra characters: |x."]);
});
