import { describe, expect, it } from "vitest";
import { type IdentityConfig, identityConfig, identityConfigOf } from "./config.ts";
import { identifierDefinition } from "./identifier.ts";
import { type Normalisation, normalise } from "./normalise.ts";
import { rowReader } from "./row.ts";

const read = (config: IdentityConfig, ...raws: string[]) =>
  rowReader(config)({ kinds: raws.map(() => 1), raws }, 0, raws.length);
const userid = (rest: object = {}) =>
  identifierDefinition.parse({ kind: "identifier", id: "userid", ...rest });

describe("a person identifier", () => {
  it.each<[Normalisation, string, string]>([
    ["trim", "\u00a0 a b \t", "a b"],
    ["lowercase", "Ann@X.ORG", "ann@x.org"],
    ["unicode", "cafe\u0301", "café"],
    ["digits", "+44 (0)20 7946-0018", "4402079460018"],
    ["integer", "17850.0", "17850"],
    ["integer", "17850.5", "17850.5"],
    ["integer", "v1.0", "v1.0"],
  ])("is normalised by %s: %j becomes %j", (step, raw, value) => {
    expect(normalise(raw, [step])).toBe(value);
  });

  it("is normalised by all steps in their order", () => {
    expect(normalise(" 7.0 ", ["integer", "trim"])).toBe("7.0");
    expect(normalise(" 7.0 ", ["trim", "integer"])).toBe("7");
  });

  it("has sensible defaults and refuses what it does not know", () => {
    expect(userid()).toEqual({
      kind: "identifier",
      id: "userid",
      normalise: ["trim"],
      blocked: [],
      priority: 100,
      limit: "many",
      active: true,
    });
    for (const wrong of [
      { limit: 2 },
      { normalise: ["soundex"] },
      { priority: 1.5 },
      { id: "a b" },
      { colour: 1 },
    ]) {
      expect(identifierDefinition.safeParse({ kind: "identifier", id: "userid", ...wrong }).success).toBe(
        false,
      );
    }
  });

  it("is recorded with an import as plain JSON", () => {
    const config = identityConfigOf([
      { number: 7, definition: userid({ limit: "one" }) },
      { number: 3, definition: identifierDefinition.parse({ kind: "identifier", id: "email" }) },
    ]);
    expect(config.kinds.map(({ number }) => number)).toEqual([3, 7]);
    expect(identityConfig.parse(JSON.parse(JSON.stringify(config)))).toEqual(config);
  });

  it("is blocked in every spelling that normalises to a blocked value", () => {
    const definition = userid({ normalise: ["trim", "lowercase"], blocked: ["Anonymous ", "0"] });
    const config = identityConfigOf([{ number: 1, definition }]);
    expect(read(config, " ANONYMOUS")).toEqual({ outcome: "none" });
    expect(read(config, "0", "anonymous")).toEqual({ outcome: "none" });
    expect(read(config, "00", "0")).toMatchObject({
      outcome: "identified",
      identifiers: [{ kind: 1, value: "00" }],
    });
  });

  it("of a kind that the configuration does not have is a defect of the caller", () => {
    expect(() => read({ kinds: [] }, "a")).toThrow("no kind with number 1");
  });
});
