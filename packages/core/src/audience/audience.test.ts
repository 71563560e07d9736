import { describe, expect, it } from "vitest";
import { z } from "zod";
import { audienceDefinition, newAudienceId } from "./audience.ts";
import { ruleSchema } from "./rule.ts";

describe("an audience's id", () => {
  it("is 8 hex characters", () => {
    expect(newAudienceId(() => new Uint8Array([0x5d, 0x82, 0x2e, 0x81]))).toBe("5d822e81");
    expect(newAudienceId(() => new Uint8Array([0, 1, 2, 255]))).toBe("000102ff");
  });
});

describe("the definition of an audience", () => {
  it("leaves the rule to resolve, however it looks", () => {
    const definition = { kind: "audience", id: "uk", name: "UK", rule: { al: [] } };
    expect(audienceDefinition.parse(definition)).toEqual({ ...definition, tags: [] });
  });

  it("documents the rule with all its kinds", () => {
    const document = JSON.stringify(z.toJSONSchema(audienceDefinition, { io: "input" }));
    for (const word of ["everyone", "ignoreCase", "distinct", "within", "product"]) {
      expect(document).toContain(`"${word}"`);
    }
    expect(() => z.toJSONSchema(ruleSchema)).not.toThrow();
  });
});
