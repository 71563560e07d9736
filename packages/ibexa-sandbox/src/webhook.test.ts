import { describe, expect, onTestFinished, test } from "vitest";
import {
  CREDENTIALS,
  create,
  detach,
  GROUP,
  HEARTBEAT,
  joins,
  leaves,
  memberships,
  metadata,
  numbers,
  sandboxes,
  send,
  sendText,
} from "./client.test-support.ts";

const sandboxWith = sandboxes(onTestFinished);

describe("the five messages", () => {
  test("create makes a segment with the audience's id and name", async () => {
    const sandbox = await sandboxWith();
    expect(await send(sandbox, create("5d822e81", "Cat owners"))).toMatchObject({
      status: 200,
      json: { status: "done", changes: 1 },
    });
    expect(sandbox.segments()).toMatchObject([
      { identifier: "5d822e81", name: "Cat owners", group: GROUP, size: 0 },
    ]);
  });

  test("membershipChanges lets people join and leave several segments in one batch", async () => {
    const sandbox = await sandboxWith();
    await send(sandbox, create("cats"));
    await send(sandbox, create("dogs"));
    await send(sandbox, memberships([...joins("cats", 1, 2, 3), ...joins("dogs", 3)]));
    await send(sandbox, memberships([...leaves("cats", 2), ...joins("dogs", 2), ...leaves("cats", 99)]));
    expect(sandbox.people("cats")).toEqual(new Set(["1", "3"]));
    expect(sandbox.people("dogs")).toEqual(new Set(["2", "3"]));
    expect(sandbox.segmentsOf("3")).toEqual(["cats", "dogs"]);
    expect(sandbox.state().changes).toEqual({ added: 5, removed: 1, unchanged: 1, skipped: 0 });
  });

  test("the last change about a person and an audience wins within a batch", async () => {
    const sandbox = await sandboxWith();
    await send(sandbox, create("cats"));
    await send(sandbox, memberships([...joins("cats", 1), ...leaves("cats", 1)]));
    expect(sandbox.isIn("cats", "1")).toBe(false);
  });

  test("metadata describes segments and renames them", async () => {
    const sandbox = await sandboxWith();
    await send(sandbox, create("cats", "Cats"));
    const properties = { description: "", tags: '["pets"]', size: "12", name: "Cat owners" };
    expect((await send(sandbox, metadata("cats", properties))).status).toBe(200);
    expect(sandbox.segment("cats")).toMatchObject({ name: "Cat owners", properties });
  });

  test.each([
    ["delete", undefined, []],
    ["empty", [], []],
    ["keep", ["7"], ["7"]],
  ] as const)("detach does to the segment what onDetach: %s says", async (onDetach, _left, people) => {
    const sandbox = await sandboxWith({ onDetach });
    await send(sandbox, create("cats"));
    await send(sandbox, memberships(joins("cats", 7)));
    expect((await send(sandbox, detach("cats"))).status).toBe(200);
    expect(sandbox.segment("cats") === undefined).toBe(onDetach === "delete");
    expect([...sandbox.people("cats")]).toEqual(people);
    expect((await send(sandbox, detach("cats"))).status).toBe(onDetach === "delete" ? 404 : 200);
  });

  test("heartbeat answers 200 and changes nothing", async () => {
    const sandbox = await sandboxWith();
    expect(await send(sandbox, HEARTBEAT)).toMatchObject({
      status: 200,
      json: { status: "done", changes: 0 },
    });
    expect(sandbox.segments()).toEqual([]);
  });
});

