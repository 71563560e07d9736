import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Snapshot, setBase, setGeneration } from "../../../../packages/server/src/store/index.ts";
import { type Backend, TestClock } from "../../harness/stores.ts";

function isVisible({ upTo, except }: Snapshot, operation: number): boolean {
  return operation <= upTo && !except.includes(operation);
}

export function operationsContract(backend: Backend): void {
  describe("operations", () => {
    test("nothing is visible before anything was published", async () => {
      const { operations } = await (await backend.place()).open();
      await operations.open("import", "1", 1);
      expect(await operations.snapshot()).toEqual({ upTo: 0, except: [], generation: 0, bases: [] });
    });

    test("an open operation is not visible though a later one is published", async () => {
      const { operations } = await (await backend.place()).open();
      const slow = await operations.open("import", "1", 1);
      const quick = await operations.open("evaluation", "a", 1);
      await operations.publish(quick);
      const snapshot = await operations.snapshot();
      expect([isVisible(snapshot, slow), isVisible(snapshot, quick)]).toEqual([false, true]);
      await operations.publish(slow);
      expect(isVisible(snapshot, slow)).toBe(false);
      expect(isVisible(await operations.snapshot(), slow)).toBe(true);
    });

    test("an abandoned operation stays invisible, and cannot be published any more", async () => {
      const { operations } = await (await backend.place()).open();
      const dead = await operations.open("import", "1", 1);
      const next = await operations.open("import", "2", 1);
      await operations.abandon(dead);
      await operations.publish(next);
      expect(isVisible(await operations.snapshot(), dead)).toBe(false);
      await expect(operations.publish(dead)).rejects.toMatchObject({ code: "operationClosed" });
    });

    test("a snapshot names an abandoned operation until its rows are cleared away", async () => {
      const { operations } = await (await backend.place()).open();
      const dead = await operations.open("import", "7", 1);
      const next = await operations.open("import", "8", 1);
      await operations.publish(next);
      expect(await operations.abandonOpen("evaluation")).toEqual([]);
      expect(await operations.abandonOpen()).toEqual([dead]);
      expect(await operations.abandoned()).toEqual([{ id: dead, kind: "import", subject: "7" }]);
      expect((await operations.snapshot()).except).toEqual([dead]);
      await operations.cleared([dead, next]);
      expect(await operations.abandoned()).toEqual([]);
      expect(await operations.snapshot()).toMatchObject({ upTo: next, except: [] });
    });

    test("what is published together becomes true together, or not at all", async () => {
      const store = await (await backend.place()).open();
      const operation = await store.operations.open("rebuild", "all", 1);
      const failing = store.operations.publish(operation, async (trx) => {
        await setBase(trx, 3, 17);
        await setGeneration(trx, operation);
        throw new Error("in the middle");
      });
      await expect(failing).rejects.toThrow("in the middle");
      expect(await store.operations.snapshot()).toEqual({ upTo: 0, except: [], generation: 0, bases: [] });

      await store.operations.publish(operation, async (trx) => {
        await setBase(trx, 3, 17);
        await setBase(trx, 3, 18);
        await setGeneration(trx, operation);
        await store.counters.with(trx).set("arrival", 500);
      });
      expect(await store.operations.snapshot()).toEqual({
        upTo: operation,
        except: [],
        generation: operation,
        bases: [{ dataflow: 3, import: 18 }],
      });
      expect(await store.counters.get("arrival")).toBe(500);
    });

    test("when operations were published is told, and when data came for the first time after a publication", async () => {
      const clock = new TestClock(1_000);
      const { operations } = await (await backend.place()).open({ clock });
      const publish = async (kind: "import" | "evaluation") => {
        const id = await operations.open(kind, "1", 1);
        clock.advance(10);
        await operations.publish(id);
        return id;
      };
      const evaluation = await publish("evaluation");
      const first = await publish("import");
      const later = await publish("import");
      const open = await operations.open("import", "2", 1);
      expect(await operations.publishedAt([evaluation, later, open])).toEqual(
        new Map([
          [evaluation, 1_010],
          [later, 1_030],
        ]),
      );
      expect(await operations.publishedAt([])).toEqual(new Map());
      expect(await operations.publishedAt([first])).toEqual(new Map([[first, 1_020]]));
      expect(await operations.firstDataAfter(0)).toBe(1_020);
      expect(await operations.firstDataAfter(2)).toBe(1_030);
      expect(await operations.firstDataAfter(3)).toBeUndefined();
    });

    test("a worker whose lease was taken over publishes nothing", async () => {
      const clock = new TestClock();
      const store = await (await backend.place()).open({ clock });
      const late = await store.leases.acquire("resolver", "first", 1000);
      if (late === undefined) throw new Error("the lease was free");
      const operation = await store.operations.open("import", "1", late.epoch);
      clock.advance(1000);
      const taken = await store.leases.acquire("resolver", "second", 1000);
      const publishing = store.operations.publish(
        operation,
        async (trx) => store.counters.with(trx).set("profile", 9),
        late,
      );
      await expect(publishing).rejects.toMatchObject({ code: "leaseLost" });
      expect(await store.counters.get("profile")).toBe(0);
      await store.operations.publish(operation, undefined, taken);
      expect((await store.operations.snapshot()).upTo).toBe(operation);
    });

    test("no snapshot ever shows an operation that was not published when it was taken", async () => {
      const store = await (await backend.place()).open();
      const open: number[] = [];
      const published = new Set<number>();
      const step = fc.record({
        action: fc.constantFrom("open", "open", "publish", "abandon", "look"),
        which: fc.nat(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          for (const { action, which } of steps) {
            if (action === "open") open.push(await store.operations.open("import", "1", 1));
            const [chosen] =
              action === "open" || action === "look" ? [] : open.splice(which % (open.length || 1), 1);
            if (action === "publish" && chosen !== undefined) {
              await store.operations.publish(chosen);
              published.add(chosen);
            }
            if (action === "abandon" && chosen !== undefined) await store.operations.abandon(chosen);
          }
          const snapshot = await store.operations.snapshot();
          const visible = Array.from({ length: snapshot.upTo }, (_, at) => at + 1).filter((id) =>
            isVisible(snapshot, id),
          );
          expect(visible).toEqual([...published].sort((one, other) => one - other));
        }),
        { numRuns: 15 },
      );
    });

    test("operations that open and publish at the same time never come before an earlier one unnoticed", async () => {
      const place = await backend.place();
      const store = await place.open();
      const ended = new Set<number>();
      const worker = async () => {
        for (let turn = 0; turn < 15; turn++) {
          const id = await store.operations.open("import", "1", 1);
          await store.operations.publish(id);
          ended.add(id);
        }
      };
      const reader = async () => {
        for (let turn = 0; turn < 40; turn++) {
          const before = new Set(ended);
          const snapshot = await store.operations.snapshot();
          for (const id of before) expect(isVisible(snapshot, id)).toBe(true);
          const rows = await store.db.selectFrom("operation").select(["id", "opened_at"]).execute();
          const known = new Set(rows.map(({ id }) => id));
          // Every id that the snapshot lets through exists: none can come into being below `upTo` later.
          for (let id = 1; id <= snapshot.upTo; id++) expect(known.has(id)).toBe(true);
        }
      };
      await Promise.all([worker(), worker(), worker(), reader()]);
      expect((await store.operations.snapshot()).upTo).toBe(45);
    });
  });
}
