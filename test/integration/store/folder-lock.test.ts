import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { lockFolder, openStore } from "../../../packages/server/src/store/index.ts";
import { TestClock } from "../harness/stores.ts";

const folders: string[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) await end(child);
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "peregrine-lock-"));
  folders.push(folder);
  return join(folder, "data");
}

/** A second server, as far as the folder goes; it says "held" once it has it. */
async function otherProcess(folder: string): Promise<ChildProcess> {
  const program = fileURLToPath(new URL("hold-folder.mjs", import.meta.url));
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  if (child.stdout === null) throw new Error("the process was started without its stdout");
  await once(child.stdout, "data");
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill("SIGKILL");
  await gone;
}

test("a folder that another process holds is refused, with its path and that process's number", async () => {
  const folder = newFolder();
  const other = await otherProcess(folder);
  const opening = openStore({ folder, clock: new TestClock() });
  await expect(opening).rejects.toMatchObject({ code: "folderInUse" });
  await expect(opening).rejects.toThrow(`${folder} is in use by the process ${other.pid}.`);
});

test("a process that is killed leaves the folder free", async () => {
  const folder = newFolder();
  const other = await otherProcess(folder);
  await end(other);
  const lock = lockFolder(folder);
  expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: "folderInUse" }));
  lock.release();
  lock.release();
  lockFolder(folder).release();
  expect(existsSync(join(folder, "server.pid"))).toBe(false);
});

test("a folder that cannot be made or written is named as such", () => {
  const folder = newFolder();
  writeFileSync(folder, "a file");
  expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: "folderUnusable" }));
  expect(() => lockFolder(join(folder, "below"))).toThrow(
    expect.objectContaining({ code: "folderUnusable" }),
  );
  const other = newFolder();
  mkdirSync(join(other, "lock.db"), { recursive: true });
  expect(() => lockFolder(other)).toThrow(expect.objectContaining({ code: "folderUnusable" }));
  // There Node's own way of making folders never comes back.
  expect(() => lockFolder("/proc/peregrine/data")).toThrow(
    expect.objectContaining({ code: "folderUnusable" }),
  );
});
