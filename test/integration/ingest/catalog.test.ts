import type { DefinitionInput } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { createWorld, type IngestWorld } from "./world.ts";

const IDENTIFIER: DefinitionInput = {
  kind: "identifier",
  id: "userid",
  normalise: ["trim"],
  priority: 100,
  limit: "one",
};
const SCHEMA: DefinitionInput = {
  kind: "schema",
  id: "products",
  parent: "Catalog",
  columns: [
    { name: "code", type: "text" },
    { name: "price", type: "number" },
    { name: "owner", type: "text", identifier: "userid" },
  ],
};
const DATAFLOW: DefinitionInput = {
  kind: "dataflow",
  id: "products",
  schema: "products",
  map: { code: "code", price: "number(price)", owner: "owner" },
  refuseAbove: 1,
};

let host: TestEngine;
let world: IngestWorld;
beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(IDENTIFIER, SCHEMA, DATAFLOW);
});
afterAll(async () => {
  await world?.close();
  await host?.close();
});

describe("rows of things", () => {
  it("are kept, read by the mapping and checked, and name nobody, whatever their columns hold", async () => {
    const ended = await world.import("products", "code,price,owner\nA1,9.5,14\nA2,dear,15\nA3,1,16\n");
    expect(ended).toMatchObject({
      state: "published",
      counts: { read: 3, noIdentifier: 2, refused: 1, personRows: 0, events: 0, newProfiles: 0 },
    });
    const [kept] = await host.engine.query<{ rows: number }>(
      "SELECT toUInt32(count()) AS rows FROM import_row",
    );
    expect(kept?.rows).toBe(3);
  });

  it("touch nothing that rules read, unless what they replace did", async () => {
    const { operations } = world.store;
    const touchedBy = async (write: "append" | "overwrite", text: string) => {
      await world.define({ ...DATAFLOW, write });
      const before = await operations.publication();
      expect(await world.import("products", text)).toMatchObject({ state: "published" });
      return (await operations.dataSince(before)).map(({ touched }) => touched);
    };
    expect(await touchedBy("append", "code,price,owner\nB1,1,14\n")).toEqual([
      { attributes: [], events: [], newProfiles: false },
    ]);
    // The dataflow may have filled a schema of people before.
    expect(await touchedBy("overwrite", "code,price,owner\nB2,1,14\n")).toEqual([
      { attributes: "any", events: "any", newProfiles: false },
    ]);
  });
});
