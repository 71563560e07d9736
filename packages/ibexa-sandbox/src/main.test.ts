import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("../bin/ibexa-sandbox.js", import.meta.url));

function run(...args: string[]) {
  const child = spawn(process.execPath, [program, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => void child.kill("SIGKILL"));
  const ended = once(child, "exit").then(([code]) => Number(code));
  const output = { text: "" };
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (piece: string) => {
      output.text += piece;
    });
  }
  return { child, output, ended };
}

async function configFile(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ibexa-sandbox-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "config.json"), text);
  return join(folder, "config.json");
}

test("it starts without a configuration, says where it is, answers, and ends on SIGTERM with 0", async () => {
  const { child, output, ended } = run("--port", "0");
  await expect.poll(() => output.text, { timeout: 10_000 }).toMatch(/Base URL +\S+\/cdp\/webhook\n/);
  const url = /Base URL +(\S+)/.exec(output.text)?.[1] ?? "";
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-client-id": "123456", "x-client-secret": "abcdef" },
    body: '{"updateType":"heartbeat","segmentGroupIdentifier":"example_segment_group_identifier","data":{}}',
  });
  expect(response.status).toBe(200);
  child.kill("SIGTERM");
  expect(await ended).toBe(0);
});

test("it prints the four values to type, and keeps a secret of somebody's own configuration", async () => {
  const { output } = run("--port", "0");
  await expect.poll(() => output.text, { timeout: 10_000 }).toContain("Segment Group Identifier");
  expect(output.text).toMatch(/^ {2}Client Secret +abcdef$/m);
  expect(output.text).toMatch(/^ {2}Client Id +123456$/m);
  expect(output.text).toMatch(/^ {2}Segment Group Identifier +example_segment_group_identifier$/m);
  const own = {
    activations: [{ clientId: "7", clientSecret: "our-real-one", segmentGroupIdentifier: "ours" }],
    segmentGroups: [{ identifier: "ours" }],
    users: "any",
  };
  const { output: ofOwn } = run("--port", "0", "--config", await configFile(JSON.stringify(own)));
  await expect.poll(() => ofOwn.text, { timeout: 10_000 }).toMatch(/Segment Group Identifier +ours/);
  expect(ofOwn.text).toMatch(/^ {2}Client Id +7$/m);
  expect(ofOwn.text).not.toContain("our-real-one");
});

test("a configuration with faults is refused with all of them and exit code 78", async () => {
  const { output, ended } = run("--config", await configFile('{"users":"some","segmentGroups":[]}'));
  expect(await ended).toBe(78);
  expect(output.text).toContain("activations is missing");
  expect(output.text).toContain("users must be");
});

test.each([
  [
    66,
    ["--config", "/nowhere/config.json"],
    "/nowhere/config.json cannot be read: there is no such file. Check",
  ],
  [66, ["--config", "/"], "/ cannot be read: it is a folder"],
  [64, ["--colour", "red"], "Usage:"],
  [78, ["--port", "many"], "port must be a whole number"],
])("exit code %i says what is wrong with %j", async (code, args, text) => {
  const { output, ended } = run(...args);
  expect(await ended).toBe(code);
  expect(output.text).toContain(text);
});

test("a port that is taken is exit code 69 and says what to do", async () => {
  const { output } = run("--port", "0");
  await expect.poll(() => output.text, { timeout: 10_000 }).toContain("Base URL");
  const port = /127\.0\.0\.1:(\d+)/.exec(output.text)?.[1] ?? "";
  const second = run("--port", port);
  expect(await second.ended).toBe(69);
  expect(second.output.text).toBe(
    `Another program listens at 127.0.0.1:${port} already. End it, or choose another --port, or 0 for a free one.\n`,
  );
});
