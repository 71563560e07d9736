import { expect, it } from "vitest";
import { actionOf } from "./action-words.ts";

function told(before: object, after: object, action: "changed" | "created" = "changed") {
  return actionOf({ action, actionText: action === "changed" ? "Changed" : "Created", before, after });
}

it("says of a pause and of what goes on after it more than that something changed", () => {
  expect(told({ state: "active" }, { state: "paused" })).toBe("Paused");
  expect(told({ state: "paused" }, { state: "active" })).toBe("Resumed");
  expect(told({ state: "draft" }, { state: "active" })).toBe("Activated");
  expect(told({ state: "active", name: "A" }, { state: "active", name: "B" })).toBe("Changed");
  expect(told({ name: "A" }, { name: "B" })).toBe("Changed");
  expect(told({}, { state: "paused" }, "created")).toBe("Created");
});
