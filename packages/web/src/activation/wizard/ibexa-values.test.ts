import { describe, expect, it } from "vitest";
import { NO_VALUES, settingsOf } from "./ibexa-values.ts";

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

  it("have of the wire profile what differs from its defaults, and nothing where nothing does", () => {
    expect(settingsOf({ ...NO_VALUES, advanced: { batchSize: 50 } })).toEqual({
      advanced: { batchSize: 50 },
    });
    expect(settingsOf(NO_VALUES)).toEqual({});
  });
});
