import { expect, it } from "vitest";
import { deliveryOfAll, outcomeOf } from "./verdict.ts";

const changes = [
  { id: 7, audienceId: "a", personId: "1", membership: true },
  { id: 8, audienceId: "a", personId: "2", membership: false },
];
const failure = { code: "destinationRefused", reason: "no" } as const;

it("answers for every change by its id", () => {
  const accepted = deliveryOfAll({ kind: "accepted" });
  expect(changes.map(({ id }) => outcomeOf(accepted, id).kind)).toEqual(["accepted", "accepted"]);
  expect(outcomeOf(deliveryOfAll({ kind: "refused", failure }), 8)).toEqual({
    kind: "refused",
    failure,
  });
  expect(outcomeOf(deliveryOfAll({ kind: "stop", failure }), 7).kind).toBe("unknown");
});

it("takes what was not answered for unknown", () => {
  expect(outcomeOf({ verdict: { kind: "accepted" }, outcomes: new Map() }, 7).kind).toBe("unknown");
});
