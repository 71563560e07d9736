import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue } from "../bad-input/command.ts";
import {
  CUSTOMERS,
  customers,
  HEADER,
  type Installation,
  startInstallation,
} from "../bad-input/installation.ts";

const IN_UK = { have: { attribute: "country", is: "UK" } };
// By hand, so that no evaluation of the server comes in between.
const audience = (name: string, rule: unknown) => ({
  kind: "audience",
  id: "a0000001",
  name,
  check: "byHand",
  rule,
});

let shop: Installation;
beforeAll(async () => {
  // No worker, which checks audiences by itself: what a preview compares with stays as it is.
  shop = await startInstallation({ PEREGRINE_ROLES: "web,ingest" });
  await shop.define(...CUSTOMERS, audience("British", IN_UK));
  await shop.define(
    audience("British adults", { all: [IN_UK, { have: { attribute: "age", atLeast: 30 } }] }),
  );
  await writeFile(join(shop.folder, "customers.csv"), HEADER + customers(40));
  expect((await shop.run("import", "customers", "customers.csv")).exit).toBe(0);
});
afterAll(() => shop?.close());

async function lines(...args: string[]): Promise<string[]> {
  const { exit, stdout, stderr } = await shop.run(...args);
  expect([exit, stderr]).toEqual([0, ""]);
  return stdout.trimEnd().split("\n");
}

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { exit, stdout } = await shop.run(...args, "--json");
  expect(exit).toBe(0);
  return oneValue(stdout);
}

describe("versions on the command line", () => {
  it("of which there is only one have nothing to be compared with", async () => {
    await shop.define({ kind: "audience", id: "a0000009", name: "One", rule: IN_UK });
    expect(await lines("audience", "compare", "a0000009")).toEqual([
      expect.stringMatching(
        /^a0000009 has only one version \(\S+ by tests\); there is nothing to compare it with yet\.$/,
      ),
    ]);
  });

  it("are listed, shown, compared and restored", async () => {
    const [header, latest, first, ...more] = await lines("audience", "versions", "a0000001");
    expect(header).toMatch(/^Version\s+At\s+By\s+From\s+Changed\s+Rule$/);
    expect(latest).toMatch(
      /^ +2 {2}\S+ {2}tests {2}API\s+name, rule {2}country is "UK" and age is at least 30$/,
    );
    expect(first).toMatch(/^ +1 {2}\S+ {2}tests {2}API\s+country is "UK"$/);
    expect(more).toEqual([]);
    expect(await lines("audience", "version", "a0000001", "1")).toEqual([
      expect.stringMatching(/^Version 1 of a0000001, \S+ by tests$/),
      "Name      British",
      'Rule      country is "UK"',
      "Tags      none",
    ]);
    expect(await lines("audience", "compare", "a0000001")).toEqual([
      expect.stringMatching(/^Version 1 \(\S+ by tests\) and version 2 \(\S+ by tests\)$/),
      "~ name: British  →  British adults",
      "+ rule/all/1: and age is at least 30",
    ]);
    expect(await json("audience", "compare", "a0000001", "2", "1")).toMatchObject({
      from: { version: 2 },
      to: { version: 1 },
      rule: [{ action: "removed", path: "/all/1", before: "age is at least 30", after: null }],
    });
    const [kept] = await lines("audience", "restore", "a0000001", "2");
    expect(kept).toBe("Nothing changed: British adults (a0000001) is as in version 2; it stays version 2");
    const [restored] = await lines("audience", "restore", "a0000001", "1");
    expect(restored).toBe("British (a0000001) is as in version 1 again; that is version 3");
    expect(await shop.refused("audience", "restore", "a0000001", "9")).toMatchObject({
      exit: 66,
      error: "The audience `a0000001` has no version 9.",
    });
  });
});

describe("previews on the command line", () => {
  it("show a rule of a file block by block, and what it would change", async () => {
    await writeFile(join(shop.folder, "rule.yaml"), "any:\n  - have: { attribute: country, is: Germany }\n");
    const shown = await lines("audience", "preview", "a0000001", "-f", "rule.yaml");
    expect(shown.slice(0, 5)).toEqual([
      expect.stringMatching(/^20 people as of \S+, 0 of them without userid$/),
      "",
      "People  Block",
      '    20  country is "Germany"',
      '    20    country is "Germany"',
    ]);
    expect(shown).toContain(
      "Against the 0 members of a0000001 (never evaluated): 20 would join, 0 would leave",
    );
    expect(await json("audience", "preview", "-f", "rule.yaml")).toMatchObject({ size: 20, change: null });
  });

  it("name the lines of a file's faults", async () => {
    await writeFile(
      join(shop.folder, "bad.yaml"),
      "all:\n  - have: { attribute: contry, is: UK }\n  - any: []\n",
    );
    const failure = await shop.refused("audience", "preview", "-f", "bad.yaml");
    expect(failure).toMatchObject({ exit: 65, code: "ruleInvalid", error: "The rule has 2 faults." });
    expect(failure.text).toMatch(/bad\.yaml:2: \/all\/0\/have\/attribute: there is no attribute `contry`/);
    expect(failure.text).toMatch(/bad\.yaml:3: \/all\/1\/any: the list is empty/);
    expect(await shop.refused("audience", "preview")).toMatchObject({ exit: 64 });
  });
});

describe("an explanation on the command line", () => {
  it("says what decided, with the person's values", async () => {
    const told = await lines("audience", "explain", "a0000001", "--person", "userid:2");
    expect(told).toEqual([
      expect.stringMatching(/^Profile 2 belongs to it as of \S+$/),
      "The audience was never evaluated.",
      "",
      "What decided",
      expect.stringMatching(/^ {2}country is "UK": yes, it is "UK", from customers, of \S+$/),
      "",
      '* yes  country is "UK"',
    ]);
    const byFile = await json("audience", "explain", "-f", "rule.yaml", "--person", "email:P2@example.com");
    expect(byFile).toMatchObject({ profile: 2, holds: false, membership: null });
    expect(await shop.refused("audience", "explain", "a0000001", "--person", "userid:nobody")).toMatchObject({
      exit: 66,
      error: "No profile has the userid `nobody`.",
    });
  });
});
