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
      "Extra headers",
      "Proxy credentials",
      "Token client secret",
    ]);
    expect(secretSettings(ibexaSettings)).toEqual([
      "clientSecret",
      "extraHeaders",
      "proxyCredentials",
      "tokenClientSecret",
    ]);
  });

  it("have all defaults of the wire profile", () => {
    expect(ibexaSettings.parse(good).advanced).toMatchObject({
      version: 1,
      method: "POST",
      credentials: { in: "headers", idName: "X-CLIENT-ID", secretName: "X-CLIENT-SECRET" },
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
    ["a group with a line break", { segmentGroupIdentifier: "a\r\nX-Evil: 1" }],
    ["credentials that aren't known", { advanced: { credentials: { in: "cookie" } } }],
    ["a header's name with a space", { advanced: { credentials: { in: "headers", idName: "X CLIENT" } } }],
    ["a header of the connection", { advanced: { segmentGroup: { in: "header", name: "Content-Length" } } }],
    ["one header for two things", { advanced: { segmentGroup: { in: "header", name: "x-client-id" } } }],
    ["a header twice", { advanced: { credentials: { in: "headers", idName: "X-A", secretName: "x-a" } } }],
    ["two messages of one updateType", { advanced: { updateTypes: { create: "detach" } } }],
    ["a path without a slash", { advanced: { paths: { create: "create" } } }],
    ["a path with a query", { advanced: { paths: { create: "/create?x=1" } } }],
    [
      "a token address with a password",
      { advanced: { credentials: { in: "oauth", tokenUrl: "https://a:b@c/" } } },
    ],
    ["OAuth without a token address", { advanced: { credentials: { in: "oauth" } } }],
    ["a success field without its values", { advanced: { success: { field: "/status" } } }],
    ["a field that is no JSON pointer", { advanced: { success: { field: "status", equals: ["done"] } } }],
    ["a status that isn't one", { advanced: { statuses: { 200: "retried" } } }],
    ["a method without a body", { advanced: { method: "GET" } }],
    ["a content type that isn't one", { advanced: { contentType: "json" } }],
    ["a proxy that isn't an address", { advanced: { proxy: "proxy.example:3128" } }],
    ["a proxy with a password", { advanced: { proxy: "http://a:b@proxy.example:3128" } }],
    ["a proxy with a path", { advanced: { proxy: "http://proxy.example:3128/x" } }],
    ["an authority that isn't PEM", { advanced: { certificateAuthority: "/etc/ssl/ca.pem" } }],
    ["an authority with broken base64", { advanced: { certificateAuthority: pem("@@@@") } }],
    [
      "a private key in the authority's place",
      { advanced: { certificateAuthority: pem(DER, "EC PRIVATE KEY") } },
    ],
    ["no messages a second", { advanced: { requestsPerSecond: 0 } }],
    ["extra headers without a colon", { extraHeaders: "X-A 1" }],
    ["an extra header of the connection", { extraHeaders: "Host: other.example" }],
    ["an extra header twice", { extraHeaders: "X-A: 1\nx-a: 2" }],
    ["proxy credentials without a colon", { proxyCredentials: "user" }],
  ])("refuse %s", (_name, wrong) => {
    expect(ibexaSettings.safeParse({ ...good, ...wrong }).success).toBe(false);
  });
});

const DER = btoa(`0${"x".repeat(200)}`);
function pem(base64: string, what = "CERTIFICATE"): string {
  return `-----BEGIN ${what}-----\n${base64}\n-----END ${what}-----\n`;
}

describe("settings with faults", () => {
  it("never tell a secret that is in the wrong place", () => {
    const { error } = ibexaSettings.safeParse({
      ...good,
      extraHeaders: "Authorization Basic c2VjcmV0\nX A: another-secret\nX-B: \u00e9-third",
      proxyCredentials: "fourth secret",
    });
    expect(error?.issues).toHaveLength(4);
    expect(JSON.stringify(error?.issues)).not.toMatch(/c2VjcmV0|secret|third/);
  });

  it("take a chain of certificates", () => {
    const certificateAuthority = pem(DER) + pem(DER);
    expect(ibexaSettings.safeParse({ ...good, advanced: { certificateAuthority } }).success).toBe(true);
  });
});

describe("the catches of the Ibexa step", () => {
  const warn = (change: Partial<typeof good>) => ibexaWarnings(ibexaSettings.parse({ ...good, ...change }));

  it("say nothing about good settings", () => {
    expect(warn({})).toEqual([]);
    expect(warn({ baseUrl: "http://127.0.0.1:8090/cdp/webhook" })).toEqual([]);
  });

  it("know Ibexa's published credentials, and have both made anew", () => {
    const generate = ["/settings/clientId", "/settings/clientSecret"];
    expect(warn({ clientSecret: "abcdef" })).toMatchObject([{ path: "/settings/clientSecret", generate }]);
    expect(warn({ clientId: "123456" })).toMatchObject([{ path: "/settings/clientId", generate }]);
  });

  it("keep batches below Ibexa's queue", () => {
    const of = (advanced: object) => ibexaWarnings(ibexaSettings.parse({ ...good, advanced }));
    expect(of({ batchSize: 100 })).toMatchObject([{ path: "/settings/advanced/batchSize", use: 99 }]);
    expect(of({ bulkAsyncThreshold: 50 })).toMatchObject([{ use: 49 }]);
    expect(of({ batchSize: 199, bulkAsyncThreshold: 200 })).toEqual([]);
    expect(of({ batchSize: 1, bulkAsyncThreshold: 1 })).toEqual([]);
  });

  it("end in an address without a catch when each remedy is put in after the other", () => {
    let baseUrl = "http://shop.example/de//";
    let steps = 0;
    for (let [first] = warn({ baseUrl }); first !== undefined; [first] = warn({ baseUrl })) {
      baseUrl = String(first.use);
      steps += 1;
    }
    expect([baseUrl, steps]).toEqual(["https://shop.example/de/cdp/webhook", 2]);
  });

  it("notice settings that cancel each other out", () => {
    const of = (more: object) =>
      ibexaWarnings(ibexaSettings.parse({ ...good, ...more })).map(({ path }) => path);
    expect(of({ extraHeaders: "Authorization: Basic x" })).toEqual([]);
    const basic = { extraHeaders: "Authorization: Basic x", advanced: { credentials: { in: "basic" } } };
    expect(of(basic)).toEqual(["/settings/extraHeaders"]);
    expect(of({ proxyCredentials: "user:password" })).toEqual(["/settings/advanced/proxy"]);
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
