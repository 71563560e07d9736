import { describe, expect, test } from "vitest";
import { literal, placeholders, quoted, readStatement } from "./statement.ts";

describe("readStatement", () => {
  test.each([
    ["SELECT 1", undefined],
    ["  -- SELECT\n/* x */ select 1 FORMAT JSONEachRow", "JSONEachRow"],
    ["WITH a AS (SELECT 1 AS format) SELECT format FROM a\nFORMAT JSONCompactEachRow", "JSONCompactEachRow"],
    ["SELECT 'x FORMAT CSV' AS \"FORMAT\", `FORMAT` FROM t", undefined],
    ["SELECT (SELECT 1 FORMAT CSV)", undefined],
  ])("%j answers rows", (sql, format) => {
    expect(readStatement(sql)).toEqual({ kind: "rows", sql, format });
  });

  test.each([
    "CREATE TABLE t (format String) ENGINE = MergeTree ORDER BY format",
    "INSERT INTO t SELECT 1 FORMAT Null",
    "INSERT INTO t (a) WITH x AS (SELECT 1) SELECT * FROM x",
    "INSERT INTO t VALUES (1, 'FORMAT CSV')",
    "",
    "SET x = 1",
  ])("%j is run as it is", (sql) => {
    expect(readStatement(sql)).toEqual({ kind: "other", sql });
  });

  test.each([
    ["INSERT INTO t FORMAT CSV", "INSERT INTO t", "", "CSV", ""],
    ["INSERT INTO t (a, b) FORMAT CSV\n1,2\n", "INSERT INTO t (a, b)", "", "CSV", "1,2\n"],
    ["insert into `t FORMAT x` (a) format TSV 1", "insert into `t FORMAT x` (a)", "", "TSV", "1"],
    [
      "INSERT INTO t (a) SETTINGS max_threads = 1 FORMAT CSV\r\n\n1",
      "INSERT INTO t (a)",
      "SETTINGS max_threads = 1",
      "CSV",
      "\n1",
    ],
    ["INSERT INTO t FORMAT CSV ;\n'it''s', \"FORMAT\"", "INSERT INTO t", "", "CSV", "'it''s', \"FORMAT\""],
  ])("%j takes data", (sql, target, settings, format, data) => {
    const statement = readStatement(sql);
    expect(statement).toMatchObject({ kind: "insert", target, settings, format });
    expect(statement.kind === "insert" ? sql.slice(statement.dataFrom) : undefined).toBe(data);
  });
});

test("placeholders are found outside of strings and comments", () => {
  expect([
    ...placeholders(
      "SELECT {a:String}, '{b:String}', \"{c:String}\" -- {d:String}\n/* {e:String} */, { f : Array(String) }, {'g': 1}",
    ),
  ]).toEqual(["a", "f"]);
});

test("texts and names are quoted so that they end where they should", () => {
  expect(literal("it's \\ a\nb")).toBe("'it\\'s \\\\ a\nb'");
  expect(quoted("a`b\\")).toBe("`a\\`b\\\\`");
});
