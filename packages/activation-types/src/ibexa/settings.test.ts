import { secretSettings } from "@peregrine/core";
import { describe, expect, it } from "vitest";
import { ibexaSettings, ibexaTarget, ibexaWarnings } from "./settings.ts";

const good = {
  clientSecret: "a-secret-of-our-own",
  clientId: "peregrine",
  baseUrl: "https://shop.example/cdp/webhook",
  segmentGroupIdentifier: "group",
};

describe("the settings of the Ibexa step", () => {
  it("stand in the order and under the labels of the seed", () => {
    const labels = Object.values(ibexaSettings.shape).map((setting) => setting.meta()?.["title"]);
    expect(labels).toEqual([
      "Client Secret",
      "Client Id",
      "Base URL",
      "Segment Group Identifier",
      "Advanced",
    ]);
    expect(secretSettings(ibexaSettings)).toEqual(["clientSecret"]);
  });

  it("have all defaults of the wire profile", () => {
    expect(ibexaSettings.parse(good).advanced).toMatchObject({
      version: 1,
      method: "POST",
      credentials: "headers",
      batchSize: 99,
      requestsAtOnce: 4,
      timeoutSeconds: 30,
    });
  });

  it.each([
    ["an address without a scheme", { baseUrl: "shop.example/cdp/webhook" }],
    ["a scheme that isn't the web's", { baseUrl: "file:///etc/passwd" }],
    ["credentials in the address", { baseUrl: "https://u:p@shop.example/cdp/webhook" }],
    ["an empty group", { segmentGroupIdentifier: "" }],
    ["a secret with a line break", { clientSecret: "a\r\nX-Evil: 1" }],
    ["a setting that isn't known", { colour: "red" }],
    ["a wire profile that isn't there yet", { advanced: { credentials: "basic" } }],
  ])("refuse %s", (_name, wrong) => {
    expect(ibexaSettings.safeParse({ ...good, ...wrong }).success).toBe(false);
  });
});

describe("the catches of the Ibexa step", () => {
  const warn = (change: Partial<typeof good>) => ibexaWarnings(ibexaSettings.parse({ ...good, ...change }));

  it("say nothing about good settings", () => {
    expect(warn({})).toEqual([]);
    expect(warn({ baseUrl: "http://127.0.0.1:8090/cdp/webhook" })).toEqual([]);
  });

  it("know Ibexa's published credentials", () => {
    expect(warn({ clientSecret: "abcdef" })).toMatchObject([{ path: "/settings/clientSecret" }]);
    expect(warn({ clientId: "123456" })).toMatchObject([{ path: "/settings/clientId" }]);
  });

  it.each([
    ["https://shop.example", "https://shop.example/cdp/webhook"],
    ["https://shop.example/de/", "https://shop.example/de/cdp/webhook"],
    ["https://shop.example/cdp/webhook/", "https://shop.example/cdp/webhook"],
    ["http://shop.example/cdp/webhook", "https://shop.example/cdp/webhook"],
  ])("have the remedy for %s", (baseUrl, use) => {
    expect(warn({ baseUrl })).toMatchObject([{ path: "/settings/baseUrl", use }]);
  });
});

it("one Ibexa is one target, however its address is written", () => {
  const written = [
    "https://Shop.Example/cdp/webhook",
    "https://shop.example:443/cdp/webhook/",
    "http://shop.example/cdp/webhook",
  ];
  expect(new Set(written.map((baseUrl) => ibexaTarget({ baseUrl }))).size).toBe(1);
});
