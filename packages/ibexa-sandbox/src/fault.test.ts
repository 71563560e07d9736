import { describe, expect, onTestFinished, test } from "vitest";
import { create, HEARTBEAT, joins, memberships, metadata, sandboxes, send } from "./client.test-support.ts";
import type { FaultSpec } from "./fault.ts";

const sandboxWith = sandboxes(onTestFinished);

/** A sandbox with the segment "cats" and one fault that hits membership changes. */
async function sandboxWithFault(fault: FaultSpec) {
  const sandbox = await sandboxWith();
  await send(sandbox, create("cats"));
  sandbox.addFault({ match: { action: "membershipChanges" }, ...fault });
  return sandbox;
}
const JOIN = memberships(joins("cats", 1));

describe("answers that say no", () => {
  test.each([401, 403, 404, 413, 422, 429, 500, 503])(
    "status %i is answered and nothing is done",
    async (status) => {
      const sandbox = await sandboxWithFault({ kind: "status", status });
      expect(await send(sandbox, JOIN)).toMatchObject({ status, json: { status: "refused", code: "fault" } });
      expect(sandbox.segment("cats")?.size).toBe(0);
      expect((await send(sandbox, HEARTBEAT)).status).toBe(200);
    },
  );

  test("a status after the work hides that it was done", async () => {
    const sandbox = await sandboxWithFault({ kind: "status", status: 503, at: "after" });
    expect((await send(sandbox, JOIN)).status).toBe(503);
    expect(sandbox.isIn("cats", "1")).toBe(true);
    expect(sandbox.requests().at(-1)).toMatchObject({ status: 503, work: "done", faults: [1] });
  });

  test("Retry-After is a number of seconds or an HTTP date", async () => {
    const sandbox = await sandboxWithFault({ kind: "status", status: 429, retryAfterSeconds: 7, times: 1 });
    expect((await send(sandbox, JOIN)).headers.get("retry-after")).toBe("7");
    sandbox.addFault({ kind: "status", status: 503, retryAfterSeconds: 60, retryAfterForm: "date" });
    const before = Date.now();
    const at = Date.parse((await send(sandbox, JOIN)).headers.get("retry-after") ?? "");
    expect(at).toBeGreaterThanOrEqual(before + 59_000);
    expect(at).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  test("a login page comes with 200 and HTML", async () => {
    const sandbox = await sandboxWithFault({ kind: "loginPage" });
    const reply = await send(sandbox, JOIN);
    expect(reply.status).toBe(200);
    expect(reply.headers.get("content-type")).toContain("text/html");
    expect(reply.text).toContain("<form");
    expect(sandbox.segment("cats")?.size).toBe(0);
  });

  test("a bare text comes with 200, and no JSON", async () => {
    const sandbox = await sandboxWithFault({ kind: "text", at: "after" });
    const reply = await send(sandbox, JOIN);
    expect([reply.status, reply.text]).toEqual([200, "OK"]);
    expect(reply.headers.get("content-type")).toBe("text/plain");
    expect(sandbox.isIn("cats", "1")).toBe(true);
  });

  test("a redirect names another address", async () => {
    const sandbox = await sandboxWithFault({
      kind: "redirect",
      location: "https://shop.example/cdp/webhook",
    });
    const reply = await send(sandbox, JOIN);
    expect(reply.status).toBe(302);
    expect(reply.headers.get("location")).toBe("https://shop.example/cdp/webhook");
  });

  test("a chosen person is refused with the whole batch", async () => {
    const sandbox = await sandboxWithFault({ kind: "refusePeople", people: ["2"] });
    const batch = memberships(joins("cats", 1, 2, 3));
    expect(await send(sandbox, batch)).toMatchObject({ status: 422, json: { people: ["2"] } });
    expect(sandbox.segment("cats")?.size).toBe(0);
    expect((await send(sandbox, memberships(joins("cats", 1, 3)))).status).toBe(200);
  });

  test("a person can be refused only among others, or only when alone", async () => {
    const sandbox = await sandboxWithFault({ kind: "refusePeople", people: ["2"], company: "together" });
    expect((await send(sandbox, memberships(joins("cats", 2, 3)))).status).toBe(422);
    expect((await send(sandbox, memberships(joins("cats", 2)))).status).toBe(200);
    sandbox.clearFaults();
    sandbox.addFault({ kind: "refusePeople", people: ["4"], company: "alone", status: 400 });
    expect((await send(sandbox, memberships(joins("cats", 4, 5)))).status).toBe(200);
    expect((await send(sandbox, memberships(joins("cats", 4)))).status).toBe(400);
  });
});

describe("answers that never arrive", () => {
  test.each([
    ["before", false],
    ["after", true],
  ] as const)("a reset %s the work breaks the connection", async (at, isIn) => {
    const sandbox = await sandboxWithFault({ kind: "reset", at, times: 1 });
    const error = await send(sandbox, JOIN).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ cause: { code: "ECONNRESET" } });
    expect(sandbox.isIn("cats", "1")).toBe(isIn);
    expect(sandbox.requests().at(-1)).toMatchObject({
      end: "reset",
      status: null,
      work: isIn ? "done" : "none",
    });
    expect((await send(sandbox, JOIN)).status).toBe(200);
  });

  test("a cut answer ends in the middle, and the work is done", async () => {
    const sandbox = await sandboxWithFault({ kind: "cut" });
    await expect(send(sandbox, JOIN)).rejects.toThrow();
    expect(sandbox.isIn("cats", "1")).toBe(true);
    expect(sandbox.requests().at(-1)).toMatchObject({ end: "cut", work: "done" });
  });

  test("a cut answer can also come without the work", async () => {
    const sandbox = await sandboxWithFault({ kind: "cut", at: "before" });
    await expect(send(sandbox, JOIN)).rejects.toThrow();
    expect(sandbox.isIn("cats", "1")).toBe(false);
  });

  test.each([
    ["before", false],
    ["after", true],
  ] as const)("hanging %s the work holds the request until the client goes", async (at, isIn) => {
    const sandbox = await sandboxWithFault({ kind: "hang", at });
    const leaving = new AbortController();
    const hung = sandbox.nextRequest((record) => record.end === "hanging");
    const sent = send(sandbox, JOIN, { signal: leaving.signal });
    await hung;
    expect(sandbox.isIn("cats", "1")).toBe(isIn);
    leaving.abort();
    await expect(sent).rejects.toThrow();
  });

  test("closing the sandbox ends what hangs", async () => {
    const sandbox = await sandboxWithFault({ kind: "hang" });
    const hung = sandbox.nextRequest((record) => record.end === "hanging");
    const sent = send(sandbox, JOIN).catch((reason: unknown) => reason);
    await hung;
    await sandbox.close();
    expect(await sent).toBeInstanceOf(Error);
  });

  test("a late message is done although its client left", async () => {
    const sandbox = await sandboxWithFault({ kind: "latency", ms: 1_000 });
    const gone = sandbox.nextRequest((record) => record.end === "gone");
    const client = new AbortController();
    const sent = expect(send(sandbox, JOIN, { signal: client.signal })).rejects.toThrow();
    await expect.poll(() => sandbox.requests().at(-1)?.action).toBe("membershipChanges");
    client.abort();
    await sent;
    expect((await gone).work).toBe("none");
    await expect.poll(() => sandbox.isIn("cats", "1"), { timeout: 10_000 }).toBe(true);
  });

  test("a late message goes on as soon as the faults that hold it back are taken away", async () => {
    const sandbox = await sandboxWithFault({ kind: "latency", ms: 3_600_000 });
    sandbox.addFault({ kind: "latency", ms: 3_600_000 });
    const answers: number[] = [];
    const sent = send(sandbox, JOIN).then(({ status }) => answers.push(status));
    await expect.poll(() => sandbox.requests().at(-1)?.faults).toEqual([1, 2]);
    // In whatever order: the second one is gone before its time begins.
    expect(sandbox.removeFault(2)).toBe(true);
    await fetch(`${sandbox.url}/requests`);
    expect(answers).toEqual([]);
    sandbox.clearFaults();
    await sent;
    expect(answers).toEqual([200]);
    expect(sandbox.isIn("cats", "1")).toBe(true);
  });
});

