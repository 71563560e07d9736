import { expect, it } from "vitest";
import { z } from "zod";
import { redact, secretSettings, splitSecrets } from "./secrets.ts";

const schema = z.strictObject({
  key: z.string().min(1).meta({ secret: true }),
  optionalKey: z.string().optional().meta({ secret: true }),
  address: z.string().meta({ title: "Address" }),
});

it("finds the settings that are marked as secret", () => {
  expect(secretSettings(schema)).toEqual(["key", "optionalKey"]);
});

it("parts secrets from the rest", () => {
  expect(splitSecrets(schema, { key: "k", address: "a" })).toEqual({
    plain: { address: "a" },
    secrets: { key: "k" },
  });
});

it("removes every occurrence of a secret", () => {
  expect(redact("k1 and k1, not k2", ["k1", ""])).toBe("*** and ***, not k2");
});
