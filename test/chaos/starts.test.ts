import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startPeregrine } from "../integration/harness/peregrine.ts";
import { eventually, type ImportView, Installation, openSandbox } from "./installation.ts";
import { isAlive, knownProcess } from "./processes.ts";
import { DATA_QUESTIONS } from "./questions.ts";
import { type ShopFile, writeShop } from "./shop.ts";

/** 1.2 s on two cores that have nothing else to do. */
const QUICK_MS = 15_000;
/** The engine host hears at once that its server is gone. */
const GONE_MS = 5_000;

let folder: string;
let files: readonly ShopFile[];
let sandbox: Sandbox;
let installation: Installation;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "peregrine-starts-"));
  files = writeShop(join(folder, "files"), 2);
  sandbox = await openSandbox();
  installation = new Installation(join(folder, "installation"));
  await installation.start();
  await installation.apply(sandbox.webhookUrl);
});

afterEach(async () => {
  await installation.killServer();
  await sandbox.close();
  rmSync(folder, { recursive: true, force: true });
});

async function everythingShown(): Promise<string[]> {
  const answers: string[] = [];
  for (const { ask } of DATA_QUESTIONS) answers.push((await ask(installation.call.bind(installation))).body);
  return answers;
}

function file(at: number): ShopFile {
  const found = files[at];
  if (found === undefined) throw new Error(`there is no file ${at}`);
  return found;
}

test("after a SIGKILL the server starts at once with all that was published, and the engine host is gone", async () => {
  await installation.published(await installation.upload(file(0)));
  const before = await everythingShown();
  for (let times = 0; times < 3; times += 1) {
    const engine = knownProcess(await installation.enginePid());
    if (engine === undefined) throw new Error("the engine host is gone before its server");
    await installation.killServer();
    await eventually(
      "the orphaned engine host ends",
      async () => (isAlive(engine) ? undefined : true),
      GONE_MS,
    );
    await installation.start();
    expect(await everythingShown()).toEqual(before);
  }
  expect(Math.max(...installation.starts)).toBeLessThan(QUICK_MS);
  await installation.stop();
  expect(installation.leftProcesses()).toEqual([]);
});

test("a second server on the same data folder is refused, and the first goes on undisturbed", async () => {
  const importing = await installation.upload(file(0));
  const engine = await installation.enginePid();
  await expect(startPeregrine({ folder: installation.folder })).rejects.toThrow(/in use by the process \d+/);
  await installation.published(importing);
  expect(await installation.enginePid()).toBe(engine);
});

test("an upload that a SIGKILL cuts off leaves nothing, and the file counts once when it comes again", async () => {
  const whole = readFileSync(file(0).path);
  const upload = request(`${installation.url}/api/v1/dataflows/people/imports?fileName=people.csv`, {
    method: "POST",
    headers: { ...installation.credentials, "Content-Length": whole.length },
  });
  const broken = once(upload, "error");
  upload.write(whole.subarray(0, whole.length / 2));
  const uploads = join(installation.dataFolder, "uploads");
  await eventually("half of the file is on the disk", async () =>
    readdirSync(uploads).length > 0 ? true : undefined,
  );
  await installation.killServer();
  await broken;
  await installation.start();
  expect((await installation.ask<{ items: unknown[] }>("GET", "/imports")).items).toEqual([]);
  expect(readdirSync(uploads)).toEqual([]);

  const { counts } = await installation.published(await installation.upload(file(0)));
  expect(counts?.["read"]).toBe(file(0).rows);
  const again = await installation.upload(file(0));
  const repeated = await eventually("the repetition is noticed", async () => {
    const found = await installation.ask<ImportView>("GET", `/imports/${again}`);
    return found.state === "queued" || found.state === "running" ? undefined : found;
  });
  expect(repeated.state).toBe("unchanged");
});
