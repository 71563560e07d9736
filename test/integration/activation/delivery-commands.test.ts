import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue } from "../bad-input/command.ts";
import {
  CUSTOMERS,
  customers,
  HEADER,
  type Installation,
  startInstallation,
} from "../bad-input/installation.ts";

const CREDENTIALS = { clientId: "tests", clientSecret: "s3cret-of-the-sandbox" };
const AUDIENCE = "5d822e81";

let shop: Installation;
let sandbox: Sandbox;

/** Ten customers, five of them from the UK; 4 is refused, and one from the UK has no userid. */
beforeAll(async () => {
  shop = await startInstallation();
  sandbox = await startSandbox({
    activations: [{ ...CREDENTIALS, segmentGroupIdentifier: "cdp" }],
    segmentGroups: [{ identifier: "cdp" }],
    users: "any",
  });
  sandbox.addFault({ kind: "status", status: 422, match: { person: "4" } });
  await shop.define(
    ...CUSTOMERS,
    {
      kind: "audience",
      id: AUDIENCE,
      name: "From the UK",
      rule: { have: { attribute: "country", is: "UK" } },
    },
    {
      kind: "activation",
      id: "shop",
      name: "Our shop",
      type: "ibexa",
      personIdentifier: "userid",
      settings: { ...CREDENTIALS, baseUrl: sandbox.webhookUrl, segmentGroupIdentifier: "cdp" },
      audiences: [AUDIENCE],
    },
  );
  await writeFile(join(shop.folder, "customers.csv"), `${HEADER}${customers(10)},nobody@example.com,UK,30\n`);
  expect((await shop.run("import", "customers", "customers.csv")).exit).toBe(0);
  expect((await shop.run("activation", "run", "shop")).exit).toBe(0);
});
afterAll(async () => {
  await shop?.close();
  await sandbox?.close();
});

