import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue, peregrine } from "../bad-input/command.ts";
import {
  CUSTOMERS,
  customers,
  HEADER,
  type Installation,
  startInstallation,
} from "../bad-input/installation.ts";
import { CDP_CREDENTIALS, startCdpApi } from "../harness/cdp-api.ts";

const AUDIENCE = "5d822e81";

let shop: Installation;
let cdp: Awaited<ReturnType<typeof startCdpApi>>;

beforeAll(async () => {
  shop = await startInstallation({ PEREGRINE_ROLES: "web,ingest" });
  cdp = await startCdpApi({
    audiences: {
      audiences: [
        { id: AUDIENCE, name: "British", description: "All of them", tags: ["country"] },
        { id: "0a1b2c3d", name: "Cat owners" },
      ],
    },
    members: {
      // 2 to 8 are British and 900 is nobody here; 3 has moved away.
      [AUDIENCE]: { members: [{ personId: "2" }, { personId: "3" }, { personId: "4" }, { personId: "900" }] },
      "0a1b2c3d": { members: [], next: "page-2" },
    },
  });
  await shop.define(...CUSTOMERS);
  await writeFile(join(shop.folder, "customers.csv"), HEADER + customers(8));
  expect((await shop.run("import", "customers", "customers.csv")).exit).toBe(0);
});

afterAll(async () => {
  await cdp?.close();
  await shop?.close();
});

const run = (args: readonly string[], credentials: Record<string, string> = CDP_CREDENTIALS) =>
  peregrine(args, { environment: { ...shop.environment, ...credentials }, cwd: shop.folder });

