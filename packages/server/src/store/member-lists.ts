import type { Clock } from "@peregrine/core";
import type { Kysely, Selectable } from "kysely";
import { Counters } from "./counters.ts";
import type { Database } from "./database.ts";

/** People in segments as another CDP, or Ibexa, named them at one time. */
export interface MemberListRecord {
  /** Names the list in the data plane. */
  readonly id: number;
  /** For people to recognise it by. */
  readonly name: string;
  /** The identifier by which people are named. */
  readonly identifierId: string;
  /** Ids of the audiences that it names, with how many people each has. */
  readonly audiences: readonly { readonly id: string; readonly people: number }[];
  /** Pairs of audience and person, each once. */
  readonly people: number;
  /** Lines that said again what another said. */
  readonly repeated: number;
  /** Milliseconds UTC. */
  readonly createdAt: number;
}

/** Lists that were sent in. They stand here once all of their people are in the data plane. */
export class MemberLists {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;

  constructor(db: Kysely<Database>, clock: Clock) {
    this.#db = db;
    this.#clock = clock;
  }

  /** The number of a new list, under which its people are written before it is added. */
  async draw(): Promise<number> {
    return new Counters(this.#db).draw("memberList");
  }

  async add(list: Omit<MemberListRecord, "createdAt">): Promise<MemberListRecord> {
    const { id, name, identifierId, audiences, people, repeated } = list;
    const createdAt = this.#clock.now();
    await this.#db
      .insertInto("member_list")
      .values({
        id,
        name,
        identifier_id: identifierId,
        audiences: JSON.stringify(audiences),
        people,
        repeated,
        created_at: createdAt,
      })
      .execute();
    return { ...list, createdAt };
  }

  async get(id: number): Promise<MemberListRecord | undefined> {
    const row = await this.#db.selectFrom("member_list").selectAll().where("id", "=", id).executeTakeFirst();
    return row && recordOf(row);
  }
}

function recordOf(row: Selectable<Database["member_list"]>): MemberListRecord {
  return {
    id: row.id,
    name: row.name,
    identifierId: row.identifier_id,
    audiences: JSON.parse(row.audiences) as MemberListRecord["audiences"],
    people: row.people,
    repeated: row.repeated,
    createdAt: row.created_at,
  };
}
