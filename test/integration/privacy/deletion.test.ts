import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import { openEngine, openStore } from "@peregrine/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Peregrine, startPeregrine } from "../harness/peregrine.ts";
import { until } from "../harness/wait.ts";

const CLIENT = { id: "shop", secret: "shop-secret" };
const AUDIENCE = "5d822e81";
const ACTIVATION = "shop";
/** Whoever is deleted: nothing that is kept may hold any of these at the end. */
const TRACES = ["p2@example.com", "cookie-two", "Two Street"];

const DEFINITIONS = [
  { kind: "identifier", id: "userid", priority: 100, limit: "one" },
  { kind: "identifier", id: "email", priority: 80, limit: "many", normalise: ["trim", "lowercase"] },
  { kind: "identifier", id: "coid", priority: 20, limit: "many" },
  {
    kind: "schema",
    id: "customers",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "email", type: "text", identifier: "email" },
      { name: "street", type: "text" },
      { name: "age", type: "number" },
    ],
  },
  {
    kind: "dataflow",
    id: "customers",
    schema: "customers",
    map: { userid: "id", email: "email", street: "street", age: "number(age)" },
    leaveOut: 'street = "left out"',
    refuseAbove: 0.5,
  },
  {
    kind: "schema",
    id: "orders",
    parent: "Interaction",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "coid", type: "text", identifier: "coid" },
      { name: "amount", type: "number" },
    ],
  },
  {
    kind: "dataflow",
    id: "orders",
    schema: "orders",
    event: '"buy"',
    key: "order",
    time: "time(at)",
    map: { userid: "user", coid: "cookie", amount: "number(amount)" },
  },
  {
    kind: "audience",
    id: AUDIENCE,
    name: "Everybody who is old enough",
    rule: { have: { attribute: "age", atLeast: 18 } },
  },
];

const CUSTOMERS = `id,email,street,age
1,p1@example.com,One Street,20
2,P2@example.com ,Two Street,22
3,p3@example.com,Three Street,23
2,p2@example.com,left out,24
2,p2@example.com,Two Street,twenty
4,p4@example.com,Four Street,24
5,p5@example.com,Five Street,5
`;
/** The cookie of 2 is 4's from the fourth row on: what it names then is 4's. */
const ORDERS = `order,user,cookie,amount,at
o1,2,cookie-two,10,2026-01-01
o2,,cookie-two,11,2026-01-02
o3,2,cookie-shared,12,2026-01-03
o4,4,cookie-shared,13,2026-01-04
o5,,cookie-shared,14,2026-01-05
o6,1,cookie-one,15,2026-01-06
o9,2,cookie-lent,18,2026-01-03
`;

interface Numbers {
  readonly size: number;
  readonly accepted: number;
  readonly waiting: number;
  readonly suppressed: number;
  readonly leaving: { readonly waiting: number };
}
interface Deletion {
  readonly id: number;
  readonly state: string;
  readonly waitsFor: readonly { readonly because: string }[];
  readonly counts: unknown;
}
interface Profile {
  readonly number: number;
  readonly events: { readonly count: number };
}

let folder: string;
let sandbox: Sandbox;
let server: Peregrine;

const ask = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
  const answer = await server.call<Body>(method, path, body);
  if (answer.status >= 300)
    throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};
const numbers = async (): Promise<Numbers> => {
  const { segments } = await ask<{ segments: Numbers[] }>("GET", `/activations/${ACTIVATION}/status`);
  const [only] = segments;
  if (only === undefined) throw new Error("the activation carries an audience");
  return only;
};
const profile = (identifier: string) =>
  ask<Profile>("GET", `/profiles?identifier=${encodeURIComponent(identifier)}`);
const inSegment = () => [...sandbox.people(AUDIENCE)].sort();
const deletion = (id: number) => ask<Deletion>("GET", `/deletions/${id}`);

async function bring(
  dataflow: string,
  text: string,
): Promise<{ id: number; counts: Record<string, number> }> {
  const file = join(folder, `${dataflow}.csv`);
  await writeFile(file, text);
  const { body } = await server.upload<{ id: number }>(dataflow, file);
  let found = await ask<{ id: number; state: string; counts: Record<string, number> }>(
    "GET",
    `/imports/${body.id}`,
  );
  await until(async () => {
    found = await ask("GET", `/imports/${body.id}`);
    return found.state !== "queued" && found.state !== "running";
  }, "the import ends");
  expect(found.state, JSON.stringify(found)).toBe("published");
  return found;
}

