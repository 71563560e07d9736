import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { toException } from "./exception.ts";
import { spooled } from "./spool.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "spool-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function* chunks(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield Buffer.from(text);
}

test("the data is there for as long as it is used", async () => {
  const used = await spooled(folder, "a", chunks("one", "", "two"), async (path) =>
    readFileSync(path, "utf8"),
  );
  expect(used).toBe("onetwo");
  expect(readdirSync(folder)).toEqual([]);
});

test("the file goes also when its use fails", async () => {
  const use = spooled(folder, "a", chunks("one"), async () => Promise.reject(new Error("refused")));
  await expect(use).rejects.toThrow("refused");
  expect(readdirSync(folder)).toEqual([]);
});

test("a source that breaks off is not used", async () => {
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from("one");
    throw new Error("aborted");
  }
  let used = false;
  const use = spooled(folder, "a", broken(), async () => {
    used = true;
  });
  await expect(use).rejects.toThrow("aborted");
  expect(used).toBe(false);
  expect(readdirSync(folder)).toEqual([]);
});

test.skipIf(!existsSync("/dev/full"))(
  "a full disk is told as ClickHouse tells it, after all data was taken",
  async () => {
    symlinkSync("/dev/full", join(folder, "a"));
    let taken = 0;
    async function* counted(): AsyncGenerator<Uint8Array> {
      for (; taken < 5; taken++) yield Buffer.from("data");
    }
    const error = await spooled(folder, "a", counted(), async () => {}).catch((e: unknown) => e);
    expect(toException(error)).toMatchObject({
      code: 243,
      message: expect.stringContaining("NOT_ENOUGH_SPACE"),
    });
    expect(taken).toBe(5);
  },
);
