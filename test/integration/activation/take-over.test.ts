import { activationDefinition } from "@peregrine/core";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { TakeoverService } from "../../../packages/server/src/takeover/index.ts";
import { activate, CREDENTIALS, openSandbox, openWorld, type World } from "./world.ts";

let world: World;
let takeovers: TakeoverService;
let service: ReturnType<World["service"]>;
const sandboxes: Sandbox[] = [];
let names = 0;

beforeAll(async () => {
  world = await openWorld();
  await world.audiences.know(Array.from({ length: 200 }, (_, at) => [at + 1, String(at + 1)]));
  service = world.service();
  takeovers = new TakeoverService({
    engine: world.engine,
    store: world.store,
    clock: world.clock,
    audiences: world.audiences,
    activations: service,
  });
});

afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) await sandbox.close();
});

afterAll(async () => {
  await world.close();
});

const ids = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => String(from + at));

async function* body(...lines: string[]): AsyncGenerator<Uint8Array> {
  // Cut in the middle of lines and of letters.
  const bytes = new TextEncoder().encode(lines.map((line) => `${line}\n`).join(""));
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

function list(audience: string, people: readonly string[]): Promise<{ readonly id: number }> {
  return takeovers.keep(
    "test",
    "userid",
    body(...people.map((person) => JSON.stringify([audience, person]))),
  );
}

/** A segment that another CDP has filled, and an activation that is about to carry it. */
async function filledSegment(people: readonly string[], batchSize = 5) {
  const sandbox = await openSandbox({ requestLog: { size: 10_000, bodies: true } });
  sandboxes.push(sandbox);
  names += 1;
  const [id, audience] = [`take-${names}`, `t0000${names}`];
  const tell = async (updateType: string, data: unknown) => {
    const response = await fetch(sandbox.webhookUrl, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CLIENT-ID": CREDENTIALS.clientId,
        "X-CLIENT-SECRET": CREDENTIALS.clientSecret,
      },
      body: JSON.stringify({ updateType, segmentGroupIdentifier: CREDENTIALS.group, data }),
    });
    expect(response.status).toBeLessThan(300);
  };
  await tell("create", { audienceId: audience, audienceName: "Cat owners" });
  for (let at = 0; at < people.length; at += 50) {
    const changes = people
      .slice(at, at + 50)
      .map((personId) => ({ audienceId: audience, personId, membership: true }));
    await tell("membershipChanges", { changes });
  }
  await activate(world, service, {
    id,
    baseUrl: sandbox.webhookUrl,
    audiences: [audience],
    advanced: { batchSize, requestsAtOnce: 1 },
  });
  return {
    sandbox,
    id,
    audience,
    people: () => [...sandbox.people(audience)].sort((one, other) => Number(one) - Number(other)),
    order: (listId: number, rest: { preview?: boolean; force?: string } = {}) => ({
      activationId: id,
      audienceId: audience,
      list: listId,
      preview: false,
      ...rest,
    }),
  };
}

/** Each size that the segment had after a request, in their order. */
function sizes(sandbox: Sandbox, audience: string): number[] {
  const changes = [...sandbox.histories()]
    .filter(({ segment }) => segment === audience)
    .flatMap(({ personId, entries }) => entries.map((entry) => ({ ...entry, personId })))
    .sort((one, other) => one.request - other.request);
  const inside = new Set<string>();
  const after = new Map<number, number>();
  for (const { request, personId, membership } of changes) {
    if (membership) inside.add(personId);
    else inside.delete(personId);
    after.set(request, inside.size);
  }
  return [...after.values()];
}

