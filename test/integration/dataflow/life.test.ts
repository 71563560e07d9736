import type { DefinitionInput } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  compareGenerations,
  ProfileService,
  RebuildService,
} from "../../../packages/server/src/identity/index.ts";
import { areDerivedTogether, deriveAgain } from "../../../packages/server/src/ingest/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { SHOP } from "../ingest/world.ts";
import { createDataflowWorld, type DataflowWorld } from "./world.ts";

let host: TestEngine;
let world: DataflowWorld;
let profiles: ProfileService;

beforeAll(async () => {
  host = await startEngine();
  world = await createDataflowWorld(host.engine);
  profiles = new ProfileService({ store: world.ingest.store, engine: host.engine });
  await world.apply(SHOP);
  await world.apply([
    {
      kind: "audience",
      id: "northern",
      name: "Northern",
      rule: { have: { attribute: "country", is: "NO" } },
    },
    { kind: "audience", id: "buyers", name: "Buyers", rule: { did: { event: "buy" } } },
  ]);
});

afterAll(async () => {
  await world?.close();
  await host?.close();
});

/** What a person's profile says of an attribute, and of which import; undefined where it says nothing. */
async function attribute(person: string, name: string): Promise<unknown> {
  const found = (await profiles.byIdentifier(person)).attributes.find((one) => one.name === name);
  return found?.value;
}

async function eventTypes(person: string): Promise<string[]> {
  const { events } = await profiles.byIdentifier(person);
  return events.latest.map(({ type, properties }) => `${type} ${properties["sku"]}`).sort();
}

const PEOPLE = { kind: "dataflow", id: "people", schema: "people" } as const;

/** Everything derived again is what was derived before. */
async function expectRebuildEqual(): Promise<void> {
  const { store, engine, clock } = world.ingest;
  const before = await store.operations.snapshot();
  const service = new RebuildService({
    store,
    engine,
    clock,
    instance: "test",
    derive: deriveAgain,
    together: areDerivedTogether,
    log: { error: () => {} },
    retryMs: 20,
  });
  service.start();
  expect(await service.settled()).toMatchObject({ state: "done", error: null });
  const schemas = await store.definitions.list("schema");
  const interactions = schemas
    .filter(({ body }) => body.parent === "Interaction")
    .map(({ number }) => number);
  expect(await compareGenerations(engine, before, await store.operations.snapshot(), interactions)).toEqual(
    [],
  );
}

describe("a paused dataflow", () => {
  it("keeps what comes and says so, and takes it in, in its order, when it is resumed", async () => {
    await world.dataflows.pause("people", "ann");
    const first = await world.upload("people", "id,mail,country,points,changed\n1,a@x,DK,1,2025-01-01\n");
    const second = await world.upload("people", "id,mail,country,points,changed\n1,a@x,SE,2,2025-01-02\n");
    const other = await world.ingest.import("orders", "id,sku,quantity,price,at\n1,A,1,1,2025-01-01\n");
    expect(other.state).toBe("published");
    expect(first).toMatchObject({ state: "queued", held: "paused", sentBy: "test" });
    expect(await world.dataflows.get("people")).toMatchObject({
      waiting: 2,
      definition: { state: "paused" },
    });
    await world.ingest.restart();
    expect(await world.ingest.service.get(first.id)).toMatchObject({ state: "queued", held: "paused" });
    await world.dataflows.resume("people", "ann");
    expect(await world.ingest.ended(second.id)).toMatchObject({ state: "published", held: null });
    expect(await attribute("userid:1", "country")).toBe("SE");
  });

  it("is not a draft: that has nothing to keep", async () => {
    await world.apply([{ ...PEOPLE, id: "draft", state: "draft", map: { userid: "id" } }]);
    await expect(world.dataflows.pause("draft", "ann")).rejects.toMatchObject({ code: "dataflowDraft" });
    expect(await world.dataflows.activate("draft", "ann")).toMatchObject({ definition: { state: "active" } });
  });
});

