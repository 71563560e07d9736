import { rm } from "node:fs/promises";
import { resolve } from "node:path";
import { PeregrineError, textLiteral } from "@peregrine/core";
import type { Engine } from "../../engine/index.ts";

/** Rows in their order, times in UTC with their zone, and nothing that is no number passed off as null. */
const SETTINGS = {
  max_threads: 1,
  input_format_parquet_preserve_order: 1,
  date_time_output_format: "iso",
  session_timezone: "UTC",
  output_format_json_quote_64bit_integers: 0,
  output_format_json_quote_denormals: 1,
  output_format_json_named_tuples_as_objects: 1,
  engine_file_truncate_on_insert: 1,
} as const;

/**
 * Writes a Parquet file's rows as JSON lines beside it; the engine reads Parquet, row group by row group. From there
 * on they are read as every nested row is, each with its number for a line.
 *
 * @returns where the lines are; whoever opens them removes them
 * @throws PeregrineError `fileNotParquet`
 */
export async function parquetAsJsonLines(
  engine: Engine,
  path: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  const lines = `${resolve(path)}.jsonl`;
  try {
    await engine.command(
      `INSERT INTO FUNCTION file(${textLiteral(lines)}, 'JSONEachRow') SELECT * FROM file(${textLiteral(resolve(path))}, 'Parquet')`,
      {},
      { settings: SETTINGS, ...(signal === undefined ? {} : { signal }) },
    );
    return lines;
  } catch (error) {
    await rm(lines, { force: true });
    throw failure(error);
  }
}

/** A server with a disk of its own looks for the file there. */
const ELSEWHERE = /user_files|DATABASE_ACCESS_DENIED|FILE_DOESNT_EXIST/;

function failure(cause: unknown): unknown {
  // What the engine refuses is the file: the statement is always the same.
  if (!(cause instanceof PeregrineError) || cause.code !== "internal") return cause;
  const told = cause.cause instanceof Error ? cause.cause.message : (cause.detail ?? "");
  return new PeregrineError("fileNotParquet", {
    detail: ELSEWHERE.test(told)
      ? "Parquet is read where the engine is embedded; a ClickHouse server does not see the file."
      : "The file begins as Parquet and cannot be read to its end: it is cut off or damaged.",
    cause,
  });
}
