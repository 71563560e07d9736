import type { Clock } from "@peregrine/core";
import type { Kysely } from "kysely";
import type { Database } from "./database.ts";

/** Names this control plane for life; the data plane carries the same id. */
export interface Installation {
  readonly id: string;
  readonly createdAt: number;
}

/** The installation of this control plane, made at its first start; servers that start together get one. */
export async function ensureInstallation(
  db: Kysely<Database>,
  clock: Clock,
  newId: () => string,
): Promise<Installation> {
  await db
    .insertInto("installation")
    .values({ singleton: 1, id: newId(), created_at: clock.now() })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const row = await db.selectFrom("installation").selectAll().executeTakeFirstOrThrow();
  return { id: row.id, createdAt: row.created_at };
}