describe("an import that is run again", () => {
  it("of a refused one reads its file by the mended mapping", async () => {
    const broken: DefinitionInput = {
      ...PEOPLE,
      id: "mended",
      map: { userid: "id", points: "number(points)" },
      refuseAbove: 0,
    };
    await world.apply([broken]);
    const refused = await world.ingest.import("mended", "id;points\n31;1,5\n32;2\n");
    expect(refused).toMatchObject({ state: "refused" });
    await world.ingest.restart();
    await world.apply([{ ...broken, map: { userid: "id", points: 'number(replace(points, ",", "."))' } }]);
    const again = await world.runAgain(refused.id);
    expect(again).toMatchObject({
      state: "published",
      againOf: refused.id,
      counts: { personRows: 2, refused: 0 },
    });
    expect(await attribute("userid:31", "points")).toBe("1.5");
  });

  it("of a published one reads its kept rows, and replaces what it brought, at once", async () => {
    const nested: DefinitionInput = { ...PEOPLE, id: "nested", map: { userid: "id", country: "place.city" } };
    await world.apply([nested]);
    const first = await world.ingest.import(
      "nested",
      '{"id":41,"place":{"city":"Bonn","country":"DE"}}\n{"id":42,"place":{"city":"Oslo"}}\n{"id":\n',
    );
    expect(first).toMatchObject({ state: "refused" });
    await world.apply([{ ...nested, refuseAbove: 0.5 }]);
    const taken = await world.runAgain(first.id);
    expect(taken).toMatchObject({ state: "published", counts: { read: 3, refused: 1 } });
    expect(await attribute("userid:42", "country")).toBe("Oslo");
    world.ingest.clock.advance(60_000);
    await world.apply([{ ...nested, refuseAbove: 0.5, map: { userid: "id", country: "place.country" } }]);
    const again = await world.runAgain(taken.id);
    expect(again).toMatchObject({
      state: "published",
      cameAt: first.createdAt,
      counts: { read: 2, personRows: 2, newProfiles: 0 },
    });
    expect(await attribute("userid:41", "country")).toBe("DE");
    expect(await attribute("userid:42", "country")).toBeUndefined();
    expect(await world.ingest.service.get(taken.id)).toMatchObject({
      state: "published",
      replacedBy: again.id,
    });
    await expect(world.ingest.service.runAgain(taken.id, "ann")).rejects.toMatchObject({
      code: "importReplaced",
    });
  });

  it("of events writes their keys anew, and those of other imports stay", async () => {
    const keyed: DefinitionInput = {
      kind: "dataflow",
      id: "keyed",
      schema: "orders",
      map: { userid: "id", sku: "sku" },
      event: '"buy"',
      time: "time(at)",
      key: "n",
    };
    await world.apply([keyed]);
    const first = await world.ingest.import("keyed", "n,id,sku,at\n1,51,A,2025-01-01\n2,51,B,2025-01-01\n");
    await world.ingest.import("keyed", "n,id,sku,at\n2,51,X,2025-01-01\n3,51,C,2025-01-01\n");
    expect(await eventTypes("userid:51")).toEqual(["buy A", "buy B", "buy C"]);
    await world.apply([{ ...keyed, event: 'if(sku = "B", "return", "buy")' }]);
    const again = await world.runAgain(first.id);
    expect(again).toMatchObject({ state: "published", counts: { events: 2, repeatedEvents: 0 } });
    expect(await eventTypes("userid:51")).toEqual(["buy A", "buy C", "return B"]);
  });

  it("is refused while it is under way, and when its file is gone", async () => {
    await world.dataflows.pause("people", "ann");
    const waiting = await world.upload("people", "id,mail,country,points,changed\n9,,,1,2025-01-01\n");
    await expect(world.ingest.service.runAgain(waiting.id, "ann")).rejects.toMatchObject({
      code: "importUnderWay",
    });
    await world.dataflows.resume("people", "ann");
    await world.ingest.ended(waiting.id);
    const refused = await world.ingest.import("people", "other\n1\n");
    world.ingest.clock.advance(8 * 24 * 3_600_000);
    await world.ingest.import("people", "id,mail,country,points,changed\n9,,,2,2025-02-01\n");
    await expect(world.ingest.service.runAgain(refused.id, "ann")).rejects.toMatchObject({
      code: "uploadGone",
    });
  });

  it("leaves everything so that a rebuild comes to the same", async () => {
    await expectRebuildEqual();
  });
});

describe("a clone", () => {
  it("is a draft with the same mapping", async () => {
    const copy = await world.dataflows.clone("orders", { id: "orders-2" }, "ann");
    const { definition } = await world.dataflows.get("orders");
    expect(copy.definition).toEqual({ ...definition, id: "orders-2", state: "draft" });
    await expect(world.dataflows.clone("orders", { id: "people" }, "ann")).rejects.toMatchObject({
      code: "idTaken",
    });
  });
});

describe("the activity log", () => {
  it("says who did what, page by page, and survives the deletion", async () => {
    world.ingest.clock.advance(1000);
    await world.dataflows.clone("people", { id: "logged", name: "Logged" }, "bob");
    world.ingest.clock.advance(1000);
    await world.dataflows.activate("logged", "bob");
    await world.dataflows.pause("logged", "cleo");
    await world.dataflows.resume("logged", "cleo");
    const record = await world.ingest.import(
      "logged",
      "id,mail,country,points,changed\n61,,DK,1,2025-01-01\n",
    );
    world.ingest.clock.advance(1000);
    await world.apply([{ ...PEOPLE, id: "logged", map: { userid: "id" } }]);
    await world.dataflows.delete("logged", "bob");
    const whole = await world.dataflows.log("logged", { limit: 50 });
    expect(whole.items.map(({ what, by }) => [what, by])).toEqual([
      ["deleted", "bob"],
      ["changed", "test"],
      ["resumed", "cleo"],
      ["paused", "cleo"],
      ["activated", "bob"],
      ["import", "test"],
      ["created", "bob"],
    ]);
    expect(whole.items[1]?.fields).toContain("/map/country");
    expect(whole.items[5]?.import).toMatchObject({ id: record.id, state: "published" });
    const paged = [];
    for (let cursor: string | undefined, more = true; more; ) {
      const page = await world.dataflows.log("logged", {
        limit: 2,
        ...(cursor === undefined ? {} : { cursor }),
      });
      paged.push(...page.items);
      cursor = page.next ?? undefined;
      more = page.next !== null;
    }
    expect(paged).toEqual(whole.items);
    await expect(world.dataflows.log("never", { limit: 5 })).rejects.toMatchObject({ code: "notFound" });
  });
});

