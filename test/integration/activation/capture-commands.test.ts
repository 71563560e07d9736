import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peregrine } from "../bad-input/command.ts";
import { type Installation, startInstallation } from "../bad-input/installation.ts";
import { PROFILES } from "./profiles.ts";

const PROGRAM = fileURLToPath(new URL("../../../packages/cli/bin/peregrine.js", import.meta.url));
const CLIENT = { clientId: "the-shop", clientSecret: "s3cret-of-the-shop" };
const SECRETS = {
  CDP_ACTIVATION_CLIENT_ID: CLIENT.clientId,
  CDP_ACTIVATION_CLIENT_SECRET: CLIENT.clientSecret,
};

let shop: Installation;
let sandbox: Sandbox;
beforeAll(async () => {
  shop = await startInstallation({ PEREGRINE_ROLES: "web" });
  sandbox = await startSandbox({
    activations: [{ ...CLIENT, segmentGroupIdentifier: "cdp" }],
    segmentGroups: [{ identifier: "cdp" }],
    users: "any",
    wire: PROFILES.find(({ name }) => name === "Pascal")?.wire ?? {},
  });
  await shop.define(
    { kind: "identifier", id: "userid", normalise: ["trim"], priority: 100, limit: "one" },
    {
      kind: "activation",
      id: "shop",
      name: "Shop",
      type: "ibexa",
      personIdentifier: "userid",
      settings: {
        ...CLIENT,
        baseUrl: sandbox.webhookUrl,
        segmentGroupIdentifier: "cdp",
        advanced: { timeoutSeconds: 7, keySpelling: "snake_case", personIdType: "old" },
      },
      audiences: [],
      state: "paused",
    },
  );
});
afterAll(async () => {
  await shop?.close();
  await sandbox?.close();
});

/** A CDP of another make, which speaks the profile of the sandbox. */
async function speak(baseUrl: string): Promise<number[]> {
  const say = async (path: string, UpdateType: string, Data: unknown) => {
    const answer = await fetch(baseUrl + path, {
      method: "PUT",
      headers: {
        "Content-Type": "application/json",
        Authorization: `Basic ${btoa(`${CLIENT.clientId}:${CLIENT.clientSecret}`)}`,
        "X-Segment-Group": "cdp",
      },
      body: JSON.stringify({ UpdateType, Data }),
    });
    await answer.arrayBuffer();
    return answer.status;
  };
  return [
    await say("/alive", "heartbeat", {}),
    await say("/segments", "create", { AudienceId: "5d822e81", AudienceName: "Cat owners" }),
    await say("/members", "membershipChanges", {
      Changes: [{ AudienceId: "5d822e81", PersonId: "1042", Membership: true }],
    }),
  ];
}

describe("ibexa capture", () => {
  it("stands between, ends after the messages, tells and saves the profile; the run can be said again", async () => {
    const environment = { PATH: process.env["PATH"] ?? "", ...shop.environment, ...SECRETS };
    const file = join(shop.folder, "capture.json");
    const args = ["ibexa", "capture", "--to", sandbox.webhookUrl, "--listen", "127.0.0.1:0"];
    const child = spawn(
      process.execPath,
      [PROGRAM, ...args, "--out", file, "--save-for", "shop", "--messages", "3"],
      { env: environment, cwd: shop.folder, stdio: ["ignore", "pipe", "pipe"] },
    );
    let stdout = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
    const said: string[] = [];
    const url = await new Promise<string>((resolve, reject) => {
      const lines = createInterface({ input: child.stderr });
      lines.on("line", (line) => {
        said.push(line);
        const found = /Base URL for the other CDP's activation: (\S+)/.exec(line)?.[1];
        if (found !== undefined) resolve(found);
      });
      lines.on("close", () => reject(new Error(said.join("\n"))));
    });
    const closed = once(child, "close");
    expect(await speak(url)).toEqual([200, 200, 200]);
    await closed;
    expect({ exit: child.exitCode, said: said.join("\n") }).toMatchObject({ exit: 0 });
    expect(sandbox.isIn("5d822e81", "1042")).toBe(true);
    expect(said.join("\n")).toMatch(/3: PUT \/members membershipChanges, 1 change → 200/);
    for (const line of [
      "3 messages captured, for the segment group cdp.",
      '  method: "PUT" (default: "POST")',
      '  credentials.in: "basic" (default: "headers")',
      '  keySpelling: "PascalCase" (default: "camelCase")',
      "Saved for the activation shop. Try it: peregrine activation test shop",
    ]) {
      expect(stdout).toContain(line);
    }
    const kept = await readFile(file, "utf8");
    for (const text of [kept, stdout, said.join("\n")]) expect(text).not.toMatch(/s3cret-of-the-shop|1042/);

    const { body } = await shop.server.call<{ settings: { advanced: object } }>("GET", "/activations/shop");
    expect(body.settings.advanced).toMatchObject({
      timeoutSeconds: 7,
      method: "PUT",
      credentials: { in: "basic" },
      segmentGroup: { in: "header", name: "x-segment-group" },
      paths: { create: "/segments", membershipChanges: "/members", heartbeat: "/alive" },
    });
    expect(body.settings.advanced).not.toHaveProperty("personIdType");
    expect((await shop.run("activation", "test", "shop")).stdout).toContain("✓ Credentials");

    const again = ["ibexa", "replay", file, "--to", sandbox.webhookUrl];
    const replayed = await peregrine(again, { environment });
    expect(replayed).toMatchObject({ exit: 0, stderr: "" });
    expect(replayed.stdout).toContain("3 messages, all answered as then.");
    expect(await shop.refused(...again)).toMatchObject({
      exit: 78,
      error: expect.stringContaining("CLIENT_BASIC"),
    });
  });

  it("says what is wrong with its arguments, and with a file that is none of its own", async () => {
    expect(await shop.refused("ibexa", "capture", "--to", "shop")).toMatchObject({ exit: 64 });
    const to = ["--to", sandbox.webhookUrl];
    expect(await shop.refused("ibexa", "capture", ...to, "--listen", "8091")).toMatchObject({ exit: 64 });
    const taken = ["--listen", `127.0.0.1:${sandbox.port}`];
    expect(await shop.refused("ibexa", "capture", ...to, ...taken)).toMatchObject({ exit: 69 });
    expect(await shop.refused("ibexa", "replay", "nothing.json", ...to)).toMatchObject({ exit: 66 });
    await writeFile(join(shop.folder, "other.json"), "{}");
    expect(await shop.refused("ibexa", "replay", "other.json", ...to)).toMatchObject({ exit: 65 });
  });
});