describe("what is refused", () => {
  test.each([
    ["no credentials", {}],
    ["an unknown client id", { ...CREDENTIALS, "x-client-id": "other" }],
    ["a wrong secret", { ...CREDENTIALS, "x-client-secret": "A LONG SECRET" }],
    ["no secret", { "x-client-id": "shop" }],
  ])("%s is answered 401", async (_case, headers) => {
    const sandbox = await sandboxWith();
    const reply = await send(sandbox, HEARTBEAT, {
      headers: { "content-type": "application/json", ...headers },
    });
    expect(reply).toMatchObject({ status: 401, json: { status: "refused", code: "wrongCredentials" } });
  });

  test("another method is answered 405 with the one that is allowed", async () => {
    const sandbox = await sandboxWith();
    const reply = await fetch(sandbox.webhookUrl);
    expect(reply.status).toBe(405);
    expect(reply.headers.get("allow")).toBe("POST");
  });

  test("another content type is answered 415", async () => {
    const sandbox = await sandboxWith();
    const headers = { ...CREDENTIALS, "content-type": "text/plain" };
    expect((await send(sandbox, HEARTBEAT, { headers })).status).toBe(415);
  });

  test("a body that is too long is answered 413 and does nothing", async () => {
    const sandbox = await sandboxWith({ maxBodyBytes: 500 });
    await send(sandbox, create("cats"));
    expect((await send(sandbox, memberships(joins("cats", ...numbers(1, 50))))).status).toBe(413);
    expect((await send(sandbox, memberships(joins("cats", 1)))).status).toBe(200);
    expect(sandbox.segment("cats")?.size).toBe(1);
  });

  test("what is no JSON, or no UTF-8, is answered 400", async () => {
    const sandbox = await sandboxWith();
    expect(await sendText(sandbox, '{"updateType":"heart')).toMatchObject({
      status: 400,
      json: { code: "malformed", reason: expect.stringContaining("not JSON") },
    });
    const body = Buffer.from(JSON.stringify(create("cats", "Caf\u00e9")), "latin1");
    const headers = { ...CREDENTIALS, "content-type": "application/json" };
    const response = await fetch(sandbox.webhookUrl, { method: "POST", headers, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ reason: "The body is not UTF-8." });
    expect(sandbox.segments()).toEqual([]);
  });

  test("every fault of a message is named with its path", async () => {
    const sandbox = await sandboxWith();
    const changes = [
      { audienceId: "cats", personId: 14, membership: true },
      { audienceId: "", personId: "15", membership: "yes", note: "?" },
    ];
    const reply = await send(sandbox, {
      updateType: "membershipChanges",
      segmentGroupIdentifier: GROUP,
      data: { changes },
      sentBy: "me",
    });
    expect(reply.status).toBe(400);
    expect(reply.json).toMatchObject({
      faults: [
        { path: "sentBy", message: "is not a known field" },
        { path: "data.changes[0].personId", message: "must be a text, got a number" },
        { path: "data.changes[1].note", message: "is not a known field" },
        { path: "data.changes[1].audienceId", message: "must not be empty" },
        { path: "data.changes[1].membership", message: 'must be true or false, got "yes"' },
      ],
    });
  });

  test("a wrong segment group is 400, so that a detach is not taken for done", async () => {
    const activations = [
      { clientId: "shop", clientSecret: "a long secret", segmentGroupIdentifier: GROUP },
      { clientId: "late", clientSecret: "s", segmentGroupIdentifier: "missing" },
    ];
    const segmentGroups = [{ identifier: GROUP }, { identifier: "other" }];
    const sandbox = await sandboxWith({ activations, segmentGroups });
    const foreign = await send(sandbox, { ...detach("cats"), segmentGroupIdentifier: "other" });
    expect(foreign).toMatchObject({ status: 400, json: { code: "foreignSegmentGroup" } });
    const missing = await send(
      sandbox,
      { ...detach("cats"), segmentGroupIdentifier: "missing" },
      { headers: { "content-type": "application/json", "x-client-id": "late", "x-client-secret": "s" } },
    );
    expect(missing).toMatchObject({ status: 400, json: { code: "unknownSegmentGroup" } });
  });

  test("a second create is 409 and changes nothing; one in another group is 400", async () => {
    const other = { "content-type": "application/json", "x-client-id": "two", "x-client-secret": "s" };
    const sandbox = await sandboxWith({
      activations: [
        { clientId: "shop", clientSecret: "a long secret", segmentGroupIdentifier: GROUP },
        { clientId: "two", clientSecret: "s", segmentGroupIdentifier: "second" },
      ],
      segmentGroups: [{ identifier: GROUP }, { identifier: "second" }],
    });
    await send(sandbox, create("cats", "Cats"));
    expect(await send(sandbox, create("cats", "Other"))).toMatchObject({
      status: 409,
      json: { code: "segmentExists" },
    });
    const elsewhere = await send(sandbox, create("cats", "Other", "second"), { headers: other });
    expect(elsewhere).toMatchObject({ status: 400, json: { code: "segmentInOtherGroup" } });
    const foreign = await send(sandbox, memberships(joins("cats", 1), "second"), { headers: other });
    expect(foreign).toMatchObject({ status: 404, json: { code: "unknownSegment" } });
    expect(sandbox.segments()).toMatchObject([{ name: "Cats", size: 0 }]);
  });

  test.each([
    ["membershipChanges", memberships([...joins("cats", 1), ...joins("ghosts", 1)])],
    ["metadata", metadata("ghosts", { size: "1" })],
    ["detach", detach("ghosts")],
  ])("%s about an unknown segment is 404 and changes nothing", async (_name, message) => {
    const sandbox = await sandboxWith();
    await send(sandbox, create("cats"));
    expect(await send(sandbox, message)).toMatchObject({ status: 404, json: { code: "unknownSegment" } });
    expect(sandbox.segment("cats")?.size).toBe(0);
  });

  test("the personIdType user-id is taken, another one is not", async () => {
    const sandbox = await sandboxWith();
    await send(sandbox, create("cats"));
    const [change] = joins("cats", 1);
    const of = (personIdType: string) => memberships([{ ...change, personIdType } as never]);
    expect((await send(sandbox, of("user-email"))).json).toMatchObject({ code: "unknownPersonIdType" });
    expect(sandbox.segment("cats")?.size).toBe(0);
    expect((await send(sandbox, of("user-id"))).status).toBe(200);
    expect(sandbox.segment("cats")?.size).toBe(1);
  });
});

