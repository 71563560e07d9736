import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { describe, expect, it } from "vitest";
import { dotenvLine } from "./dotenv.ts";
import { ibexaSettings, ibexaWarnings } from "./settings.ts";
import { ibexaSetup } from "./setup.ts";

const DRAFT = {
  clientId: "peregrine",
  clientSecret: "a-secret-of-our-own",
  baseUrl: "https://shop.example/cdp/webhook",
  segmentGroupIdentifier: "cdp_audiences",
};

const partOf = (version: string, id: string, draft: Record<string, unknown> = DRAFT) =>
  ibexaSetup.parts(version, draft).find((part) => part.id === id);
const textOf = (version: string, id: string, draft?: Record<string, unknown>) =>
  partOf(version, id, draft)?.text;

describe("Ibexa's side, to copy", () => {
  it("is there for each version, with every part in the order in which it is done", () => {
    const ids = (version: string) => ibexaSetup.parts(version, DRAFT).map(({ id }) => id);
    const before = ["package", "segmentGroup", "environment", "configuration", "firewall"];
    expect(ids("5.x")).toEqual([...before, "queue", "worker", "log", "cache"]);
    expect(ids("4.x")).toEqual(ids("5.x"));
    expect(ids("3.3")).toEqual([...before, "log", "cache"]);
    expect(() => ibexaSetup.parts("6.0", DRAFT)).toThrow(/6\.0/);
  });

  it("has the credentials as variables, the configuration names them and the group", () => {
    expect(textOf("5.x", "environment")).toBe(
      "CDP_ACTIVATION_CLIENT_ID=peregrine\nCDP_ACTIVATION_CLIENT_SECRET=a-secret-of-our-own",
    );
    expect(textOf("5.x", "configuration")).toBe(`ibexa:
    system:
        default:
            cdp:
                account_number: 1
                activations:
                    -
                        client_id: '%env(CDP_ACTIVATION_CLIENT_ID)%'
                        client_secret: '%env(CDP_ACTIVATION_CLIENT_SECRET)%'
                        segment_group_identifier: 'cdp_audiences'`);
    expect(textOf("4.x", "configuration")).toBe(textOf("5.x", "configuration"));
    expect(textOf("3.3", "configuration")).toMatch(/^ezplatform:\n/);
    expect(textOf("3.3", "configuration")).not.toMatch(/^ *-$/m);
  });

  it("opens the firewall by a request matcher in 5.x, and by a pattern and a guard before", () => {
    expect(textOf("5.x", "firewall")).toContain("request_matcher: Ibexa\\Cdp\\Security\\RequestMatcher");
    expect(textOf("5.x", "firewall")).toContain("custom_authenticators:");
    for (const version of ["4.x", "3.3"]) {
      expect(textOf(version, "firewall")).toContain("pattern: /cdp/webhook");
      expect(textOf(version, "firewall")).toContain("guard:");
    }
    for (const version of ibexaSetup.versions)
      expect(textOf(version, "firewall")).toContain("stateless: true");
  });

  it("says whether the worker is needed, by the wire profile", () => {
    const notes = (advanced: object) => partOf("5.x", "worker", { ...DRAFT, advanced })?.notes.join(" ");
    expect(notes({})).toContain("don't need it");
    expect(notes({ batchSize: 100 })).toContain("Nobody enters");
    const advanced = { bulkAsyncThreshold: 250 };
    expect(textOf("4.x", "queue", { ...DRAFT, advanced })).toContain("bulk_async_threshold: 250");
  });

  it("quotes what YAML, the container and .env would read otherwise", () => {
    const draft = { ...DRAFT, clientSecret: "a$b#c", segmentGroupIdentifier: "it's 50% off: {x}" };
    expect(textOf("4.x", "configuration", draft)).toContain(
      "segment_group_identifier: 'it''s 50%% off: {x}'",
    );
    for (const value of ["plain-1.2", "a$b#c", "a`b", 'a"b', "x=y", "%25", "&|<>"]) {
      expect(parseEnv(dotenvLine("NAME", value))["NAME"]).toBe(value);
    }
    expect(dotenvLine("NAME", `it's "$1\\`)).toBe('NAME="it\'s \\"\\$1\\\\"');
  });

  it("keeps a place for what isn't typed, and copes with what is wrong", () => {
    const parts = ibexaSetup.parts("5.x", { baseUrl: 7, advanced: { batchSize: "many" } });
    const text = parts.map((part) => part.text).join("\n");
    expect(text).toContain("CDP_ACTIVATION_CLIENT_SECRET='<Client Secret>'");
    expect(text).toContain("CDP_ACTIVATION_CLIENT_ID='<Client Id>'");
    expect(text).toContain("'<Segment Group Identifier>'");
    expect(text).toContain("bulk_async_threshold: 100");
  });

  it("has an example that is complete and without a catch", () => {
    expect(ibexaWarnings(ibexaSettings.parse(ibexaSetup.example))).toEqual([]);
  });
});

it("docs/connect-your-ibexa.md shows the same", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../docs/connect-your-ibexa.md"), "utf8");
  for (const version of ibexaSetup.versions) {
    const draft = { segmentGroupIdentifier: "example_segment_group_identifier" };
    for (const { text, file } of ibexaSetup.parts(version, draft)) {
      if (text === undefined || text.startsWith("ibexa_cdp:")) continue;
      expect(page, version).toContain(file === undefined ? text : `\n${text}\n`);
    }
  }
});

describe("new credentials", () => {
  it("are 128 and 256 bits in hexadecimal, which no file quotes", () => {
    let next = 0;
    const made = ibexaSetup.credentials((bytes) => Uint8Array.from({ length: bytes }, () => (next += 7)));
    expect(made["clientId"]).toMatch(/^[0-9a-f]{32}$/);
    expect(made["clientSecret"]).toMatch(/^[0-9a-f]{64}$/);
    expect(ibexaWarnings(ibexaSettings.parse({ ...DRAFT, ...made }))).toEqual([]);
  });
});
