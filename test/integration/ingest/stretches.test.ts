import { afterEach, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { createWorld, type IngestWorld, SHOP } from "./world.ts";

let host: TestEngine | undefined;
let world: IngestWorld | undefined;

afterEach(async () => {
  await world?.close();
  await host?.close();
  world = undefined;
  host = undefined;
});

const PEOPLE = `id,mail,country,points,changed\n${Array.from(
  { length: 400 },
  (_, row) =>
    `${1 + (row % 90)},${row % 7 === 0 ? `p${row % 40}@x.y` : ""},C${row % 11},${row},2025-01-${10 + (row % 19)}\n`,
).join("")}`;
const ORDERS = `id,sku,quantity,price,at,order\n${Array.from(
  { length: 400 },
  (_, row) => `${1 + (row % 90)},S${row},${(row % 5) - 1},1.5,2025-01-01,${row % 250}\n`,
).join("")}`;

/** What the engine holds of an import of people and one of orders, read in stretches of so many rows. */
async function taken(stretchRows: number): Promise<unknown[]> {
  host = await startEngine();
  world = await createWorld(host.engine, { stretchRows });
  await world.define(...SHOP);
  const flow = SHOP.find(({ id, kind }) => kind === "dataflow" && id === "orders");
  if (flow?.kind !== "dataflow") throw new Error("the shop has orders");
  await world.define({ ...flow, key: "order" });
  const imports = [await world.import("people", PEOPLE), await world.import("orders", ORDERS)];
  const latest = await world.engine.query(
    `SELECT attribute, profile, argMax((text, number, is_null, arrival), (time, tie, arrival)) AS value
    FROM attribute GROUP BY attribute, profile ORDER BY attribute, profile`,
  );
  const events = await world.engine.query(
    "SELECT * EXCEPT (op) FROM merge(currentDatabase(), '^event_[0-9]+$') ORDER BY arrival",
  );
  const result = [imports.map(({ counts }) => counts), latest, events];
  await world.close();
  await host.close();
  return result;
}

it("an import that is read in many stretches comes to the same as one that is read at once", async () => {
  const whole = await taken(1000);
  expect(whole[0]).toMatchObject([{ personRows: 400 }, { events: 400, repeatedEvents: 150 }]);
  expect(await taken(37)).toEqual(whole);
}, 120_000);
