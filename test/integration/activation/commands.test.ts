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

const PEOPLE = 42;
const CREDENTIALS = { clientId: "tests", clientSecret: "s3cret-of-the-sandbox" };

let shop: Installation;
let sandbox: Sandbox;
beforeAll(async () => {
  shop = await startInstallation();
  sandbox = await startSandbox({
    activations: [{ ...CREDENTIALS, segmentGroupIdentifier: "cdp" }],
    segmentGroups: [{ identifier: "cdp" }],
    users: "any",
  });
  await shop.define(...CUSTOMERS);
  await writeFile(join(shop.folder, "customers.csv"), HEADER + customers(PEOPLE));
  expect((await shop.run("import", "customers", "customers.csv")).exit).toBe(0);
});
afterAll(async () => {
  await shop?.close();
  await sandbox?.close();
});

const audience = (id: string, rule: object) => ({ kind: "audience", id, name: id, rule });
const activation = (id: string, advanced: object = {}) => ({
  kind: "activation",
  id,
  name: id,
  type: "ibexa",
  personIdentifier: "userid",
  settings: { ...CREDENTIALS, baseUrl: sandbox.webhookUrl, segmentGroupIdentifier: "cdp", advanced },
  audiences: [id],
});

async function lines(...args: string[]): Promise<string[]> {
  const { exit, stdout, stderr } = await shop.run(...args);
  // A run by the clock may be under way when another is asked for.
  const told = stderr.replace(/^Run \d+ is under way; one more follows it\.\n/, "");
  expect([exit, told]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

/** Makes an activation whose first run stays at its first message until it is let go, and waits until it is there. */
async function heldAtCreate(id: string): Promise<() => void> {
  // Longer than any test: nothing is left to when it is that one looks.
  const held = sandbox.addFault({
    kind: "latency",
    ms: 3_600_000,
    match: { action: "create", audience: id },
  });
  await shop.define(audience(id, { everyone: true }), activation(id));
  const states = async () => (await runsOf(id)).map(({ state }) => state);
  await expect.poll(states, { timeout: 30_000 }).toContain("attaching");
  return () => sandbox.removeFault(held);
}

describe("activation run", () => {
  /** Asks for a run while the first one is under way, which goes on then. */
  async function runBehind(id: string, ...flags: string[]) {
    const letGo = await heldAtCreate(id);
    const running = shop.run("activation", "run", id, ...flags);
    await expect.poll(() => isAsked(id), { timeout: 30_000 }).toBe(true);
    letGo();
    return running;
  }

  it("tells of the run that it waited for, and how the activation stands", async () => {
    const { exit, stdout, stderr } = await runBehind("waited01");
    expect(exit).toBe(0);
    expect(stderr).toMatch(/^Run \d+ is under way; one more follows it\.$/m);
    expect(stdout.trimEnd().split("\n")).toEqual([
      expect.stringMatching(
        /^Run \d+, begun by a changed definition, done: 42 to join, 0 to leave; 42 accepted, 0 refused, \d+ requests$/,
      ),
      expect.stringMatching(/^Run \d+ done: 0 to join, 0 to leave; 0 accepted, 0 refused, \d+ requests?$/),
      "  now 42 of 42 accepted",
    ]);
  });

  it("tells it as JSON too", async () => {
    const { exit, stdout } = await runBehind("waited04", "--json");
    expect(exit).toBe(0);
    expect(oneValue(stdout)).toMatchObject({
      state: "done",
      waitedFor: [{ state: "done", trigger: "changed" }],
      segments: [{ accepted: PEOPLE }],
    });
  });

  it("ends with why, where the activation is paused before the run that was asked for begins", async () => {
    const letGo = await heldAtCreate("waited03");
    const running = shop.run("activation", "run", "waited03");
    await expect.poll(() => isAsked("waited03"), { timeout: 30_000 }).toBe(true);
    await shop.define({ ...activation("waited03"), state: "paused" });
    letGo();
    const { exit, stderr } = await running;
    expect(exit).not.toBe(0);
    expect(stderr).toContain("waited03 is paused.");
    expect(await isAsked("waited03")).toBe(false);
    expect((await runsOf("waited03")).length).toBe(1);
  });

  it("tells who waits because a message was never answered, and until when; so does the status", async () => {
    sandbox.addFault({ kind: "reset", at: "after", times: 1, match: { action: "membershipChanges" } });
    // So long a message without an answer is waited for; longer than the commands below take on a busy machine.
    await shop.define(
      audience("waited02", { everyone: true }),
      activation("waited02", { timeoutSeconds: 600 }),
    );
    // Standard error may tell that it is sent again; whether it does is a matter of when one looks.
    const first = await shop.run("activation", "run", "waited02");
    expect(first.stdout.trimEnd().split("\n").at(-1)).toBe("  now 42 of 42 accepted");
    await shop.define(audience("waited02", { have: { attribute: "country", is: "Nowhere" } }));
    const said = await lines("activation", "run", "waited02");
    const waits = /42 to leave wait until \d{4}-\d\d-\d\dT\S+Z: an earlier message was not answered$/;
    expect(said.slice(-2)).toEqual(["  now 0 of 0 accepted, 42 to leave", expect.stringMatching(waits)]);
    expect((await lines("activation", "status", "waited02")).at(-1)).toMatch(waits);
  });
});

describe("apply", () => {
  it("says what is likely a mistake, and what becomes of the people of an audience that is taken off", async () => {
    const file = (name: string, ...documents: object[]) =>
      writeFile(join(shop.folder, name), documents.map((one) => JSON.stringify(one)).join("\n---\n"));
    const told = async (...args: string[]) =>
      (await lines("apply", ...args)).filter((line) => line.startsWith("!"));
    const example = {
      ...activation("noted001"),
      settings: { ...activation("noted001").settings, clientId: "123456" },
    };
    await file("noted.yaml", audience("noted001", { everyone: true }), { ...example, state: "paused" });
    expect(await told("-f", "noted.yaml", "--dry-run")).toEqual([
      expect.stringMatching(/^! activation noted001 \/settings\/clientId: .*published example/),
    ]);
    await file("noted.yaml", audience("noted001", { everyone: true }), activation("noted001"));
    expect(await told("-f", "noted.yaml")).toEqual([]);
    expect((await lines("activation", "run", "noted001")).at(-1)).toBe("  now 42 of 42 accepted");

    await file("noted.yaml", audience("noted001", { everyone: true }));
    expect(await told("-f", "noted.yaml", "--prune", "--dry-run")).toEqual([
      expect.stringMatching(
        /^! activation noted001 \/audiences: 42 people are taken out of the segment of “noted001” first/,
      ),
    ]);
    expect(await told("-f", "noted.yaml", "--prune", "--dry-run", "--people", "leave")).toEqual([
      expect.stringContaining("42 people stay in the segment of “noted001”"),
    ]);
    await lines("apply", "-f", "noted.yaml", "--prune");
    await expect.poll(() => sandbox.people("noted001").size, { timeout: 30_000 }).toBe(0);
  });
});

async function isAsked(id: string) {
  const path = `/activations/${id}/status`;
  return (await shop.server.call<{ runAsked: boolean }>("GET", path)).body.runAsked;
}

async function runsOf(id: string): Promise<readonly { readonly state: string }[]> {
  const { body } = await shop.server.call<{ items: { state: string }[] }>("GET", `/activations/${id}/runs`);
  return body.items;
}

describe("what there is", () => {
  it("is listed: definitions, of all kinds or of one", async () => {
    expect((await lines("definition", "list"))[0]).toMatch(/^Kind\s+Id\s+Version\s+Changed\s+By\s+From$/);
    const [, flow, ...more] = await lines("definition", "list", "--kind", "dataflow");
    expect(flow).toMatch(/^dataflow {2}customers\s+1 {2}\S+ {2}tests {2}API$/);
    expect(more).toEqual([]);
    const json = oneValue((await shop.run("definition", "list", "--kind", "identifier", "--json")).stdout);
    expect(json).toMatchObject({ items: [{ id: "email" }, { id: "userid" }] });
  });

  it("is listed: imports, and one of them is shown", async () => {
    const [header, newest] = await lines("import", "list", "--dataflow", "customers", "--limit", "1");
    expect(header).toMatch(/^Id\s+Dataflow\s+File\s+State\s+Sent\s+Rows\s+Refused$/);
    expect(newest).toMatch(/^1 {3}customers {2}customers\.csv {2}published {2}\S+\s+42\s+0$/);
    expect(await lines("import", "show", "1")).toEqual([
      "Import 1: customers.csv for customers, published",
      expect.stringMatching(/^ {2}sent \S+Z, ended \S+Z$/),
      "  42 rows = 42 about people + 0 events + 0 left out + 0 without identifier + 0 refused",
      "  42 new profiles, 0 merges, 0 conflicts",
    ]);
    expect(await lines("import", "list", "--dataflow", "none")).toEqual([
      "There are none. `peregrine import <dataflow> <file>` takes a file in.",
    ]);
  });

  it("is shown alike in a profile and in a preview: texts without quotes", async () => {
    const shown = (await lines("profile", "show", "userid:1")).find((line) => line.startsWith("country"));
    expect(shown).toMatch(/^country {2}Germany /);
  });
});
