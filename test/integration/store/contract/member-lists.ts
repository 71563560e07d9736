import { describe, expect, test } from "vitest";
import { type Backend, TestClock } from "../../harness/stores.ts";

export function memberListsContract(backend: Backend): void {
  describe("member lists", () => {
    test("are numbered before they stand there, and come back as they were added", async () => {
      const clock = new TestClock();
      const place = await backend.place();
      const store = await place.open({ clock });
      const { memberLists } = store;
      const [first, second] = [await memberLists.draw(), await memberLists.draw()];
      expect(second).toBe(first + 1);
      expect(await memberLists.get(first)).toBeUndefined();
      const list = {
        id: second,
        name: "Mitglieder “März” 🎉.csv",
        identifierId: "userid",
        audiences: [
          { id: "5d822e81", people: 3_000_000_000 },
          { id: "0a1b2c3d", people: 0 },
        ],
        people: 3_000_000_000,
        repeated: 7,
      };
      expect(await memberLists.add(list)).toEqual({ ...list, createdAt: clock.now() });
      await store.close();

      const again = await place.open({ clock });
      expect(await again.memberLists.get(second)).toEqual({ ...list, createdAt: clock.now() });
      expect(await again.memberLists.draw()).toBe(second + 1);
    });

    test("are added once under a number", async () => {
      const { memberLists } = await (await backend.place()).open();
      const list = { name: "a", identifierId: "userid", audiences: [], people: 0, repeated: 0 };
      const id = await memberLists.draw();
      await memberLists.add({ id, ...list });
      await expect(memberLists.add({ id, ...list, name: "b" })).rejects.toThrow();
      expect(await memberLists.get(id)).toMatchObject({ name: "a" });
    });
  });
}