async function lines(...args: string[]): Promise<string[]> {
  const { exit, stdout, stderr } = await shop.run(...args);
  expect([exit, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

async function json(...args: string[]): Promise<unknown> {
  return oneValue((await shop.run(...args, "--json")).stdout);
}

describe("activation requests", () => {
  it("are searched, and one is shown with its people", async () => {
    const [header, ...found] = await lines("activation", "requests", "shop", "--person", "4");
    expect(header).toMatch(/^Id\s+Sent\s+Action\s+Changes\s+Status\s+ms\s+Outcome\s+Code$/);
    expect(found[0]).toMatch(/membershipChanges +1 +422 +\d+ +Refused +destinationRefused$/);
    const [id = ""] = /^\S+/.exec(found[0] ?? "") ?? [];
    const shown = await lines("activation", "request", "shop", id);
    expect(shown[0]).toMatch(/^Request \d+-\d+-\d+: membershipChanges of run \d+, sent \S+Z, \d+ ms$/);
    expect(shown[1]).toBe("Refused (422), destinationRefused: docs/errors/destinationRefused.md");
    expect(shown.slice(-2)).toEqual(["1 change:", `  + 4  From the UK (${AUDIENCE})`]);
    expect(await json("activation", "requests", "shop", "--status", "422", "--limit", "1")).toMatchObject({
      items: [{ outcome: "refused", changes: 1 }],
    });
    expect(await lines("activation", "requests", "shop", "--action", "detach")).toEqual([
      "There are none. Requests are kept 14 days.",
    ]);
  });

  it("name what is wrong with a search", async () => {
    expect((await shop.run("activation", "requests", "shop", "--outcome", "good")).exit).toBe(65);
    expect((await shop.run("activation", "request", "shop", "1-99-0")).exit).toBe(66);
  });
});

describe("activation people", () => {
  it("are told by state, as lines, as JSON and as CSV", async () => {
    expect(await json("activation", "people", "shop", AUDIENCE, "--state", "accepted")).toMatchObject({
      items: ["10", "2", "6", "8"].map((personId) => ({ personId, refusal: null })),
    });
    // Whoever is refused is sent again after a minute, which commands may take on a busy machine.
    const [, refused] = await lines("activation", "people", "shop", AUDIENCE, "--state", "refused");
    expect(refused).toMatch(/^4 +\d+ +\S+Z +[1-9]× +\S+Z +\S.*422/);
    expect(
      await json("activation", "people", "shop", AUDIENCE, "--state", "withoutIdentifier"),
    ).toMatchObject({
      items: [{ personId: null, profile: expect.any(Number) }],
    });
    const csv = await lines("activation", "people", "shop", AUDIENCE, "--state", "refused", "--csv");
    expect(csv[0]).toBe("personId,profile,lastSentAt,reason,attempts,nextAttemptAt\r");
    expect(csv[1]).toMatch(/^4,\d+,\S+Z,.*422.*,[1-9],\S+Z$/);
    expect(await lines("activation", "people", "shop", AUDIENCE, "--state", "suppressed")).toEqual([
      "There is nobody.",
    ]);
    expect((await shop.run("activation", "people", "shop", "none", "--state", "refused")).exit).toBe(66);
  });
});

describe("activation explain", () => {
  it("tells an accepted person's way in plain sentences", async () => {
    const said = await lines("activation", "explain", "shop", AUDIENCE, "--person", "userid:2");
    expect(said[0]).toBe(`From the UK (${AUDIENCE}) in Our shop: Accepted by Ibexa`);
    expect(said[1]).toMatch(/^ {2}The rule holds for the person: country is "UK": yes, it is "UK"/);
    expect(said[2]).toMatch(/^ {2}The person is a member since \S+Z by the evaluation as of \S+Z\.$/);
    expect(said[3]).toBe("  Ibexa knows the person as 2 (userid).");
    expect(said[4]).toMatch(/^ {2}The person is in the segment: Ibexa's last acceptance is of \S+Z\.$/);
    expect(said[5]).toMatch(/^ {2}To the last message about the person, of \S+Z, Ibexa answered 200\.$/);
    expect(said[6]).toBe("  Nothing is to be done: Ibexa has accepted the person.");
    expect(said[8]).toMatch(/^ {2}\S+ +\S+Z +200 +Accepted$/);
  });

  it("tells why somebody isn't there: refused, without userid, no member", async () => {
    const refused = await json("activation", "explain", "shop", AUDIENCE, "--person", "email:p4@example.com");
    expect(refused).toMatchObject({
      state: "refused",
      personId: "4",
      refusal: { attempts: expect.any(Number), code: "destinationRefused" },
      // When the next attempt is due by now, it says so.
      next: { sentence: expect.stringContaining("was refused") },
      requests: expect.arrayContaining([expect.objectContaining({ outcome: "refused", changes: 1 })]),
    });
    expect(
      await json("activation", "explain", "shop", AUDIENCE, "--person", "email:nobody@example.com"),
    ).toMatchObject({
      state: "withoutIdentifier",
      personId: null,
      next: { sentence: expect.stringContaining("there is no userid") },
    });
    expect(await json("activation", "explain", "shop", AUDIENCE, "--person", "userid:1")).toMatchObject({
      state: null,
      rule: { holds: false },
      memberSince: null,
      held: "absent",
    });
    expect((await shop.run("activation", "explain", "shop", AUDIENCE, "--person", "userid:99")).exit).toBe(
      66,
    );
    expect((await shop.run("activation", "explain", "shop", AUDIENCE, "--person", "shoe:9")).exit).toBe(65);
  });

  it("tells all segments of a profile", async () => {
    expect(await json("profile", "segments", "userid:2")).toMatchObject({
      items: [{ activation: { id: "shop" }, audience: { id: AUDIENCE }, state: "accepted" }],
    });
    expect(await lines("profile", "segments", "userid:1")).toEqual([
      expect.stringMatching(/^Profile \d+ is in no segment, and is to be in none\.$/),
    ]);
  });
});

describe("activation refusals", () => {
  it("are told with their number, and the people are sent again", async () => {
    expect((await lines("activation", "refusals", "shop"))[0]).toMatch(
      new RegExp(`^${AUDIENCE}: 1 to join, destinationRefused, next attempt \\S+Z$`),
    );
    sandbox.clearFaults();
    expect(await lines("activation", "send-again", "shop", AUDIENCE, "--person", "4")).toEqual([
      "1 person goes with the next run.",
    ]);
    expect((await shop.run("activation", "run", "shop")).exit).toBe(0);
    expect([...sandbox.people(AUDIENCE)].sort()).toEqual(["10", "2", "4", "6", "8"]);
    expect(await lines("activation", "refusals", "shop")).toEqual(["Nobody is refused."]);
    expect(await lines("activation", "send-again", "shop", AUDIENCE)).toEqual([
      "Nobody has to wait: who is refused goes with the next run anyway.",
    ]);
  });
});

describe("activation preview, holds and resync", () => {
  it("tell what a run would do, what is held, and have everything said again", async () => {
    expect((await lines("activation", "preview", "shop"))[0]).toBe("A run would send no changes now.");
    expect(await json("activation", "preview", "shop")).toMatchObject({
      segments: [{ audienceId: AUDIENCE, size: 6, withoutIdentifier: 1, held: { count: 0, reasons: [] } }],
    });
    expect(await lines("activation", "holds", "shop")).toEqual(["Nothing is held."]);
    expect((await shop.run("activation", "approve", "shop", AUDIENCE, "--hold", "9")).exit).toBe(66);
    expect((await lines("activation", "resync", "shop"))[0]).toMatch(/^The next run says everything again/);
    expect((await shop.run("activation", "run", "shop")).exit).toBe(0);
    expect([...sandbox.people(AUDIENCE)].sort()).toEqual(["10", "2", "4", "6", "8"]);
  });
});
