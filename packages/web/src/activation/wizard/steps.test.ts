import { describe, expect, it } from "vitest";
import { type Draft, EMPTY } from "./draft.ts";
import { reachedStep, STEPS, stepOf } from "./steps.ts";

const FILLED: Draft = {
  ...EMPTY,
  name: "Shop",
  clientSecret: "secret",
  clientId: "shop",
  baseUrl: "https://shop.example/cdp/webhook",
  segmentGroupIdentifier: "example_group",
};
const reached = (draft: Draft) => STEPS[reachedStep(draft)]?.name;

describe("how far the wizard can be shown", () => {
  it("is as far as what the earlier steps ask for is there", () => {
    expect(reached(EMPTY)).toBe("general");
    expect(reached({ ...FILLED, name: " " })).toBe("general");
    expect(reached({ ...FILLED, baseUrl: "" })).toBe("ibexa");
    expect(reached(FILLED)).toBe("audiences");
  });

  it("is where a secret is typed that was lost, unless the server has it", () => {
    expect(reached({ ...FILLED, clientSecret: "", lost: ["clientSecret"] })).toBe("ibexa");
    expect(reached({ ...FILLED, lost: ["extraHeaders"] })).toBe("ibexa");
    expect(reached({ ...FILLED, clientSecret: "", saved: { id: "shop", version: 1 } })).toBe("audiences");
  });

  it("is named by the address, and by nothing that is no step", () => {
    expect(stepOf("ibexa")).toBe("ibexa");
    expect(stepOf(1)).toBeUndefined();
  });
});
