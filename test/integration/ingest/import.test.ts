import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { addsUp, createWorld, type IngestWorld, SHOP } from "./world.ts";

let engine: TestEngine;
let world: IngestWorld;

beforeAll(async () => {
  engine = await startEngine();
  world = await createWorld(engine.engine);
  await world.define(...SHOP);
});

afterAll(async () => {
  await world?.close();
  await engine?.close();
});

const ORDERS = `id,sku,quantity,price,at
1,A,2,9.99,2025-01-01
2,B,-1,5,2025-01-02 10:00:00
,C,1,1,2025-01-03
1,TEST,1,1,2025-01-03
1,D,many,1,2025-01-03
1,E,1,1
`;

describe("an import", () => {
  it("carries each row to its place, and its counts add up", async () => {
    const view = await world.import("orders", ORDERS);
    expect(view.error).toBeNull();
    expect(view).toMatchObject({ state: "published" });
    expect(view.counts).toMatchObject({
      read: 6,
      events: 2,
      personRows: 0,
      leftOut: 1,
      noIdentifier: 1,
      refused: 2,
      newProfiles: 2,
    });
    expect(addsUp(view)).toBe(true);
    expect(await world.refused(view.id)).toEqual([
      {
        line: 6,
        column: "quantity",
        reason: '"many" is not a number (such as -12.50)',
        raw: "1,D,many,1,2025-01-03",
      },
      { line: 7, column: "at", reason: "has 4 cells where the header has 5", raw: "1,E,1,1" },
    ]);
  });
});