describe("taking over a segment that has people", () => {
  it("never takes out anybody who belongs, and never empties it", async () => {
    const { sandbox, id, audience, people, order } = await filledSegment(ids(1, 40));
    // 1 to 10 don't belong any more, 41 to 50 are new.
    world.audiences.set(audience, ids(11, 50).map(Number));
    const { id: listId } = await list(audience, ids(1, 40));
    const preview = await takeovers.segment(order(listId, { preview: true }));
    expect(preview).toMatchObject({
      stay: 30,
      join: 10,
      leave: 10,
      settled: 0,
      recorded: null,
      unconfirmed: null,
    });
    expect(preview.examples.leave).toEqual(ids(1, 10).sort());
    expect(await takeovers.segment(order(listId))).toMatchObject({ stay: 30, leave: 10, recorded: 40 });
    const before = sandbox.totals().requests;

    const run = await service.run(id, "manual");
    expect(run).toMatchObject({ state: "done", counts: { planned: 50, joins: 40, leaves: 10 } });
    expect(people()).toEqual(ids(11, 50));
    const history = new Map(
      [...sandbox.histories()]
        .filter(({ segment }) => segment === audience)
        .map((one) => [one.personId, one.entries]),
    );
    for (const person of ids(11, 50))
      expect(history.get(person)?.filter(({ membership }) => !membership)).toEqual([]);
    for (const person of ids(1, 10))
      expect(history.get(person)?.map(({ membership }) => membership)).toEqual([true, false]);
    expect(Math.min(...sizes(sandbox, audience).slice(1))).toBeGreaterThanOrEqual(40);
    // All who join are told before the first who leaves.
    const requests = [...history.values()].flat().filter(({ request }) => request > before);
    const lastJoin = Math.max(
      ...requests.filter(({ membership }) => membership).map(({ request }) => request),
    );
    const firstLeave = Math.min(
      ...requests.filter(({ membership }) => !membership).map(({ request }) => request),
    );
    expect(lastJoin).toBeLessThanOrEqual(firstLeave);

    expect(await service.run(id, "manual")).toMatchObject({ state: "done", counts: { planned: 0 } });
  });

  it("without it, people who don't belong stay in the segment", async () => {
    const { id, audience, people } = await filledSegment(ids(1, 4));
    world.audiences.set(audience, [3, 4, 5]);
    await service.run(id, "manual");
    expect(people()).toEqual(ids(1, 5));
  });

  it("is refused once the activation has delivered to the segment, and never overwrites an answer", async () => {
    const { id, audience, people, order } = await filledSegment(ids(1, 6));
    world.audiences.set(audience, [4, 5, 6, 7]);
    await service.run(id, "manual");
    world.audiences.set(audience, [4, 5, 6]);
    await service.run(id, "manual");
    expect(people()).toEqual(ids(1, 6));
    const { id: listId } = await list(audience, [...ids(1, 6), "7"]);
    const refused = expect.objectContaining({ code: "takeOverUnconfirmed" });
    await expect(takeovers.segment(order(listId))).rejects.toEqual(refused);
    await expect(takeovers.segment(order(listId, { force: "another" }))).rejects.toEqual(refused);
    expect(await takeovers.segment(order(listId, { preview: true }))).toMatchObject({ leave: 3, settled: 4 });
    expect(await takeovers.segment(order(listId, { force: audience }))).toMatchObject({ recorded: 3 });
    // The schedule looks, though nothing else has changed.
    expect(await service.due(world.clock.now())).toContain(id);
    expect(await service.run(id, "manual")).toMatchObject({ counts: { planned: 3, leaves: 3 } });
    expect(people()).toEqual(["4", "5", "6"]);
  });

  it("is refused where everybody would be taken out", async () => {
    const { audience, order, people } = await filledSegment(ids(1, 6));
    world.audiences.set(audience, []);
    const { id: listId } = await list(audience, ids(1, 6));
    const preview = await takeovers.segment(order(listId, { preview: true }));
    expect(preview.unconfirmed).toContain("all 6 people");
    await expect(takeovers.segment(order(listId))).rejects.toMatchObject({ code: "takeOverUnconfirmed" });
    expect(people()).toHaveLength(6);
  });

  it("starts from nothing where the activation has moved to a different Ibexa", async () => {
    const first = await filledSegment(ids(1, 3));
    world.audiences.set(first.audience, [2, 3, 4]);
    await service.run(first.id, "manual");
    const other = await openSandbox();
    sandboxes.push(other);
    const { definition } = await service.get(first.id);
    const moved = activationDefinition.parse({
      ...definition,
      settings: { ...definition.settings, baseUrl: other.webhookUrl },
    });
    await service.save(moved, { by: "tests", origin: "api", destination: "different" });
    const { id: listId } = await list(first.audience, ["1", "2"]);
    const expected = { stay: 1, join: 2, leave: 1, settled: 0, unconfirmed: null };
    expect(await takeovers.segment(first.order(listId, { preview: true }))).toMatchObject(expected);
    expect(await takeovers.segment(first.order(listId))).toMatchObject({ ...expected, recorded: 2 });
    expect(await service.run(first.id, "manual")).toMatchObject({ counts: { planned: 4, leaves: 1 } });
  });
});

