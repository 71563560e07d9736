import { describe, expect, it } from "vitest";
import {
  profileFields,
  profileSchemaOf,
  settingAt,
  textOf,
  typedValue,
  withSetting,
} from "./profile-schema.ts";

const SCHEMA = {
  properties: {
    version: { const: 1, default: 1 },
    method: { enum: ["POST", "PUT"], default: "POST", title: "HTTP method" },
    credentials: {
      title: "Credentials",
      default: { in: "headers" },
      oneOf: [
        { properties: { in: { const: "headers" }, idName: { type: "string", title: "Header" } } },
        { properties: { in: { const: "oauth" }, tokenUrl: { type: "string", title: "Token URL" } } },
      ],
    },
    paths: { properties: { create: { type: "string", title: "Path of Create" } } },
    alreadyGone: { type: "array", default: [404], title: "Already gone" },
  },
};

describe("the fields of a wire profile", () => {
  it("are found by name in the schema of the settings", () => {
    const $defs = { Settings: { properties: { advanced: { $ref: "#/$defs/Profile" } } }, Profile: SCHEMA };
    expect(profileSchemaOf({ $ref: "#/$defs/Settings", $defs })).toBe(SCHEMA);
    expect(profileSchemaOf({ properties: {} })).toBeUndefined();
  });

  it("are its settings; below a choice those of what is chosen", () => {
    const labels = (value: object) => profileFields(SCHEMA, { ...value }).map(({ label }) => label);
    expect(labels({})).toEqual(["HTTP method", "Credentials", "Header", "Path of Create", "Already gone"]);
    expect(labels({ credentials: { in: "oauth" } })).toContain("Token URL");
    expect(profileFields(SCHEMA, {}).map(({ preset }) => preset)).toEqual(["POST", "headers", "", "", "404"]);
  });

  it("change one setting and leave the others; the default leaves nothing behind", () => {
    const changed = withSetting({ batchSize: 50 }, ["paths", "create"], "/segments");
    expect(changed).toEqual({ batchSize: 50, paths: { create: "/segments" } });
    expect(settingAt(changed, ["paths", "create"])).toBe("/segments");
    expect(withSetting(changed, ["paths", "create"], undefined)).toEqual({ batchSize: 50 });
  });

  it("forget the settings of credentials that are shown in another way", () => {
    const profile = { credentials: { in: "oauth", tokenUrl: "https://shop.example/token" } };
    expect(withSetting(profile, ["credentials", "in"], "basic")).toEqual({ credentials: { in: "basic" } });
    expect(withSetting(profile, ["credentials", "in"], undefined)).toEqual({});
  });

  it.each([
    ["list", "409, 410", [409, 410]],
    ["list", "done, true", ["done", true]],
    ["table", "429: retried, 500: stops", { 429: "retried", 500: "stops" }],
    ["number", "50", 50],
    ["text", "/segments", "/segments"],
    ["text", " ", undefined],
  ] as const)("as %s are typed as %s", (kind, text, value) => {
    expect(typedValue(kind, text)).toEqual(value);
    if (value !== undefined) expect(textOf(value)).toBe(text);
  });
});
