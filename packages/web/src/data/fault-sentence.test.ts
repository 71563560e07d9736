import { expect, test } from "vitest";
import { faultSentence } from "./fault-sentence.ts";

test.each([
  [
    {
      path: "/map/email",
      message: "at character 6: the file has no column `email`",
      remedy: "did you mean `mail`?",
    },
    "`email`: at character 6: the file has no column `email`. Did you mean `mail`?",
  ],
  [{ path: "/map/a~1b", message: "the file has no column `x`" }, "`a/b`: the file has no column `x`."],
  [
    { path: "/leaveOut", message: "the file has no column `x`" },
    "Rows left out: the file has no column `x`.",
  ],
  [{ path: "/map", message: "no column is mapped", remedy: "map one" }, "No column is mapped. Map one."],
])("a fault of a mapping is told in whole sentences: %j", (fault, told) => {
  expect(faultSentence(fault)).toBe(told);
});
