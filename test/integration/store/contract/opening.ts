import { type Kysely, sql } from "kysely";
import { describe, expect, test } from "vitest";
import { MIGRATIONS, migrate } from "../../../../packages/server/src/store/migrate.ts";
import type { Backend } from "../../harness/stores.ts";

export function openingContract(backend: Backend): void {
  describe("opening", () => {
    test("is safe to repeat and keeps the installation", async () => {
      const place = await backend.place();
      const first = await place.open();
      await first.counters.draw("profile", 5);
      const { installation } = first;
      await first.close();
      const second = await place.open();
      expect(second.installation).toEqual(installation);
      expect(await second.counters.get("profile")).toBe(5);
    });

    test("data of a newer program is refused and left as it is", async () => {
      const place = await backend.place();
      const store = await place.open();
      await sql`insert into migration (name, timestamp) values ('9999_later', '2030-01-01')`.execute(
        store.db,
      );
      await store.close();
      await expect(place.open()).rejects.toMatchObject({ code: "storeNewer" });
      await expect(place.open()).rejects.toThrow("9999_later");
    });

    test("a migration that fails half-way leaves nothing behind and can be repeated", async () => {
      const store = await (await backend.place()).open();
      const half = {
        up: async (db: Kysely<unknown>) => {
          await sql`create table half_done (id bigint)`.execute(db);
          await sql`insert into half_done (id) values (1)`.execute(db);
          throw new Error("half-way");
        },
      };
      await expect(migrate(store.db, { ...MIGRATIONS, "9000_half": half })).rejects.toThrow("half-way");
      const tables = (await store.db.introspection.getTables()).map(({ name }) => name);
      expect(tables).not.toContain("half_done");
      const whole = {
        up: async (db: Kysely<unknown>) => void (await sql`create table half_done (id bigint)`.execute(db)),
      };
      await migrate(store.db, { ...MIGRATIONS, "9000_half": whole });
      expect((await store.db.introspection.getTables()).map(({ name }) => name)).toContain("half_done");
    });

    test("a database of something else is left alone", async () => {
      const place = await backend.place();
      const store = await place.open();
      await sql`drop table migration`.execute(store.db);
      await store.close();
      await expect(place.open()).rejects.toMatchObject({ code: "storeForeign" });
    });

    test("many that ask at once are all served", async () => {
      const place = await backend.place();
      const store = await place.open();
      const numbers = Array.from({ length: 30 }, () => store.counters.draw("profile"));
      expect((await Promise.all(numbers)).sort((one, other) => one - other)).toEqual(
        Array.from({ length: 30 }, (_, at) => at + 1),
      );
    });
  });
}