describe("taking over on the command line", () => {
  it("brings audiences with their ids as drafts that can't be applied by accident", async () => {
    const taken = await run(["takeover", "audiences", "--from-api", `${cdp.url}/api/v3/`, "-o", "audiences"]);
    expect(taken).toMatchObject({ exit: 0, stderr: "" });
    expect(await readdir(join(shop.folder, "audiences"))).toEqual([`0a1b2c3d.yaml`, `${AUDIENCE}.yaml`]);
    const refused = await shop.refused("apply", "-f", "audiences");
    expect(refused.text).toContain("the rule of this audience is still to be written");
    expect(refused.text).toContain("toBeWritten");
    expect((await shop.run("audience", "list")).stdout).not.toContain(AUDIENCE);

    const file = join(shop.folder, "audiences", `${AUDIENCE}.yaml`);
    const draft = await readFile(file, "utf8");
    const written = draft.replace(
      /rule:\n {2}toBeWritten: .*\n/,
      'rule: { have: { attribute: country, is: "UK" } }\n',
    );
    expect(written).not.toBe(draft);
    await writeFile(file, written);
    // What somebody has written stays.
    expect((await run(["takeover", "audiences", "--from-api", cdp.url, "-o", "audiences"])).stdout).toContain(
      "2 files there already",
    );
    expect(await readFile(file, "utf8")).toBe(written);
    expect(await shop.run("apply", "-f", file)).toMatchObject({ exit: 0 });
    const shown = oneValue((await shop.run("audience", "show", AUDIENCE, "--json")).stdout);
    expect(shown).toMatchObject({
      id: AUDIENCE,
      name: "British",
      description: "All of them",
      tags: ["country"],
    });
  });

  it("takes audiences from a file too, and names what can't be kept", async () => {
    await writeFile(
      join(shop.folder, "theirs.csv"),
      `id;name;description;tags\n77aa88bb;"Dogs; and owners";;pets,dogs\n`,
    );
    await mkdir(join(shop.folder, "from-file"));
    expect((await run(["takeover", "audiences", "--from-file", "theirs.csv", "-o", "from-file"])).exit).toBe(
      0,
    );
    const text = await readFile(join(shop.folder, "from-file", "77aa88bb.yaml"), "utf8");
    expect(text).toContain("name: Dogs; and owners");
    await writeFile(join(shop.folder, "odd.json"), JSON.stringify([{ id: "a b", name: "x" }]));
    const odd = await run(["takeover", "audiences", "--from-file", "odd.json", "-o", "odd"]);
    expect([odd.exit, odd.stderr]).toEqual([65, expect.stringContaining("a b")]);
  });

  it("compares members person by person, and previews the take-over of a segment", async () => {
    const compared = await run([
      "takeover",
      "compare",
      "--from-api",
      cdp.url,
      "--audience",
      AUDIENCE,
      "--csv",
      "people.csv",
      "--json",
    ]);
    expect(compared.stderr).toBe("");
    const { list, audiences } = oneValue(compared.stdout) as {
      list: { id: number };
      audiences: readonly unknown[];
    };
    expect(audiences).toMatchObject([
      { id: AUDIENCE, there: 4, here: 4, both: 2, onlyThere: 1, onlyHere: 2, withoutProfile: 1 },
    ]);
    const lines = (await readFile(join(shop.folder, "people.csv"), "utf8")).trimEnd().split("\r\n");
    expect(lines.map((line) => line.split(",").slice(1, 3).join(" "))).toEqual([
      "part person",
      "both 2",
      "both 4",
      "onlyHere 6",
      "onlyHere 8",
      "onlyThere 3",
      "withoutProfile 900",
    ]);

    await shop.define({
      kind: "activation",
      id: "shop",
      name: "Shop",
      type: "ibexa",
      personIdentifier: "userid",
      settings: {
        clientId: "a-client",
        clientSecret: "a-secret",
        baseUrl: "http://127.0.0.1:9/cdp/webhook",
        segmentGroupIdentifier: "cdp",
      },
      audiences: [AUDIENCE],
      state: "paused",
    });
    const segment = ["takeover", "segment", "shop", AUDIENCE, "--list", String(list.id)];
    const preview = await run(segment);
    expect(preview.stdout).toContain("2 stay, 2 join, 2 leave.\nJoin: 6, 8\nLeave: 3, 900\n");
    expect(preview.stdout).toContain("Nothing was recorded.");
    const done = await run([...segment, "--yes"]);
    expect([done.exit, done.stdout]).toEqual([0, expect.stringContaining("4 people recorded")]);
    expect((await run(segment)).stdout).toContain("0 stay, 2 join, 0 leave");
  });

  it("refuses half an answer, wrong credentials and credentials in addresses, and never tells a key", async () => {
    const half = await run(["takeover", "compare", "--from-api", cdp.url]);
    expect([half.exit, half.stderr]).toEqual([69, expect.stringContaining("one page of several")]);
    const wrong = { ...CDP_CREDENTIALS, CDP_MEMBERSHIP_API_KEY: "another-k3y" };
    const refused = await run(["takeover", "compare", "--from-api", cdp.url], wrong);
    expect([refused.exit, refused.stderr]).toEqual([77, expect.stringContaining("CDP_MEMBERSHIP_API_KEY")]);
    const without = await run(["takeover", "compare", "--from-api", cdp.url], {});
    expect([without.exit, without.stderr]).toEqual([78, expect.stringContaining("is not set")]);
    const inAddress = await run(["takeover", "compare", "--from-api", `${cdp.url}?key=1`]);
    expect(inAddress.exit).toBe(64);
    await writeFile(
      join(shop.folder, "credentials.env"),
      Object.entries(CDP_CREDENTIALS)
        .map(([name, value]) => `${name}="${value}"\n`)
        .join(""),
    );
    const fromFile = await run(
      ["takeover", "audiences", "--from-api", cdp.url, "--credentials", "credentials.env", "-o", "again"],
      {},
    );
    expect(fromFile.exit).toBe(0);
    for (const { stdout, stderr } of [half, refused, fromFile])
      expect(stdout + stderr).not.toMatch(/k3y|activation-of-the-tests/);
    expect(cdp.asked.join("\n")).not.toMatch(/k3y|activation-of-the-tests/);
  });
});
