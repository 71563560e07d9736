import { expect, onTestFinished, test } from "vitest";
import {
  create,
  detach,
  joins,
  leaves,
  memberships,
  numbers,
  sandboxes,
  send,
} from "./client.test-support.ts";

const sandboxWith = sandboxes(onTestFinished);

test("a batch below the threshold is done when it is answered, one at the threshold waits", async () => {
  const sandbox = await sandboxWith({ queue: { paused: true } });
  await send(sandbox, create("cats"));
  expect((await send(sandbox, memberships(joins("cats", ...numbers(1, 99))))).status).toBe(200);
  expect(sandbox.segment("cats")?.size).toBe(99);
  const large = await send(sandbox, memberships(joins("cats", ...numbers(101, 200))));
  expect(large).toMatchObject({ status: 202, json: { status: "queued", changes: 100 } });
  expect(sandbox.segment("cats")?.size).toBe(99);
  expect(sandbox.queue.view()).toMatchObject({ length: 100, state: "paused" });
  sandbox.queue.resume();
  await sandbox.queue.drained();
  expect(sandbox.segment("cats")?.size).toBe(199);
  expect(sandbox.queue.view()).toMatchObject({ length: 0, state: "running", done: 100, failed: 0 });
});

test("the threshold is a setting", async () => {
  const sandbox = await sandboxWith({ bulkAsyncThreshold: 2 });
  await send(sandbox, create("cats"));
  expect((await send(sandbox, memberships(joins("cats", 1)))).status).toBe(200);
  expect((await send(sandbox, memberships(joins("cats", 1, 2)))).status).toBe(202);
});

test("the queue keeps its order over batches and steps, and a small batch overtakes it", async () => {
  const sandbox = await sandboxWith({
    bulkAsyncThreshold: 2,
    keepHistory: true,
    queue: { paused: true, changesPerStep: 3 },
  });
  await send(sandbox, create("cats"));
  await send(sandbox, memberships(joins("cats", ...numbers(1, 10))));
  await send(sandbox, memberships(leaves("cats", ...numbers(1, 10))));
  await send(sandbox, memberships(joins("cats", ...numbers(1, 4))));
  await send(sandbox, memberships(leaves("cats", 1)));
  sandbox.queue.resume();
  await sandbox.queue.drained();
  expect(sandbox.people("cats")).toEqual(new Set(["1", "2", "3", "4"]));
  expect(sandbox.history("cats", "1").map(({ request, membership }) => [request, membership])).toEqual([
    [5, false],
    [2, true],
    [3, false],
    [4, true],
  ]);
});

test("in the queue each change stands for itself, and what fails is listed there only", async () => {
  const sandbox = await sandboxWith({ bulkAsyncThreshold: 3, queue: { paused: true } });
  await send(sandbox, create("cats"));
  await send(sandbox, create("dogs"));
  const changes = [
    ...joins("cats", 1, 9001),
    ...joins("ghosts", 2),
    ...joins("dogs", 3),
    ...joins("cats", 4),
  ];
  expect((await send(sandbox, memberships(changes))).status).toBe(202);
  await send(sandbox, detach("dogs"));
  sandbox.queue.resume();
  await sandbox.queue.drained();
  expect(sandbox.people("cats")).toEqual(new Set(["1", "4"]));
  expect(sandbox.queue.view()).toMatchObject({
    done: 2,
    failed: 3,
    failures: [
      { request: 3, audienceId: "cats", personId: "9001", code: "unknownPerson" },
      { request: 3, audienceId: "ghosts", personId: "2", code: "unknownSegment" },
      { request: 3, audienceId: "dogs", personId: "3", code: "unknownSegment" },
    ],
  });
});

test("the queue can be stopped, started and awaited over HTTP", async () => {
  const sandbox = await sandboxWith({ bulkAsyncThreshold: 1, queue: { delayMs: 5 } });
  await send(sandbox, create("cats"));
  const post = (path: string) => fetch(`${sandbox.url}${path}`, { method: "POST" });
  expect((await post("/queue/pause")).status).toBe(200);
  await send(sandbox, memberships(joins("cats", 1)));
  expect((await fetch(`${sandbox.url}/queue/drained`)).status).toBe(409);
  expect(await (await post("/queue/resume")).json()).toMatchObject({ state: "running", length: 1 });
  expect(await (await fetch(`${sandbox.url}/queue/drained`)).json()).toMatchObject({ length: 0, done: 1 });
  expect(sandbox.isIn("cats", "1")).toBe(true);
});
