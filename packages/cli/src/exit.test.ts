import { ERRORS, type ErrorCode } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { CommandFailed, EXIT, exitForCode, exitForProblem, remedyOf } from "./exit.ts";

const CODES = Object.keys(ERRORS) as ErrorCode[];

describe("exit codes", () => {
  it.each([
    ["fileCutOff", EXIT.badInput],
    ["ruleInvalid", EXIT.badInput],
    ["activationFixed", EXIT.badInput],
    ["notFound", EXIT.noInput],
    ["tokenMissing", EXIT.notPermitted],
    ["roleTooLow", EXIT.notPermitted],
    ["setupCodeWrong", EXIT.notPermitted],
    ["diskFull", EXIT.noRoom],
    ["engineBusy", EXIT.temporary],
    ["internal", EXIT.internal],
    ["destinationUnreachable", EXIT.unavailable],
    ["destinationTimeout", EXIT.temporary],
    ["destinationFailing", EXIT.temporary],
    ["destinationCredentials", EXIT.notPermitted],
    ["destinationWebPage", EXIT.config],
    ["destinationRefusesAll", EXIT.failed],
  ])("%s ends with %i", (code, exit) => {
    expect(exitForCode(code)).toBe(exit);
  });

  it("are never 0 for a failure, and never 64, which is for wrong usage", () => {
    for (const code of CODES) expect([EXIT.ok, EXIT.usage]).not.toContain(exitForCode(code));
  });

  it("of a code that only a newer server knows follow from its status and who acts", () => {
    expect(exitForProblem({ code: "later", status: 422, actor: "user" })).toBe(EXIT.badInput);
    expect(exitForProblem({ code: "later", status: 503, actor: "us" })).toBe(EXIT.temporary);
    expect(exitForCode("later")).toBe(EXIT.failed);
    expect(remedyOf("later")).toBe("");
    expect(remedyOf("toString")).toBe("");
  });
});

describe("a failed command", () => {
  it("has no empty lines", () => {
    expect(new CommandFailed(EXIT.failed, "no", { lines: ["a", "", "b"] }).lines).toEqual(["a", "b"]);
  });
});
