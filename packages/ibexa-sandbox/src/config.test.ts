import { expect, test } from "vitest";
import { ConfigError, readConfig } from "./config.ts";

const GOOD = {
  activations: [{ clientId: "a", clientSecret: "b", segmentGroupIdentifier: "g" }],
  segmentGroups: [{ identifier: "g" }],
  users: "any",
};

function faultsOf(value: unknown): string[] {
  try {
    readConfig(value);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(({ path, message }) => `${path} ${message}`);
    throw error;
  }
  return [];
}

test("the defaults are those of Ibexa and of the strictest receiver", () => {
  expect(readConfig(GOOD)).toMatchObject({
    host: "127.0.0.1",
    port: 0,
    unknownUsers: "refuse",
    bulkAsyncThreshold: 100,
    onDetach: "delete",
    keepHistory: false,
    segmentGroups: [{ identifier: "g", name: "g" }],
  });
});

test("every fault is named at once, with its path", () => {
  expect(
    faultsOf({
      activations: [{ clientId: 1, clientSecret: "", segmentGroupIdentifier: "g" }],
      segmentGroups: [{ identifier: "g" }, { identifier: "g" }],
      users: { range: [5, 1] },
      onDetach: "burn",
      bulkAsyncTreshold: 10,
      queue: { delayMs: -1 },
    }),
  ).toEqual([
    "bulkAsyncTreshold is not a known field",
    "queue.delayMs must be a whole number of at least 0, got -1",
    "activations[0].clientId must be a text, got a number",
    "activations[0].clientSecret must not be empty",
    "users.range[1] must be a whole number of at least 5, got 1",
    'onDetach must be one of keep, empty, delete, got "burn"',
    "segmentGroups[1].identifier is used twice",
  ]);
});

test("two activations with one client id are refused, since a request could not be told apart", () => {
  const twice = { ...GOOD, activations: [...GOOD.activations, ...GOOD.activations] };
  expect(faultsOf(twice)).toEqual(["activations[1].clientId is used twice"]);
});

test.each([undefined, null, [], "x", {}])("%j is no configuration", (value) => {
  expect(faultsOf(value).length).toBeGreaterThan(0);
});