describe("people who are no users", () => {
  test("refuse: the whole batch is refused and nobody of it joins", async () => {
    const sandbox = await sandboxWith();
    await send(sandbox, create("cats"));
    const reply = await send(sandbox, memberships(joins("cats", 1, 9001, 2, "014", "x")));
    expect(reply).toMatchObject({
      status: 422,
      json: { status: "refused", code: "unknownPerson", people: ["9001", "014", "x"] },
    });
    expect(sandbox.segment("cats")?.size).toBe(0);
  });

  test("skip: the others join, and who was left out is named", async () => {
    const sandbox = await sandboxWith({ unknownUsers: "skip", users: { list: ["7", "ada"] } });
    await send(sandbox, create("cats"));
    const reply = await send(sandbox, memberships(joins("cats", 7, 8, "ada")));
    expect(reply.status).toBe(200);
    expect(reply.json).toEqual({
      status: "done",
      changes: 2,
      skipped: [{ personId: "8", reason: "no such user" }],
    });
    expect(sandbox.people("cats")).toEqual(new Set(["7", "ada"]));
    expect(sandbox.state().changes.skipped).toBe(1);
  });

  test("any: every id is a user, and 14 and 014 are two", async () => {
    const sandbox = await sandboxWith({ users: "any" });
    await send(sandbox, create("cats"));
    await send(sandbox, memberships(joins("cats", "14", "014", "99999999999", "ä@b")));
    expect(sandbox.people("cats")).toEqual(new Set(["14", "014", "99999999999", "ä@b"]));
  });
});

describe("what is remembered", () => {
  test("the request log tells what came, what was answered, and never a secret", async () => {
    const sandbox = await sandboxWith({ requestLog: { bodies: true } });
    await send(sandbox, create("cats"));
    await send(sandbox, memberships(joins("ghosts", 1)));
    const [first, second] = sandbox.requests();
    expect(first).toMatchObject({ number: 1, action: "create", status: 200, work: "done", clientId: "shop" });
    expect(first?.body).toBe(JSON.stringify(create("cats")));
    expect(second).toMatchObject({
      number: 2,
      audiences: ["ghosts"],
      changes: 1,
      status: 404,
      work: "refused",
      code: "unknownSegment",
    });
    expect(JSON.stringify(sandbox.requests())).not.toContain("a long secret");
  });

  test("the log keeps the latest requests and counts all", async () => {
    const sandbox = await sandboxWith({ requestLog: { size: 3 } });
    for (let index = 0; index < 5; index += 1) await send(sandbox, HEARTBEAT);
    expect(sandbox.requests().map((record) => record.number)).toEqual([3, 4, 5]);
    expect(sandbox.totals()).toMatchObject({ requests: 5, byAction: { heartbeat: 5 }, byAnswer: { 200: 5 } });
  });

  test("the history lists every change of a person in a segment with its request, also the repeated ones", async () => {
    const sandbox = await sandboxWith({ keepHistory: true });
    await send(sandbox, create("cats"));
    await send(sandbox, memberships(joins("cats", 5)));
    await send(sandbox, memberships(joins("cats", 5)));
    await send(sandbox, memberships(leaves("cats", 5)));
    await send(sandbox, detach("cats"));
    const entries = [
      { request: 2, membership: true, changed: true },
      { request: 3, membership: true, changed: false },
      { request: 4, membership: false, changed: true },
    ];
    expect(sandbox.history("cats", "5")).toEqual(entries);
    expect([...sandbox.histories()]).toEqual([{ segment: "cats", personId: "5", entries }]);
  });
});
