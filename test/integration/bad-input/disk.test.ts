import { spawnSync } from "node:child_process";
import { mkdtempSync, rmdirSync } from "node:fs";
import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { refused } from "./command.ts";
import { CUSTOMERS, customers, HEADER, type Installation, startInstallation } from "./installation.ts";

const MIB = 1024 * 1024;

/** A small disk: a file system in memory, where this process may mount one. */
function mount(mebibytes: number): string | undefined {
  const place = mkdtempSync(join(tmpdir(), "peregrine-disk-"));
  const options = ["-t", "tmpfs", "-o", `size=${mebibytes}m`, "tmpfs", place];
  if (spawnSync("mount", options, { stdio: "ignore" }).status === 0) return place;
  rmdirSync(place);
  return undefined;
}

function unmount(place: string): void {
  spawnSync("umount", [place]);
  rmdirSync(place);
}

const tried = mount(1);
if (tried === undefined)
  process.stderr.write("skipped: full disks, for this process may not mount a file system\n");
else unmount(tried);

/** Fills the disk but for so many bytes; gives what makes room again. */
async function fill(place: string, room: number): Promise<() => Promise<void>> {
  const filler = join(place, "filler");
  const file = await open(filler, "w");
  const piece = Buffer.alloc(64 * 1024);
  let size = 0;
  try {
    for (;;) size += (await file.write(piece)).bytesWritten;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error) || error.code !== "ENOSPC") throw error;
    await file.truncate(Math.max(0, size - room));
  } finally {
    await file.close();
  }
  return () => rm(filler);
}

describe.skipIf(tried === undefined)("a full disk", () => {
  let disk: string;
  let files: string;
  let shop: Installation;
  beforeAll(async () => {
    disk = mount(96) ?? "";
    files = await mkdtemp(join(tmpdir(), "peregrine-files-"));
    shop = await startInstallation({ PEREGRINE_LOG_LEVEL: "fatal" }, disk);
    await shop.define(...CUSTOMERS);
    await writeFile(join(files, "first.csv"), HEADER + customers(10));
    expect(await shop.run("import", "customers", join(files, "first.csv"))).toMatchObject({ exit: 0 });
  });
  afterAll(async () => {
    await shop?.close();
    if (disk) unmount(disk);
    if (files) await rm(files, { recursive: true });
  });

  it("ends an upload that does not fit, and nothing of it is kept", async () => {
    const before = await shop.standing();
    const free = await fill(disk, 3 * MIB);
    await writeFile(join(files, "large.csv"), HEADER + customers(150_000));
    const failure = await shop.refused("import", "customers", join(files, "large.csv"));
    expect(failure).toMatchObject({ exit: 74, code: "diskFull" });
    expect(failure.error).toMatch(/^large\.csv: .*disk was full after \d+ bytes/);
    expect(failure.text).toMatch(/Make room on the disk that holds the data folder/);
    expect(await shop.standing()).toEqual(before);
    await free();
    expect(await shop.standing()).toEqual(before);
  });

  it("ends an import that does not fit, nothing of it is published, and with room it goes through", async () => {
    const before = await shop.standing();
    const path = join(files, "middle.csv");
    await writeFile(path, HEADER + customers(5_000, 1_000));
    // The file itself (0.2 MB) fits, what is made of it does not.
    const free = await fill(disk, MIB);
    const failure = await shop.refused("import", "customers", path);
    expect(failure).toMatchObject({ exit: 74, code: "diskFull" });
    expect(failure.error).toMatch(/^middle\.csv: .*Nothing of it was published\.$/);
    expect(failure.text).toMatch(/Make room/);
    await free();
    expect(await shop.standing()).toEqual(before);
    const again = await shop.run("import", "customers", path);
    expect({ exit: again.exit, stderr: again.stderr }).toEqual({ exit: 0, stderr: "" });
    expect(again.stdout).toContain("5,000 new profiles, 0 merges");
  });

  it("refuses definitions whole", async () => {
    const before = await shop.standing();
    const many = Array.from({ length: 400 }, (_, index) => ({
      kind: "audience",
      id: `full${index}`,
      name: `Full ${index} ${"x".repeat(1_000)}`.slice(0, 200),
      description: "x".repeat(1_500),
      rule: { everyone: true },
    }));
    const path = join(files, "many.yaml");
    await writeFile(path, many.map((one) => JSON.stringify(one)).join("\n---\n"));
    const free = await fill(disk, 0);
    const failure = await shop.refused("apply", "-f", path);
    expect(failure).toMatchObject({ exit: 74, code: "diskFull" });
    await free();
    expect(await shop.standing()).toEqual(before);
    expect(await shop.run("apply", "-f", path)).toMatchObject({ exit: 0 });
  });

  it("refuses a start on it, which succeeds when there is room", async () => {
    await shop.server.stop();
    const other = mount(1) ?? "";
    try {
      const free = await fill(other, 0);
      const environment = {
        PEREGRINE_DATA: join(other, "data"),
        PEREGRINE_PORT: "0",
        PEREGRINE_LOG_LEVEL: "fatal",
      };
      const failure = await refused(["serve"], { environment }, true);
      expect(failure).toMatchObject({ exit: 74, code: "diskFull" });
      expect(failure.text).toMatch(/Make room/);
      await free();
    } finally {
      unmount(other);
    }
  });
});
