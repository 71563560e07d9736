import { constantText, constantWhole, type FunctionRow, plain, wholeFault } from "./row.ts";
import { separatorFault } from "./text.ts";

export const LISTS = {
  split: plain(
    [
      "split(x, separator)",
      "the parts of a text as a list, as they stand there; of an empty text an empty list",
      'split("tea;milk", ";")',
      '["tea","milk"]',
    ],
    ["text", "text"],
    "list",
    ([, separator]) => separatorFault(separator, "the separator"),
  ),
  join: plain(
    ["join(list, separator)", "a list as one text", 'join(split("a;b", ";"), ", ")', "a, b"],
    ["list", "text"],
    "text",
    ([, separator]) =>
      constantText(separator) === undefined ? "the separator is a text, written as it is" : undefined,
  ),
  element: plain(
    [
      "element(list, place)",
      "the element at a place, counted from 1, or from the end if it is below zero; absent where there is none",
      'element(split("a;b;c", ";"), -1)',
      "c",
    ],
    ["list", "number"],
    "text",
    ([, place]) =>
      constantWhole(place) === 0
        ? "elements are counted from 1"
        : wholeFault(place, "the place", -10_000, 10_000),
  ),
  contains: {
    ...plain(
      [
        "contains(x, y)",
        "whether the list has this element, or the text this part; upper and lower case differ",
        'contains(split("a;b", ";"), "b")',
        "true",
      ],
      ["text", "text"],
      "boolean",
    ),
    accepts: (index) => (index === 0 ? ["text", "list"] : ["text"]),
  },
  length: {
    ...plain(["length(x)", "how many elements, or characters", 'length("Ærø")', "3"], ["text"], "number"),
    accepts: () => ["text", "list"],
  },
  distinct: plain(
    [
      "distinct(list)",
      "each element once, in the order of their first places",
      'distinct(split("b;a;b", ";"))',
      '["b","a"]',
    ],
    ["list"],
    "list",
  ),
} as const satisfies Record<string, FunctionRow>;