async function activation(state: "active" | "paused"): Promise<void> {
  await ask("POST", "/apply", {
    documents: [
      {
        kind: "activation",
        id: ACTIVATION,
        name: "Shop",
        type: "ibexa",
        state,
        personIdentifier: "userid",
        settings: {
          clientId: CLIENT.id,
          clientSecret: CLIENT.secret,
          baseUrl: sandbox.webhookUrl,
          segmentGroupIdentifier: "cdp",
        },
        audiences: [AUDIENCE],
        guard: { removals: 0, share: 0, emptied: 0 },
      },
    ],
  });
}

/** Where any of the traces stands in the planes of the stopped server. */
async function tracesLeft(): Promise<string[]> {
  const data = join(folder, "data");
  const store = await openStore({ folder: data, clock: { now: () => Date.now() } });
  const engine = await openEngine({
    folder: join(data, "engine"),
    log: { info: () => {}, warn: () => {} },
    memoryBytes: 2 ** 30,
  });
  try {
    const tables = await engine.query<{ name: string }>(
      "SELECT name FROM system.tables WHERE database = currentDatabase() AND total_rows > 0 ORDER BY name",
    );
    const found: string[] = [];
    for (const { name } of tables) {
      const [row] = await engine.query<{ rows: number }>(
        `SELECT toUInt32(count()) AS rows FROM ${name}
        WHERE multiSearchAnyCaseInsensitiveUTF8(toString(tuple(*)), {traces:Array(String)})`,
        { traces: TRACES },
      );
      if ((row?.rows ?? 0) > 0) found.push(`${name}: ${row?.rows}`);
    }
    const [state] = await engine.query<{ rows: number }>(
      "SELECT toUInt32(count()) AS rows FROM delivery_state WHERE person_id = '2'",
    );
    if (state?.rows !== 0) found.push(`delivery_state: ${state?.rows}`);
    const deletions = await store.db.selectFrom("person_deletion").selectAll().execute();
    if (TRACES.some((trace) => JSON.stringify(deletions).includes(trace))) found.push("person_deletion");
    return found;
  } finally {
    await engine.close();
    await store.close();
  }
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "peregrine-deletion-"));
  sandbox = await startSandbox({
    activations: [{ clientId: CLIENT.id, clientSecret: CLIENT.secret, segmentGroupIdentifier: "cdp" }],
    segmentGroups: [{ identifier: "cdp" }],
    users: { range: [1, 100] },
  });
  server = await startPeregrine({ folder });
  await ask("POST", "/apply", { documents: DEFINITIONS });
  await bring("customers", CUSTOMERS);
  await bring("orders", ORDERS);
  await activation("active");
  // Who is in the segment is counted as accepted a moment later, once the answer is kept.
  await until(async () => (await numbers()).accepted === 4, "the segment is in step", 60);
  expect(inSegment()).toEqual(["1", "2", "3", "4"]);
});
afterAll(async () => {
  await server?.stop();
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

describe("deleting a person", () => {
  let asked: Deletion;
  let others: readonly Profile[];
  const everybodyElse = () => Promise.all(["userid:1", "userid:3", "userid:4", "userid:5"].map(profile));

  it("is foreseen, and nothing changes", async () => {
    others = await everybodyElse();
    const { number } = await profile("userid:2");
    const foreseen = await ask<Record<string, unknown>>("GET", `/profiles/${number}/deletion`);
    expect(foreseen).toMatchObject({
      profile: number,
      attributes: 4,
      events: 4,
      audiences: [{ id: AUDIENCE }],
      segments: [{ activation: { id: ACTIVATION }, audience: { id: AUDIENCE }, because: "toBeSent" }],
    });
    expect((await ask<{ items: unknown[] }>("GET", "/deletions")).items).toEqual([]);
    expect(await numbers()).toMatchObject({ size: 4, accepted: 4, suppressed: 0 });
  });

  it("excludes at once, and waits for an activation that is paused; numbers add up", async () => {
    await activation("paused");
    const { number } = await profile("userid:2");
    asked = await ask<Deletion>("DELETE", `/profiles/${number}`);
    expect(asked).toMatchObject({ state: "takingOut", waitsFor: [{ because: "paused" }] });
    // Asked for twice, it is the same.
    expect((await ask<Deletion>("DELETE", `/profiles/${number}`)).id).toBe(asked.id);
    expect(await numbers()).toMatchObject({
      size: 4,
      accepted: 3,
      waiting: 0,
      suppressed: 1,
      withoutIdentifier: 0,
      leaving: { waiting: 1 },
    });
    const people = await ask<{ items: { personId: string }[] }>(
      "POST",
      `/activations/${ACTIVATION}/audiences/${AUDIENCE}/people/search`,
      { state: "suppressed" },
    );
    expect(people.items).toMatchObject([{ personId: "2", profile: number }]);
    const [explained] = (
      await ask<{ items: { state: string; steps: { sentence: string }[] }[] }>(
        "GET",
        `/profiles/${number}/segments`,
      )
    ).items;
    expect(explained?.state).toBe("suppressed");
    expect(JSON.stringify(explained?.steps)).toContain("is being deleted");
  });

  it("refuses rows that come late and whose deciding identifier was the person's, and keeps nothing of them", async () => {
    const late = await bring(
      "customers",
      "id,email,street,age\n2,p2@example.com,Two Street,30\n6,p6@example.com,Six Street,7\n",
    );
    expect(late.counts).toMatchObject({ read: 2, personRows: 1, refused: 1 });
    const refused = await (
      await fetch(`${server.url}/api/v1/imports/${late.id}/refused.csv`, {
        headers: { authorization: `Bearer ${server.token}` },
      })
    ).text();
    expect(refused).toContain("names a person who was deleted");
    expect(refused).not.toContain("Two Street");
    // Refused as it is, it doesn't count against the share of broken rows that a dataflow allows.
    expect(
      (await bring("customers", "id,email,street,age\n2,p2@example.com,Two Street,31\n")).counts,
    ).toMatchObject({ refused: 1 });
    // A cookie of lower priority is no reason: the row is somebody else's.
    const shared = await bring(
      "orders",
      "order,user,cookie,amount,at\no7,3,cookie-lent,16,2026-01-07\no8,,cookie-lent,17,2026-01-08\n",
    );
    expect(shared.counts).toMatchObject({ read: 2, events: 1, refused: 1 });
  });

  it("takes the person out, although the guard would hold it, and then purges everything", async () => {
    await activation("active");
    await until(() => inSegment().join() === "1,3,4", "the person is taken out", 60);
    await until(async () => (await deletion(asked.id)).state === "done", "the person is purged", 60);
    expect(await deletion(asked.id)).toMatchObject({
      waitsFor: [],
      counts: { rows: 7, events: 4, attributes: 4 },
    });
    expect((await server.call("GET", "/profiles?identifier=userid:2")).status).toBe(404);
    await until(async () => (await numbers()).size === 3, "the audience is checked");
    expect(await numbers()).toMatchObject({ size: 3, accepted: 3, suppressed: 0, leaving: { waiting: 0 } });
    const after = await everybodyElse();
    expect(after.map(({ number }) => number)).toEqual(others.map(({ number }) => number));
    // What the shared cookie named once it was theirs is theirs still; and 3 has bought since.
    expect(after.map(({ events }) => events.count)).toEqual([1, 1, 2, 0]);
  });

  it("leaves no trace, and a rebuild gives everybody else the numbers that they had", async () => {
    await server.stop();
    expect(await tracesLeft()).toEqual([]);
    server = await startPeregrine({ folder, token: server.token });
    await ask("POST", "/rebuild");
    await until(
      async () => (await ask<{ state: string }>("GET", "/rebuild")).state === "done",
      "the rebuild ends",
      60,
    );
    expect((await server.call("GET", "/profiles?identifier=userid:2")).status).toBe(404);
    const after = await everybodyElse();
    expect(after.map(({ number }) => number)).toEqual(others.map(({ number }) => number));
    expect(after.map(({ events }) => events.count)).toEqual([1, 1, 2, 0]);
    expect(inSegment()).toEqual(["1", "3", "4"]);
  });
});
