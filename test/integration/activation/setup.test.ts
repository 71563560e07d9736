import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Installation, startInstallation } from "../bad-input/installation.ts";

const SECRET = "s3cret-of-the-shop";

interface Setup {
  readonly version: string;
  readonly versions: readonly string[];
  readonly parts: readonly {
    readonly id: string;
    readonly file: string | null;
    readonly text: string | null;
  }[];
  readonly gaps: readonly object[];
  readonly warnings: readonly object[];
  readonly faults: readonly object[];
}

let shop: Installation;
beforeAll(async () => {
  shop = await startInstallation({ PEREGRINE_ROLES: "web" });
  await shop.define(
    { kind: "identifier", id: "userid", normalise: ["trim"], priority: 100, limit: "one" },
    {
      kind: "activation",
      id: "shop",
      name: "Shop",
      type: "ibexa",
      personIdentifier: "userid",
      settings: {
        clientId: "the-shop",
        clientSecret: SECRET,
        baseUrl: "http://shop.example/cdp/webhook",
        segmentGroupIdentifier: "cdp",
      },
      audiences: [],
      state: "paused",
    },
  );
});
afterAll(async () => {
  await shop?.close();
});

const call = <Body = Setup>(method: string, path: string, body?: object) =>
  shop.server.call<Body>(method, path, body);
const textOf = ({ parts }: Setup) => parts.map(({ text }) => text).join("\n");

describe("the destination's side of an activation", () => {
  it("is given for each version, with a placeholder in the place of the stored secret", async () => {
    for (const version of ["3.3", "4.x", "5.x"]) {
      const { status, body } = await call("GET", `/activations/shop/setup?version=${version}`);
      expect([status, body.version]).toEqual([200, version]);
      expect(textOf(body)).toContain("CDP_ACTIVATION_CLIENT_ID=the-shop");
      expect(textOf(body)).toContain("CDP_ACTIVATION_CLIENT_SECRET='<Client Secret>'");
      expect(textOf(body)).toContain("segment_group_identifier: 'cdp'");
      expect(body.gaps).toEqual([{ setting: "clientSecret", placeholder: "<Client Secret>", why: "stored" }]);
      expect(JSON.stringify(body)).not.toContain(SECRET);
      expect(body.warnings).toMatchObject([{ use: "https://shop.example/cdp/webhook" }]);
    }
    expect((await call("GET", "/activations/shop/setup")).body.version).toBe("5.x");
    const { status, body } = await call("GET", "/activations/shop/setup?version=2.5");
    expect([status, body]).toMatchObject([400, { code: "requestInvalid", faults: [{ path: "/version" }] }]);
    expect((await call("GET", "/activations/nobody/setup")).status).toBe(404);
  });

  it("is filled in as somebody types, before anything is saved", async () => {
    const draft = (id: string, settings: object, type = "ibexa") =>
      call("POST", `/activations/${id}/setup`, { type, settings, version: "4.x" });
    const empty = await draft("new", {});
    expect(empty.body).toMatchObject({ warnings: [], faults: [] });
    expect(empty.body.gaps).toHaveLength(3);

    const typed = await draft("new", {
      clientId: "123456",
      clientSecret: "abc",
      baseUrl: "https://shop.example/",
    });
    expect(textOf(typed.body)).toContain("CDP_ACTIVATION_CLIENT_SECRET=abc");
    expect(typed.body.gaps).toMatchObject([{ setting: "segmentGroupIdentifier", why: "missing" }]);
    expect(typed.body.warnings).toMatchObject([
      { path: "/settings/clientId", generate: ["/settings/clientId", "/settings/clientSecret"] },
      { path: "/settings/baseUrl", use: "https://shop.example/cdp/webhook" },
    ]);
    const half = await draft("new", { baseUrl: "htt", segmentGroupIdentifier: "" });
    expect(half.body).toMatchObject({ warnings: [], faults: [{ path: "/settings/baseUrl" }] });

    const again = await draft("shop", { clientId: "another" });
    expect(again.body.gaps).toMatchObject([{ setting: "clientSecret", why: "stored" }, {}]);
    expect(JSON.stringify(again.body)).not.toContain(SECRET);
    expect((await draft("new", {}, "carrier-pigeon")).status).toBe(422);
    expect((await call("POST", "/activations/new/setup", { settings: {} })).status).toBe(422);
  });

  it("is printed to be copied", async () => {
    const { exit, stdout } = await shop.run("activation", "setup", "shop", "--for", "4.x");
    expect(exit).toBe(0);
    expect(stdout).toContain("3. Credentials: .env.local (documented)");
    expect(stdout).toContain("    pattern: /cdp/webhook");
    expect(stdout).toContain("<Client Secret> is stored and never read back");
    expect(stdout).toContain("  Use instead: https://shop.example/cdp/webhook");
    expect(stdout).not.toContain(SECRET);
    const shown = await shop.run("activation", "show", "shop");
    expect(shown.stdout).toContain("  Use instead: https://shop.example/cdp/webhook");
  });
});

describe("new credentials", () => {
  it("are others each time, and are kept nowhere", async () => {
    const make = () =>
      call<{ settings: Record<string, string> }>("POST", "/activation-types/ibexa/credentials");
    const [first, second] = [(await make()).body.settings, (await make()).body.settings];
    expect(Object.keys(first)).toEqual(["clientId", "clientSecret"]);
    expect(first["clientSecret"]).not.toBe(second["clientSecret"]);
    expect((await call("POST", "/activation-types/carrier-pigeon/credentials")).status).toBe(422);
    const { exit, stdout } = await shop.run("activation", "generate-credentials");
    expect(exit).toBe(0);
    expect(stdout).toMatch(/^clientId: [0-9a-f]{32}\nclientSecret: [0-9a-f]{64}\n/);
  });
});
