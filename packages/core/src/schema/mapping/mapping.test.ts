import { describe, expect, it } from "vitest";
import { dataflow } from "../dataflow.ts";
import { schema } from "../schema.ts";
import { checkMapping, eventTypesOf } from "./mapping.ts";

const orders = schema.parse({
  kind: "schema",
  id: "orders",
  parent: "Interaction",
  personIdentifier: "userid",
  columns: [
    { name: "userid", type: "text", identifier: "userid" },
    { name: "price", type: "number" },
    { name: "paid", type: "boolean" },
    { name: "tags", type: "list" },
  ],
});
const people = schema.parse({
  kind: "schema",
  id: "people",
  parent: "PersonalData",
  personIdentifier: "userid",
  columns: [{ name: "userid", type: "text", identifier: "userid" }],
});
const HEADER = ["id", "unit price", "paid", "at"];

function flow(rest: object) {
  return dataflow.parse({
    kind: "dataflow",
    id: "orders",
    schema: "orders",
    map: { userid: "id" },
    event: '"buy"',
    ...rest,
  });
}

function faults(rest: object, of = orders, header: readonly string[] = HEADER) {
  const check = checkMapping(flow(rest), of, { columns: header });
  return check.ok
    ? []
    : check.faults.map(({ path, message, remedy }) => [path, message, ...(remedy ? [remedy] : [])]);
}

describe("a mapping", () => {
  it("fits when its names are known and its types are right", () => {
    const map = { userid: "trim(id)", price: 'number(column("unit price")) * 1.19', paid: "boolean(paid)" };
    expect(
      faults({ map, time: "time(at)", leaveOut: 'id = "0" or at = null', key: "concat(id, at)" }),
    ).toEqual([]);
  });

  it("names every fault, each with its place", () => {
    const map = { userid: "ID", price: "number(paid", paid: "number(at) > at", prise: "1" };
    expect(faults({ map, leaveOut: "id", time: "tim(at)" })).toEqual([
      ["/map/userid", "at character 1: the file has no column `ID`", "did you mean `id`?"],
      ["/map/price", "at character 12: the expression ends where `,` or `)` is expected"],
      ["/map/paid", "at character 1: a number is compared with a text", "cast it: number(at)"],
      ["/map/prise", "the schema `orders` has no column `prise`", "did you mean `price`?"],
      ["/leaveOut", "the expression yields text, and boolean is expected", "cast it: boolean(id)"],
      ["/time", "at character 1: there is no function `tim`", "did you mean `time`?"],
    ]);
  });

  it("names each column that the file lacks once, with the one that was probably meant", () => {
    const map = { userid: "ID", price: "number(ID)", paid: "boolean(settled)" };
    const check = checkMapping(flow({ map }), orders, { columns: HEADER });
    expect(check.ok ? [] : check.missing).toEqual([
      { name: "ID", near: "id" },
      { name: "settled", near: undefined },
    ]);
  });

  it("asks for the cast that is missing", () => {
    expect(faults({ map: { userid: "id", price: "at" } })).toEqual([
      ["/map/price", "the expression yields text, and number is expected", "cast it: number(at)"],
    ]);
    expect(faults({ map: { userid: "id", price: "at * 2" } })).toEqual([
      ["/map/price", "at character 1: `*` takes a number, and this is a text", "cast it: number(at)"],
    ]);
  });

  it("takes any column's name as long as no file is known", () => {
    expect(checkMapping(flow({ map: { userid: "whatever" } }), orders).ok).toBe(true);
  });

  it("says what a kind of schema needs and what does not belong to it", () => {
    expect(faults({ event: undefined })).toEqual([
      ["/event", "a dataflow of an Interaction schema says what type of event a row is"],
    ]);
    expect(faults({ key: "at" }, people).map(([path]) => path)).toEqual(["/event", "/key"]);
    expect(faults({ map: { price: "1", tags: "at" } }).map(([path]) => path)).toEqual(["/map/tags", "/map"]);
  });
});

describe("an expression that is none", () => {
  it("names a function that does not exist beside the place where it ends too early", () => {
    expect(faults({ time: "tim(at" })).toEqual([
      ["/time", "at character 1: there is no function `tim`", "did you mean `time`?"],
      ["/time", "at character 7: the expression ends where `,` or `)` is expected"],
    ]);
  });

  it.each([
    ["", undefined],
    ["id +", "at character 5: the expression ends where a column, a constant or a function is expected"],
    ["id id", "at character 4: `id` stands where an operator or the end is expected"],
    ["(id", "at character 4: the expression ends where an operator or `)` is expected"],
    ["1 < 2 < 3", "at character 7: comparisons cannot be chained"],
    ["'abc", "at character 1: this text is never closed"],
    ["a == b", "at character 3: `==` does not belong to the language"],
    ["a ? b", "at character 3: `?` does not belong to the language"],
    ["column(id)", "at character 1: `column` takes the name of a column as a text, or the steps of a path"],
    ["if(true, id)", "at character 1: `if` does not take 2 values"],
    ["if(true, id, 1)", "at character 1: the results are of different types: text and number"],
    ["list(id) = list(at)", "at character 1: lists are only compared with `null`"],
    ['time(at, "DD/MM")', "at character 1: the format names no year"],
    [
      'time(at, "YYYY-MM-DD QQ")',
      "at character 1: `QQ` is no part of a time; parts are YYYY, MM, M, DD, D, hh, h, mm, ss, SSS",
    ],
    ["1.1234567", "at character 1: numbers have at most 12 digits before and 6 behind the point"],
    [
      `${"(".repeat(41)}id${")".repeat(41)}`,
      "at character 41: the expression is nested deeper than 40, or longer than 40 operators",
    ],
  ])("%s", (expression, message) => {
    if (message === undefined) expect(() => flow({ map: { userid: expression } })).toThrow();
    else expect(faults({ map: { userid: expression } })[0]?.[1]).toBe(message);
  });
});

describe("the event types of a dataflow", () => {
  it.each([
    ['"buy"', ["buy"], false],
    ['if(number(q) > 0, "buy", "return")', ["buy", "return"], false],
    ['if(kind = null, "visit", lower(kind))', ["visit"], true],
    ["kind", [], true],
  ])("of %s", (event, constants, open) => {
    expect(eventTypesOf(flow({ event }))).toEqual({ constants, open });
  });
});
