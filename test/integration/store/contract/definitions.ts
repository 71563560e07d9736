import type { DefinitionOf } from "@peregrine/core";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { DefinitionService } from "../../../../packages/server/src/definition/index.ts";
import { versionOrigin } from "../../../../packages/server/src/store/migrations/0002_version_origin.ts";
import { type Backend, TestClock } from "../../harness/stores.ts";

const userid: DefinitionOf<"identifier"> = {
  kind: "identifier",
  id: "userid",
  normalise: ["trim"],
  blocked: [],
  priority: 100,
  limit: "one",
  active: true,
};
const everyone: DefinitionOf<"audience"> = {
  kind: "audience",
  id: "everyone",
  name: "Everyone",
  tags: [],
  rule: { everyone: true },
};
const by = { origin: "api", by: "me" } as const;

export function definitionsContract(backend: Backend): void {
  describe("definitions", () => {
    test("keep number and history over changes, deletion and return", async () => {
      const clock = new TestClock();
      const place = await backend.place();
      const { definitions } = await place.open({ clock });
      const first = await definitions.put(userid, by);
      expect(first).toMatchObject({
        number: 1,
        version: 1,
        origin: "api",
        state: "live",
        updatedAt: clock.now(),
      });
      expect(await definitions.put(everyone, by)).toMatchObject({ number: 2 });
      clock.advance(5);
      const changed = await definitions.put({ ...userid, priority: 7 }, { origin: "file", by: "you" });
      expect(changed).toMatchObject({ number: 1, version: 2, origin: "file", updatedBy: "you" });
      expect(await definitions.get("identifier", "userid")).toEqual(changed);
      expect(changed.updatedAt).toBe(first.updatedAt + 5);

      expect(await definitions.delete("identifier", "userid", "me")).toBe(true);
      expect(await definitions.delete("identifier", "userid", "me")).toBe(false);
      expect(await definitions.get("identifier", "userid")).toBeUndefined();
      expect(await definitions.list("identifier")).toEqual([]);
      expect((await definitions.all()).map(({ id, state }) => [id, state])).toEqual([
        ["userid", "deleted"],
        ["everyone", "live"],
      ]);
      expect(await definitions.put(userid, by)).toMatchObject({ number: 1, version: 4, state: "live" });
      const versions = await definitions.versions("identifier", "userid", { limit: 10 });
      expect(
        versions.map(({ version, body, by, origin, at }) => [version, body?.priority, by, origin, at]),
      ).toEqual([
        [4, 100, "me", "api", clock.now()],
        [3, undefined, "me", "file", clock.now()],
        [2, 7, "you", "file", clock.now()],
        [1, 100, "me", "api", first.updatedAt],
      ]);
      expect(await definitions.firstChangeAfter("identifier", "userid", 0)).toBe(first.updatedAt);
      expect(await definitions.firstChangeAfter("identifier", "userid", first.updatedAt)).toBe(clock.now());
      expect(await definitions.firstChangeAfter("identifier", "userid", clock.now())).toBeUndefined();
      const older = await definitions.versions("identifier", "userid", { before: 3, limit: 1 });
      expect(older.map(({ version }) => version)).toEqual([2]);
      expect(await definitions.versions("audience", "userid", { limit: 10 })).toEqual([]);
    });

    test("of versions from before their origin was kept, the latest gets the definition's", async () => {
      const { definitions, db } = await (await backend.place()).open();
      await definitions.put(everyone, by);
      await definitions.put({ ...everyone, name: "All" }, { origin: "file", by: "you" });
      await sql`alter table definition_version drop column origin`.execute(db);
      await versionOrigin.up(db);
      const versions = await definitions.versions("audience", "everyone", { limit: 10 });
      expect(versions.map(({ version, origin }) => [version, origin])).toEqual([
        [2, "file"],
        [1, null],
      ]);
    });

    test("columns get numbers once, never used again by another column", async () => {
      const { definitions } = await (await backend.place()).open();
      const first = await definitions.numberColumns("customers", [
        { name: "userid", type: "text" },
        { name: "age", type: "number" },
      ]);
      expect(first.map(({ number }) => number)).toEqual([1, 2]);
      await definitions.numberColumns("visits", [{ name: "age", type: "number" }]);
      const more = await definitions.numberColumns("customers", [
        { name: "age", type: "number" },
        { name: "country", type: "text" },
      ]);
      expect(more.map(({ number, name }) => [number, name])).toEqual([
        [1, "userid"],
        [2, "age"],
        [4, "country"],
      ]);
      const retyped = await definitions.numberColumns("customers", [{ name: "age", type: "text" }]);
      expect(retyped.find(({ name }) => name === "age")).toMatchObject({ number: 5, type: "text" });
      expect(await definitions.columns()).toHaveLength(4);
    });

    test("pages neither skip nor repeat a definition though others are added in between", async () => {
      const { definitions } = await (await backend.place()).open();
      for (const id of ["b", "d", "f", "h"]) await definitions.put({ ...everyone, id }, by);
      await definitions.put(userid, by);
      const first = await definitions.page({ limit: 2 });
      expect(first.items.map(({ id }) => id)).toEqual(["b", "d"]);
      await definitions.put({ ...everyone, id: "a" }, by);
      await definitions.put({ ...everyone, id: "e" }, by);
      const second = await definitions.page({ limit: 3, cursor: first.next ?? "" });
      expect(second.items.map(({ id }) => id)).toEqual(["e", "f", "h"]);
      const third = await definitions.page({ limit: 3, cursor: second.next ?? "" });
      expect([third.items.map(({ id }) => id), third.next]).toEqual([["userid"], null]);
    });

    test("a cursor of another list, or none at all, is refused", async () => {
      const { definitions } = await (await backend.place()).open();
      for (const id of ["a", "b"]) await definitions.put({ ...everyone, id }, by);
      const { next } = await definitions.page({ kind: "audience", limit: 1 });
      const wrong = [next ?? "", "nonsense", Buffer.from('["definitions/",1,2]').toString("base64url")];
      for (const cursor of wrong) {
        await expect(definitions.page({ cursor, limit: 1 })).rejects.toMatchObject({ code: "cursorInvalid" });
      }
    });

    test("changes of several processes at the same time all happen, each on top of the ones before", async () => {
      const store = await (await backend.place()).open();
      const processes = [1, 2, 3].map(() => new DefinitionService({ store }));
      const applied = processes.flatMap((service, process) =>
        [1, 2].map((turn) => service.apply([{ ...everyone, id: `a${process}${turn}` }], by)),
      );
      await Promise.all([...applied, processes[0]?.apply([userid], by)]);
      expect(await store.definitions.list("audience")).toHaveLength(6);
      expect(await store.definitions.revision()).toBe(7);
      const numbers = (await store.definitions.all()).map(({ number }) => number);
      expect(new Set(numbers).size).toBe(7);
    });

    test("a number that was drawn in a transaction comes back when it fails", async () => {
      const { db, counters } = await (await backend.place()).open();
      expect(await counters.draw("profile", 3)).toBe(3);
      const failing = db.transaction().execute(async (trx) => {
        expect(await counters.with(trx).draw("profile", 10)).toBe(13);
        throw new Error("no");
      });
      await expect(failing).rejects.toThrow("no");
      expect(await counters.draw("profile")).toBe(4);
    });
  });
}
