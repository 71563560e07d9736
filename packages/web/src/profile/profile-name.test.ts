import { describe, expect, it } from "vitest";
import type { Schemas } from "../api/schemas.ts";
import { profileName } from "./profile-name.ts";

const source = { arrival: 1, import: 1, dataflow: "users", fileName: "users.csv", at: null };

function person(
  attributes: Readonly<Record<string, unknown>>,
  identifiers: readonly [string, string][],
): Schemas["Profile"] {
  const place = { time: "2026-01-01T00:00:00.000Z", dataflow: "users", import: 1 };
  return {
    number: 12,
    merged: [],
    identifiers: identifiers.map(([identifier, value]) => ({ identifier, value, source })),
    attributes: Object.entries(attributes).map(([name, value]) => ({
      name,
      value,
      type: "text",
      values: [],
      ...place,
    })),
    events: { count: 0, types: [], latest: [], next: null },
    audiences: [],
  };
}

describe("what a person is called", () => {
  it("is the name, in one part or in two", () => {
    expect(profileName(person({ Name: "Jo Doe" }, []))).toBe("Jo Doe");
    expect(profileName(person({ last_name: "Doe", "First name": "Jo" }, []))).toBe("Jo Doe");
  });

  it("is the e-mail address where no name is known, or is empty", () => {
    const identifiers: [string, string][] = [
      ["userid", "17"],
      ["email", "jo@example.com"],
    ];
    expect(profileName(person({ name: " " }, identifiers))).toBe("jo@example.com");
    expect(profileName(person({ name: null }, identifiers.slice(0, 1)))).toBe("17");
  });

  it("is the number where nothing else is known", () => {
    expect(profileName(person({}, []))).toBe("Profile 12");
  });
});
