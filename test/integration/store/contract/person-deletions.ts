import { describe, expect, test } from "vitest";
import { type Backend, TestClock } from "../../harness/stores.ts";

const DAY = 24 * 3_600_000;

export function personDeletionsContract(backend: Backend): void {
  describe("requests to delete people", () => {
    const of = {
      profile: 7,
      numbers: [7, 9],
      identifiers: [
        [1, "14"],
        [2, "jo@example.com"],
      ] as const,
      by: "jo",
    };

    test("exclude and refuse at once, and are one per profile until they are done", async () => {
      const clock = new TestClock();
      const { personDeletions } = await (await backend.place()).open({ clock });
      expect(await personDeletions.forgotten()).toBeUndefined();
      const asked = await personDeletions.request({ ...of, refuseUntil: clock.now() + DAY });
      expect(asked).toMatchObject({ profile: 7, numbers: [7, 9], state: "takingOut", forced: false });
      expect((await personDeletions.request({ ...of, refuseUntil: clock.now() + 2 * DAY })).id).toBe(
        asked.id,
      );
      expect(await personDeletions.excluded(1)).toEqual(["14"]);
      expect(await personDeletions.excluded(3)).toEqual([]);
      const isForgotten = await personDeletions.forgotten();
      expect(isForgotten?.(1, "14")).toBe(true);
      expect(isForgotten?.(2, "14")).toBe(false);
      expect(await personDeletions.purged()).toEqual(new Set());
    });

    test("keep nothing that names anybody once they are done, but the numbers and, for a time, the hashes", async () => {
      const clock = new TestClock();
      const place = await backend.place();
      const store = await place.open({ clock });
      const { personDeletions } = store;
      const { id } = await personDeletions.request({ ...of, refuseUntil: clock.now() + DAY });
      await personDeletions.purging(id, {
        numbers: [7, 9, 11],
        identifiers: [...of.identifiers, [3, "cookie"]],
      });
      const counts = { rows: 3, events: 2, attributes: 1, identifiers: 3 };
      await store.db.transaction().execute((trx) => personDeletions.done(trx, id, counts));
      expect(await personDeletions.get(id)).toMatchObject({ state: "done", identifiers: null, counts });
      expect(await personDeletions.open()).toEqual([]);
      expect(await personDeletions.excluded(1)).toEqual([]);
      expect(await personDeletions.purged()).toEqual(new Set([7, 9, 11]));
      const kept = JSON.stringify([
        await store.db.selectFrom("person_deletion").selectAll().execute(),
        await store.db.selectFrom("forgotten_identifier").selectAll().execute(),
      ]);
      for (const value of ["jo@example.com", "cookie", '"14"']) expect(kept).not.toContain(value);
      expect((await personDeletions.forgotten())?.(3, "cookie")).toBe(true);
      clock.advance(DAY);
      expect(await personDeletions.forgotten()).toBeUndefined();
      await personDeletions.tidy(clock.now());
      expect(await store.db.selectFrom("forgotten_identifier").selectAll().execute()).toEqual([]);
    });
  });
}
