import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { addsUp, createWorld, type IngestWorld, SHOP } from "./world.ts";

let host: TestEngine;
let world: IngestWorld;

beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(...SHOP);
});

afterAll(async () => {
  await world?.close();
  await host?.close();
});

type Outcome = "events" | "leftOut" | "noIdentifier" | "refused";

/** A row of the dataflow `orders` with what should become of it. */
const row: fc.Arbitrary<{ cells: string[]; outcome: Outcome; bytes?: Buffer }> = fc
  .record({
    id: fc.constantFrom("", "0", "1", "2", " 3 ", "x"),
    sku: fc.constantFrom("A", "TEST", "", '"q', "a,b", "l\nm"),
    quantity: fc.constantFrom("1", "-2", "0.5", "", "many", "1e3", "9999999999999"),
    price: fc.constantFrom("1.50", "", "free"),
    at: fc.constantFrom("2025-01-01", "2025-01-01T10:00:00Z", "", "soon", "2025-02-30"),
    shape: fc.constantFrom("whole", "whole", "whole", "whole", "short", "long", "notUtf8"),
  })
  .map(({ id, sku, quantity, price, at, shape }) => {
    const number = /^-?\d{1,12}(\.\d{1,6})?$/;
    const fine = (quantity === "" || number.test(quantity)) && (price === "" || number.test(price));
    const outcome: Outcome =
      shape !== "whole"
        ? "refused"
        : sku === "TEST"
          ? "leftOut"
          : !fine || at === "" || at === "soon" || at === "2025-02-30"
            ? "refused"
            : id === "" || id === "0"
              ? "noIdentifier"
              : "events";
    const whole = [id, sku, quantity, price, at];
    const cells = shape === "short" ? whole.slice(0, 4) : shape === "long" ? [...whole, "more"] : whole;
    const written = Buffer.from(cells.map(quoted).join(","));
    return {
      cells,
      outcome,
      bytes: shape === "notUtf8" ? Buffer.concat([Buffer.from([0xff]), written]) : written,
    };
  });

function quoted(cell: string): string {
  return /[",\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

it("the counts of any file add up, and are what its rows are", async () => {
  let file = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 25 }), async (rows) => {
      file += 1;
      // A number of its own, so that no file is one that was there before.
      const own = { bytes: Buffer.from(`1,own${file},1,1,2025-01-01`), outcome: "events" as const };
      const all = [...rows, own];
      const lines = all.map(({ bytes }) => Buffer.concat([bytes ?? Buffer.alloc(0), Buffer.from("\n")]));
      const view = await world.import(
        "orders",
        Buffer.concat([Buffer.from("id,sku,quantity,price,at\n"), ...lines]),
      );
      const count = (outcome: Outcome) => all.filter((each) => each.outcome === outcome).length;
      expect(view.counts).toMatchObject({
        read: all.length,
        personRows: 0,
        events: count("events"),
        leftOut: count("leftOut"),
        noIdentifier: count("noIdentifier"),
        refused: count("refused"),
      });
      expect(addsUp(view)).toBe(true);
      expect(view.state).toBe(count("refused") > 0.5 * all.length ? "refused" : "published");
      const refused = await world.refused(view.id);
      expect(refused).toHaveLength(count("refused"));
      expect(refused.every(({ line, reason }) => line > 1 && reason !== "")).toBe(true);
    }),
    { numRuns: 15 },
  );
});
