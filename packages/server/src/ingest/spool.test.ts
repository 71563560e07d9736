import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Spool } from "./spool.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "peregrine-spool-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* body(...pieces: readonly (string | Error)[]) {
  for (const piece of pieces) {
    if (piece instanceof Error) throw piece;
    yield Buffer.from(piece);
  }
}

it("a file lies on the disk as it came, first under a name that nobody knows, then under its import's", async () => {
  const spool = new Spool(folder);
  const file = await spool.take(body("a,b\n", "1,", "2\n"));
  expect(file).toMatchObject({ size: 8, sha256: createHash("sha256").update("a,b\n1,2\n").digest("hex") });
  expect(readdirSync(folder)[0]).toMatch(/^[0-9a-f-]{36}$/);
  await spool.assign(file, 7);
  expect(readdirSync(folder)).toEqual(["import-7"]);
  expect(readFileSync(spool.path(7), "utf8")).toBe("a,b\n1,2\n");
});

it("an upload that breaks off leaves nothing", async () => {
  const reset = Object.assign(new Error("aborted"), { code: "ECONNRESET" });
  const taken = new Spool(folder).take(body("a,b\n", reset));
  await expect(taken).rejects.toMatchObject({ code: "uploadBroken" });
  expect(readdirSync(folder)).toEqual([]);
});

it("a full disk is said to be one, and nothing is left", async () => {
  // Every write to this device fails as on a full disk.
  const spool = new Spool(folder, async (path) => {
    await (await open(path, "wx")).close();
    return open("/dev/full", "w");
  });
  await expect(spool.take(body("a,b\n"))).rejects.toMatchObject({ code: "diskFull", status: 507 });
  expect(readdirSync(folder)).toEqual([]);
});

it("a start removes what belongs to no import that is still to be run", async () => {
  const spool = new Spool(folder);
  await spool.assign(await spool.take(body("1")), 1);
  await spool.assign(await spool.take(body("2")), 2);
  await spool.take(body("never assigned"));
  await spool.removeAllBut([2, 3]);
  expect(readdirSync(folder)).toEqual(["import-2"]);
});
