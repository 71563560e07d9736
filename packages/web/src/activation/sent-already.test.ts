import { describe, expect, it } from "vitest";
import { sentAlready } from "./sent-already.ts";

const SHOP = {
  id: "shop",
  name: "Shop",
  settings: { baseUrl: "https://shop.example/cdp/webhook" },
  audiences: ["a"],
};

describe("audiences that are sent to an Ibexa already", () => {
  it("are told with the activation that does, however the address is written", () => {
    expect([...sentAlready([SHOP], "http://SHOP.example:80/cdp/webhook/")]).toEqual([
      ["a", "Sent to this Ibexa already, by “Shop”"],
    ]);
  });

  it("are none at another Ibexa, without an address, and of the activation itself", () => {
    expect(sentAlready([SHOP], "https://other.example/cdp/webhook").size).toBe(0);
    expect(sentAlready([SHOP], "shop").size).toBe(0);
    expect(sentAlready([SHOP], SHOP.settings.baseUrl, "shop").size).toBe(0);
  });
});
