import { ClickHouseError } from "@clickhouse/client";
import { type ErrorCode, PeregrineError } from "@peregrine/core";

/**
 * ClickHouse's exception codes (src/Common/ErrorCodes.cpp) that somebody can do something about. All others mean
 * that our statement is wrong.
 */
const CODES: Readonly<Record<number, ErrorCode>> = {
  159: "queryTimeout", // TIMEOUT_EXCEEDED
  160: "queryTimeout", // TOO_SLOW
  173: "engineMemory", // CANNOT_ALLOCATE_MEMORY
  192: "engineUnavailable", // UNKNOWN_USER
  193: "engineUnavailable", // WRONG_PASSWORD
  194: "engineUnavailable", // REQUIRED_PASSWORD
  202: "engineBusy", // TOO_MANY_SIMULTANEOUS_QUERIES
  209: "engineUnavailable", // SOCKET_TIMEOUT
  210: "engineUnavailable", // NETWORK_ERROR
  241: "engineMemory", // MEMORY_LIMIT_EXCEEDED
  243: "diskFull", // NOT_ENOUGH_SPACE
  252: "engineBusy", // TOO_MANY_PARTS
  497: "engineUnavailable", // ACCESS_DENIED
  516: "engineUnavailable", // AUTHENTICATION_FAILED
};

/** Node's codes for a connection that broke or never was. */
const CONNECTION_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOENT",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ERR_STREAM_PREMATURE_CLOSE",
  "ERR_SOCKET_CONNECTION_TIMEOUT",
]);

/** Of those, the ones that say that nothing reached the engine: even a write can be sent again. */
const NOT_REACHED_CODES = new Set(["ECONNREFUSED", "ENOENT", "ENOTFOUND", "EAI_AGAIN"]);

/** What became of a call whose connection failed. */
export type ConnectionFailure = "notReached" | "cut";

/** Whether an error is one of the connection (and not an answer of the engine). */
export function connectionFailure(error: unknown): ConnectionFailure | undefined {
  if (!(error instanceof Error) || error instanceof ClickHouseError) return undefined;
  const code = "code" in error ? String(error.code) : "";
  if (NOT_REACHED_CODES.has(code)) return "notReached";
  if (CONNECTION_CODES.has(code)) return "cut";
  // Node's for a response that ended before its last chunk, and for a socket that closed before any answer; the
  // client's for a result whose error block was cut.
  return /^aborted$|socket hang up|Premature close|last chunk is malformed/.test(error.message)
    ? "cut"
    : undefined;
}

/** The engine's answer as a row of the error table. */
export function engineFailure(error: unknown): unknown {
  if (!(error instanceof ClickHouseError)) return error;
  const known = CODES[Number(error.code)];
  if (known !== undefined)
    return new PeregrineError(known, { detail: firstLine(error.message), cause: error });
  // 74 and 75 are any failure of writing a file; the number of the operating system's error is in the text.
  if (/errno: 28\b|No space left on device/.test(error.message)) {
    return new PeregrineError("diskFull", { detail: firstLine(error.message), cause: error });
  }
  return new PeregrineError("internal", {
    detail: `The engine refused a statement: ${firstLine(error.message)}`,
    cause: error,
  });
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.slice(0, 500) ?? "";
}
