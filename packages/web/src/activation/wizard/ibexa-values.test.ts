import { describe, expect, it } from "vitest";
import { advancedOf, NO_VALUES, settingsOf } from "./ibexa-values.ts";

describe("the settings of the Ibexa step", () => {
  it("leave out what is empty, so that stored secrets stay, and trim what was pasted", () => {
    const values = {
      ...NO_VALUES,
      step: 1,
      name: "Shop",
      clientId: " shop ",
      baseUrl: "https://shop.example/cdp/webhook\n",
    };
    expect(settingsOf(values)).toEqual({ clientId: "shop", baseUrl: "https://shop.example/cdp/webhook" });
  });

  it("have the wire profile as an object, and say what is wrong with it", () => {
    expect(settingsOf({ ...NO_VALUES, advanced: '{ "batchSize": 50 }' })).toEqual({
      advanced: { batchSize: 50 },
    });
    expect(advancedOf("{ batchSize")).toMatchObject({ fault: expect.stringContaining("is not JSON") });
    expect(advancedOf("[50]").fault).toMatch(/must be an object/);
  });
});
