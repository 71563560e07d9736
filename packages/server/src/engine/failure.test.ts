import { ClickHouseError } from "@clickhouse/client";
import { PeregrineError } from "@peregrine/core";
import { describe, expect, test } from "vitest";
import { connectionFailure, engineFailure } from "./failure.ts";

function answered(code: string, message: string): ClickHouseError {
  return new ClickHouseError({ code, message });
}

describe("engineFailure", () => {
  test.each([
    ["241", "Memory limit exceeded", "engineMemory"],
    ["159", "Timeout exceeded: elapsed 1000 ms", "queryTimeout"],
    ["243", "Cannot reserve 113.97 MiB, not enough space", "diskFull"],
    ["75", "Cannot write to file: , errno: 28, strerror: No space left on device", "diskFull"],
    ["252", "Too many parts", "engineBusy"],
    ["516", "Authentication failed", "engineUnavailable"],
    ["60", "Unknown table expression identifier 'x'", "internal"],
    ["75", "Cannot write to file: , errno: 5, strerror: Input/output error", "internal"],
  ])("code %s (%s) is %s", (code, message, expected) => {
    const error = answered(code, message);
    const failure = engineFailure(error);
    expect(failure).toBeInstanceOf(PeregrineError);
    expect(failure).toMatchObject({ code: expected, cause: error, detail: expect.stringContaining(message) });
  });

  test("what is no answer of the engine stays as it is", () => {
    const error = new Error("x");
    expect(engineFailure(error)).toBe(error);
  });
});

describe("connectionFailure", () => {
  test.each([
    ["ECONNREFUSED", "connect ECONNREFUSED", "notReached"],
    ["ENOENT", "connect ENOENT /tmp/x.sock", "notReached"],
    ["ECONNRESET", "socket hang up", "cut"],
    ["EPIPE", "write EPIPE", "cut"],
    ["", "aborted", "cut"],
    ["", "something else", undefined],
  ])("%s (%s) is %s", (code, message, expected) => {
    expect(connectionFailure(Object.assign(new Error(message), code === "" ? {} : { code }))).toBe(expected);
  });

  test("an answer of the engine is none, whatever it says", () => {
    expect(connectionFailure(answered("210", "Connection reset by peer: socket hang up"))).toBeUndefined();
  });
});
