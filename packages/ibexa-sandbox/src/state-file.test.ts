import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { create, joins, memberships, metadata, sandboxes, send } from "./client.test-support.ts";

const sandboxWith = sandboxes(onTestFinished);

async function temporaryFile(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "ibexa-sandbox-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return join(folder, "state.json");
}

test("segments, people, descriptions and the queue are there again after a restart", async () => {
  const stateFile = await temporaryFile();
  const first = await sandboxWith({
    stateFile,
    users: "any",
    bulkAsyncThreshold: 3,
    queue: { paused: true },
  });
  await send(first, create("cats", "Cats"));
  await send(first, memberships(joins("cats", 1, "ada")));
  await send(first, metadata("cats", { description: "Purring" }));
  await send(first, memberships(joins("cats", 2, 3, 4)));
  const before = first.segment("cats");
  await first.close();

  const second = await sandboxWith({ stateFile, users: "any" });
  expect(second.segment("cats")).toEqual(before);
  expect(second.people("cats")).toEqual(new Set(["1", "ada"]));
  await second.queue.drained();
  expect(second.people("cats")).toEqual(new Set(["1", "2", "3", "4", "ada"]));
  expect(await readdir(join(stateFile, ".."))).toEqual(["state.json"]);
});

test("what changed is in the file soon, also without a clean end", async () => {
  const stateFile = await temporaryFile();
  const first = await sandboxWith({ stateFile });
  await send(first, create("cats"));
  await expect
    .poll(async () => (await sandboxWith({ stateFile })).segments().length, {
      timeout: 10_000,
      interval: 200,
    })
    .toBe(1);
});

test.each([
  ["is no JSON", "{"],
  ["is of another version", '{"version":2}'],
  [
    "names a group that the configuration does not have",
    '{"version":1,"queue":[],"segments":[{"identifier":"a","group":"gone","name":"A","properties":{},"people":[],"createdAt":1,"updatedAt":1}]}',
  ],
])("a state file that %s is refused by name", async (_case, text) => {
  const stateFile = await temporaryFile();
  await writeFile(stateFile, text);
  await expect(sandboxWith({ stateFile })).rejects.toThrow(stateFile);
});