describe("which requests are hit", () => {
  const statuses = async (fault: FaultSpec, count: number) => {
    const sandbox = await sandboxWithFault(fault);
    const seen: number[] = [];
    for (let index = 0; index < count; index += 1) seen.push((await send(sandbox, JOIN)).status);
    return seen;
  };

  test("skip lets the first ones pass and times ends it", async () => {
    expect(await statuses({ kind: "status", status: 503, skip: 1, times: 2 }, 5)).toEqual([
      200, 503, 503, 200, 200,
    ]);
  });

  test("the same seed hits the same requests", async () => {
    const fault: FaultSpec = { kind: "status", status: 500, probability: 0.5, seed: 42 };
    const once = await statuses(fault, 30);
    expect(await statuses(fault, 30)).toEqual(once);
    expect(await statuses({ ...fault, seed: 43 }, 30)).not.toEqual(once);
    expect(new Set(once)).toEqual(new Set([200, 500]));
  });

  test("only what matches: message, audience, person, size", async () => {
    const sandbox = await sandboxWith();
    await send(sandbox, create("cats"));
    await send(sandbox, create("dogs"));
    sandbox.addFault({ kind: "status", status: 500, match: { action: ["metadata", "detach"] } });
    sandbox.addFault({ kind: "status", status: 501, match: { audience: "dogs", minChanges: 2 } });
    sandbox.addFault({ kind: "status", status: 502, match: { person: "9" } });
    expect((await send(sandbox, metadata("cats", { size: "1" }))).status).toBe(500);
    expect((await send(sandbox, memberships(joins("cats", 1, 2)))).status).toBe(200);
    expect((await send(sandbox, memberships(joins("dogs", 1)))).status).toBe(200);
    expect((await send(sandbox, memberships([...joins("cats", 1), ...joins("dogs", 1)]))).status).toBe(501);
    expect((await send(sandbox, memberships(joins("cats", 9)))).status).toBe(502);
    expect(sandbox.faults().map((fault) => fault.hits)).toEqual([1, 1, 1]);
  });

  test("random latency stays within its bounds and comes before the answer of another fault", async () => {
    const sandbox = await sandboxWithFault({ kind: "latency", ms: 30, toMs: 40, seed: 1 });
    sandbox.addFault({ kind: "status", status: 503 });
    const start = performance.now();
    expect((await send(sandbox, JOIN)).status).toBe(503);
    // Timers may fire a millisecond early.
    expect(performance.now() - start).toBeGreaterThanOrEqual(29);
    expect(sandbox.requests().at(-1)?.faults).toEqual([1, 2]);
  });
});

