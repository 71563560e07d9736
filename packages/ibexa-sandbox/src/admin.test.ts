import { request } from "node:http";
import { expect, onTestFinished, test } from "vitest";
import { create, joins, memberships, metadata, numbers, sandboxes, send } from "./client.test-support.ts";
import type { Sandbox } from "./sandbox.ts";

const sandboxWith = sandboxes(onTestFinished);

async function get(sandbox: Sandbox, path: string): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${sandbox.url}${path}`);
  return { status: response.status, body: await response.json() };
}

test("the state tells groups, segments, queue, totals and settings", async () => {
  const sandbox = await sandboxWith();
  await send(sandbox, create("cats", "Cats"));
  await send(sandbox, memberships(joins("cats", 1, 2)));
  const { body } = await get(sandbox, "/state");
  expect(body).toMatchObject({
    groups: [{ name: "Audiences", segments: [{ identifier: "cats", name: "Cats", size: 2 }] }],
    queue: { length: 0 },
    requests: { requests: 2 },
    changes: { added: 2 },
    settings: { unknownUsers: "refuse", bulkAsyncThreshold: 100, onDetach: "delete" },
  });
  expect(JSON.stringify(body)).not.toContain("a long secret");
});

test("people come in pages, or all at once in lines", async () => {
  const sandbox = await sandboxWith({ users: "any", bulkAsyncThreshold: 100_000 });
  await send(sandbox, create("cats"));
  await send(sandbox, memberships(joins("cats", ...numbers(1, 12_000), "line\nbreak")));
  expect((await get(sandbox, "/segments/cats/people?limit=2&offset=11999")).body).toEqual({
    segment: "cats",
    size: 12_001,
    people: ["12000", "line\nbreak"],
    nextOffset: null,
  });
  expect((await get(sandbox, "/segments/cats/people?limit=2")).body).toMatchObject({ nextOffset: 2 });
  const lines = await (await fetch(`${sandbox.url}/segments/cats/people?format=lines`)).text();
  const people = lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(people).toEqual([...numbers(1, 12_000).map(String), "line\nbreak"]);
  expect((await get(sandbox, "/segments/ghosts/people")).status).toBe(404);
});

test("one person's segments, their history, and the requests are answered as JSON", async () => {
  const sandbox = await sandboxWith({ keepHistory: true });
  await send(sandbox, create("cats"));
  await send(sandbox, memberships(joins("cats", 5)));
  expect((await get(sandbox, "/people/5")).body).toEqual({ personId: "5", isUser: true, segments: ["cats"] });
  expect((await get(sandbox, "/people/9001")).body).toMatchObject({ isUser: false, segments: [] });
  expect((await get(sandbox, "/segments/cats/history?person=5")).body).toMatchObject({
    entries: [{ request: 2, membership: true, changed: true }],
  });
  expect((await get(sandbox, "/requests?latest=1")).body).toMatchObject({
    totals: { requests: 2 },
    requests: [{ number: 2, action: "membershipChanges", status: 200 }],
  });
});

test("the page shows what is there, escapes what senders wrote, and allows no script", async () => {
  const sandbox = await sandboxWith();
  await send(sandbox, create("cats", "<script>alert(1)</script>"));
  await send(sandbox, memberships(joins("cats", 1)));
  await send(sandbox, metadata("cats", { description: "a & b", tags: '["pets"]', size: "2" }));
  sandbox.addFault({ kind: "status", status: 503, probability: 0.25, match: { action: "detach" } });
  const response = await fetch(`${sandbox.url}/?person=1`);
  const page = await response.text();
  const policy = response.headers.get("content-security-policy");
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("unsafe");
  expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
  expect(page).not.toContain("<script");
  for (const text of ["a &amp; b", "pets", "the CDP says 2", "answered 503", "25 % of the cases", "is in"]) {
    expect(page).toContain(text);
  }
  expect(page).not.toMatch(/(?:src|href)="https?:/);
});

test("the page shows what to type into an activation, and no secret that may be a real one", async () => {
  const sandbox = await sandboxWith();
  const page = await (await fetch(`${sandbox.url}/`)).text();
  for (const text of ["Client Secret", "Client Id", "Segment Group Identifier", sandbox.webhookUrl]) {
    expect(page).toContain(text);
  }
  expect(page).not.toContain("a long secret");
});

test("names of other hosts are turned away, so that no foreign web page gets in by its own name", async () => {
  const sandbox = await sandboxWith();
  const statusFor = (host: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      const { port } = sandbox;
      request({ host: "127.0.0.1", port, path: "/state", headers: { host } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      })
        .on("error", reject)
        .end();
    });
  expect(await statusFor("evil.example")).toBe(403);
  expect(await statusFor(`localhost:${sandbox.port}`)).toBe(200);
});

test("a fault cannot be asked for with a content type that web pages may send unasked", async () => {
  const sandbox = await sandboxWith();
  const body = JSON.stringify({ kind: "hang" });
  const response = await fetch(`${sandbox.url}/faults`, { method: "POST", body });
  expect(response.status).toBe(415);
  expect(sandbox.faults()).toEqual([]);
});

test("an unknown address says so as JSON", async () => {
  const sandbox = await sandboxWith();
  expect(await get(sandbox, "/cdp/webhooks")).toMatchObject({ status: 404, body: { code: "notFound" } });
});