describe("a deletion", () => {
  const GONE: DefinitionInput = {
    ...PEOPLE,
    id: "gone",
    map: { userid: "id", email: "mail", country: "country" },
  };
  const FILE = "id,mail,country\n71,g@x,NO\n72,,NO\n";

  it("says what it withdraws, withdraws it at once, and leaves profiles and links", async () => {
    await world.apply([GONE]);
    await world.ingest.import("gone", FILE);
    expect(await world.dataflows.deletion("gone")).toEqual({
      people: 2,
      attributes: 5,
      events: 0,
      waiting: 0,
      audiences: [{ id: "northern", name: "Northern" }],
      faults: [],
    });
    const { publication } = world.ingest.store.operations;
    const before = await publication.call(world.ingest.store.operations);
    const { version } = await world.dataflows.get("gone");
    await expect(world.dataflows.delete("gone", "ann", { ofVersion: version + 1 })).rejects.toMatchObject({
      code: "savedMeanwhile",
    });
    await world.dataflows.delete("gone", "ann", { ofVersion: version });
    expect(await world.ingest.store.operations.dataSince(before)).toMatchObject([
      { touched: { attributes: "any", events: "any" } },
    ]);
    expect(await attribute("userid:71", "country")).toBeUndefined();
    expect((await profiles.byIdentifier("email:g@x")).number).toBe(
      (await profiles.byIdentifier("userid:71")).number,
    );
    await expectRebuildEqual();
  });

  it("is no end: defined again it takes the same file in again, and a rebuild comes to the same", async () => {
    await world.apply([GONE]);
    expect(await world.ingest.import("gone", FILE)).toMatchObject({
      state: "published",
      counts: { newProfiles: 0 },
    });
    expect(await attribute("userid:71", "country")).toBe("NO");
    await expectRebuildEqual();
    expect(await attribute("userid:71", "country")).toBe("NO");
  });

  it("of events brings their keys back into use", async () => {
    const file = "n,id,sku,at\n1,81,A,2025-01-01\n";
    const { definition } = await world.dataflows.get("keyed");
    await world.ingest.import("keyed", `${file}9,81,B,2025-01-01\n`);
    expect(await world.dataflows.deletion("keyed")).toMatchObject({
      events: 4,
      people: 2,
      audiences: [{ id: "buyers", name: "Buyers" }],
    });
    await world.dataflows.delete("keyed", "ann");
    expect(await eventTypes("userid:51")).toEqual([]);
    await world.apply([definition]);
    expect(await world.ingest.import("keyed", file)).toMatchObject({
      counts: { events: 1, repeatedEvents: 0 },
    });
    await expectRebuildEqual();
    expect(await eventTypes("userid:81")).toEqual(["buy A"]);
  });

  it("ends what waits for it", async () => {
    await world.apply([{ ...GONE, id: "waited", state: "paused" }]);
    const { id } = await world.upload("waited", FILE);
    expect(await world.dataflows.deletion("waited")).toMatchObject({ waiting: 1, people: 0 });
    await world.dataflows.delete("waited", "ann");
    expect(await world.ingest.ended(id)).toMatchObject({ state: "refused", error: { code: "notFound" } });
  });
});

describe("a schema", () => {
  it("changes only by adding columns, with a clear fault for each that is gone or turned", async () => {
    const orders = SHOP.find((one) => one.kind === "schema" && one.id === "orders");
    if (orders?.kind !== "schema") throw new Error("the shop has orders");
    const [userid, sku, , ...rest] = orders.columns;
    const turned = { ...orders, columns: [userid, { ...sku, type: "number" }, ...rest] };
    await expect(world.apply([turned])).rejects.toMatchObject({
      code: "definitionInvalid",
      faults: expect.arrayContaining([
        expect.objectContaining({
          path: "/schema orders/columns/1/type",
          message: expect.stringContaining("fixed"),
        }),
        expect.objectContaining({
          path: "/schema orders/columns",
          message: expect.stringContaining("`quantity` is missing"),
        }),
      ]),
    });
    await world.apply([{ ...orders, columns: [...orders.columns, { name: "colour", type: "text" }] }]);
  });
});