describe("who is there, compared with who is here", () => {
  it("has each person in one part; both sides add up", async () => {
    const { audience } = await filledSegment([]);
    // 900 and 901 are members whom nobody knows by a userid.
    world.audiences.set(audience, [3, 4, 5, 900, 901]);
    const kept = await takeovers.keep(
      "theirs",
      "userid",
      body(
        ...["1", "2", " 3", "4", "3", "max@x.org"].map((person) => JSON.stringify([audience, person])),
        "",
        JSON.stringify(["nowhere", "9"]),
      ),
    );
    expect(kept).toMatchObject({ people: 6, repeated: 1 });
    const { audiences } = await takeovers.compare(kept.id);
    const [unknown, ours] = [...audiences].sort((one, other) => (one.id < other.id ? -1 : 1));
    expect(unknown).toMatchObject({ id: "nowhere", name: null, there: 1, here: 0, counts: { onlyThere: 1 } });
    expect(ours).toMatchObject({
      there: 5,
      here: 5,
      counts: { both: 2, onlyThere: 2, onlyHere: 1, withoutProfile: 1 },
      withoutIdentifier: 2,
      examples: {
        onlyThere: [{ person: "1", profile: 1 }, { person: "2" }],
        onlyHere: [{ person: "5", profile: 5 }],
        withoutProfile: [{ person: "max@x.org", profile: null }],
      },
      error: null,
    });
    const lines = [];
    for await (const block of takeovers.people(kept.id, { audience })) lines.push(...block);
    expect(lines.map(({ part, person }) => `${part} ${person}`)).toEqual([
      "both 3",
      "both 4",
      "onlyHere 5",
      "onlyThere 1",
      "onlyThere 2",
      "withoutProfile max@x.org",
    ]);
  });

  it("refuses a list with a broken line, and an empty one", async () => {
    const refused = (...lines: string[]) => takeovers.keep("broken", "userid", body(...lines));
    const fine = JSON.stringify(["a", "1"]);
    await expect(refused(fine, "{}")).rejects.toMatchObject({
      code: "requestInvalid",
      faults: [{ path: "line 2" }],
    });
    await expect(refused(fine, fine, '["a","  "]')).rejects.toMatchObject({ faults: [{ path: "line 3" }] });
    await expect(refused('["a",7]')).rejects.toMatchObject({ code: "requestInvalid" });
    await expect(refused(`["a","${"x".repeat(20_000)}"]`)).rejects.toMatchObject({ code: "requestInvalid" });
    await expect(refused("")).rejects.toMatchObject({ code: "memberListEmpty" });
    await expect(takeovers.keep("none", "shoe", body(fine))).rejects.toMatchObject({ code: "notFound" });
    await expect(takeovers.compare(99_999)).rejects.toMatchObject({ code: "notFound" });
  });
});