describe("asking for faults over HTTP", () => {
  const ask = (url: string, body: unknown) =>
    fetch(`${url}/faults`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });

  test("faults are set, listed with their hits, and taken away", async () => {
    const sandbox = await sandboxWith();
    const asked = await ask(sandbox.url, [
      { kind: "status", status: 503, times: 1 },
      { kind: "latency", ms: 1 },
    ]);
    expect(asked.status).toBe(201);
    expect((await send(sandbox, HEARTBEAT)).status).toBe(503);
    expect(await (await fetch(`${sandbox.url}/faults`)).json()).toMatchObject({
      faults: [
        { number: 1, hits: 1, active: false },
        { number: 2, hits: 1, active: true },
      ],
    });
    expect((await fetch(`${sandbox.url}/faults/2`, { method: "DELETE" })).status).toBe(204);
    expect((await fetch(`${sandbox.url}/faults/2`, { method: "DELETE" })).status).toBe(404);
    expect((await fetch(`${sandbox.url}/faults`, { method: "DELETE" })).status).toBe(204);
    expect(sandbox.faults()).toEqual([]);
  });

  test("a fault that makes no sense is refused with all its faults, and none of its list is set", async () => {
    const sandbox = await sandboxWith();
    const reply = await ask(sandbox.url, [
      { kind: "hang" },
      { kind: "status", status: 99, at: "never", colour: "red", match: { action: "dance" } },
    ]);
    expect(reply.status).toBe(400);
    const { faults } = (await reply.json()) as { faults: { path: string }[] };
    expect(faults.map((fault) => fault.path)).toEqual(["colour", "match.action", "status", "at"]);
    expect(sandbox.faults()).toEqual([]);
    expect((await ask(sandbox.url, { kind: "earthquake" })).status).toBe(400);
  });
});
