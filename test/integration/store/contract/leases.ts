import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Lease } from "../../../../packages/server/src/store/index.ts";
import { type Backend, TestClock } from "../../harness/stores.ts";

export function leasesContract(backend: Backend): void {
  describe("leases", () => {
    test("one holder at a time; the next one after its end, with a later epoch", async () => {
      const clock = new TestClock();
      const { leases } = await (await backend.place()).open({ clock });
      const first = await leases.acquire("resolver", "one", 1000);
      expect(first).toMatchObject({ holder: "one", epoch: 1, expiresAt: clock.now() + 1000 });
      expect(await leases.acquire("resolver", "two", 1000)).toBeUndefined();
      clock.advance(999);
      expect(await leases.acquire("resolver", "two", 1000)).toBeUndefined();
      clock.advance(1);
      expect(await leases.acquire("resolver", "two", 1000)).toMatchObject({ holder: "two", epoch: 2 });
      expect(first && (await leases.renew(first))).toBeUndefined();
    });

    test("the same holder keeps its epoch while it holds, and gets a new one after it lost it", async () => {
      const clock = new TestClock();
      const { leases } = await (await backend.place()).open({ clock });
      await leases.acquire("resolver", "one", 1000);
      clock.advance(500);
      expect(await leases.acquire("resolver", "one", 1000)).toMatchObject({
        epoch: 1,
        expiresAt: clock.now() + 1000,
      });
      clock.advance(1000);
      expect(await leases.acquire("resolver", "one", 1000)).toMatchObject({ epoch: 2 });
    });

    test("renewing prolongs, but not what has run out", async () => {
      const clock = new TestClock();
      const { leases } = await (await backend.place()).open({ clock });
      const lease = await leases.acquire("resolver", "one", 1000);
      if (lease === undefined) throw new Error("the lease was free");
      clock.advance(800);
      const renewed = await leases.renew(lease);
      expect(renewed).toMatchObject({ epoch: 1, expiresAt: clock.now() + 1000 });
      clock.advance(1000);
      expect(renewed && (await leases.renew(renewed))).toBeUndefined();
    });

    test("a lease that was given back is free at once, and its epochs go on", async () => {
      const { leases } = await (await backend.place()).open();
      const lease = await leases.acquire("resolver", "one", 1000);
      if (lease === undefined) throw new Error("the lease was free");
      await leases.release(lease);
      const second = await leases.acquire("resolver", "two", 1000);
      expect(second).toMatchObject({ holder: "two", epoch: 2 });
      await leases.release(lease);
      expect(await leases.acquire("resolver", "three", 1000)).toBeUndefined();
      await leases.releaseAll();
      expect(await leases.acquire("resolver", "three", 1000)).toMatchObject({ epoch: 3 });
    });

    test("of many that ask at once exactly one gets it", async () => {
      const { leases } = await (await backend.place()).open();
      const asked = Array.from({ length: 12 }, (_, at) => leases.acquire("resolver", `worker-${at}`, 1000));
      expect((await Promise.all(asked)).filter((lease) => lease !== undefined)).toHaveLength(1);
    });

    test("whatever the order of events, two workers never hold it at the same time and epochs only grow", async () => {
      const clock = new TestClock();
      const { leases } = await (await backend.place()).open({ clock });
      const step = fc.record({
        worker: fc.nat({ max: 3 }),
        action: fc.constantFrom("acquire", "acquire", "renew", "release", "wait"),
        ms: fc.nat({ max: 700 }),
      });
      let game = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
          const name = `game-${++game}`;
          const held = new Map<number, Lease>();
          let epoch = 0;
          for (const { worker, action, ms } of steps) {
            const lease = held.get(worker);
            if (action === "wait") clock.advance(ms);
            if (action === "release" && lease !== undefined) {
              await leases.release(lease);
              held.delete(worker);
            }
            if (action === "acquire" || (action === "renew" && lease !== undefined)) {
              const before = lease;
              const got =
                action === "renew" && before !== undefined
                  ? await leases.renew(before)
                  : await leases.acquire(name, `worker-${worker}`, 500);
              if (got !== undefined) {
                expect(got.epoch).toBeGreaterThanOrEqual(epoch);
                if (before?.epoch !== got.epoch) expect(got.epoch).toBeGreaterThan(epoch);
                epoch = got.epoch;
                held.set(worker, got);
              }
            }
            // What each worker believes by its own record, without asking the store.
            const valid = [...held.values()].filter(({ expiresAt }) => expiresAt > clock.now());
            expect(valid.length).toBeLessThanOrEqual(1);
          }
        }),
        { numRuns: 40 },
      );
    });
  });
}
