import { flattenMerges, type IdentityGroup, type Resolution } from "@peregrine/core";
import type { Engine } from "../engine/engine.ts";
import { insertRows } from "./insert-rows.ts";
import type { RowRange } from "./mapped-rows.ts";
import { RowBinary } from "./row-binary.ts";
import type { ScratchTables } from "./scratch.ts";

/** What was found out about one group of rows. */
interface ResolvedGroup {
  readonly number: number;
  readonly range: RowRange;
  readonly group: IdentityGroup;
  readonly resolution: Resolution;
  /** Canonical profile → the numbers merged into it before the group. */
  readonly aliases: ReadonlyMap<number, readonly number[]>;
}

const OWNERSHIP = ["op", "kind", "value", "profile", "arrival", "step"];

/** Writes a group's changes under its operation, and which tuple means which profile from which row on. */
export class ResolutionWriter {
  private readonly engine: Engine;
  private readonly own: number;
  private readonly tables: ScratchTables;
  private readonly mappedTable: string;

  constructor(engine: Engine, own: number, tables: ScratchTables, mappedTable: string) {
    this.engine = engine;
    this.own = own;
    this.tables = tables;
    this.mappedTable = mappedTable;
  }

  async write(resolved: ResolvedGroup): Promise<void> {
    await this.profiles(resolved);
    await this.merges(resolved);
    await this.ownerships(resolved);
    await this.conflicts(resolved);
    await this.assignments(resolved);
  }

  /**
   * Gives all assignments the numbers that are canonical now. Which of a person's numbers was canonical at the
   * first row of a group depends on where the group began; which one is at the end does not.
   */
  async finish(merges: number): Promise<void> {
    const { assigned, assignment } = this.tables;
    if (merges === 0) {
      await this.engine.command(`EXCHANGE TABLES ${assigned} AND ${assignment}`);
      return;
    }
    await this.engine.command(
      `INSERT INTO ${assignment} (tuple, from_row, profile)
      SELECT a.tuple, a.from_row, if(m.new = 0, a.profile, m.new)
      FROM ${assigned} AS a
      LEFT JOIN (
        SELECT old, argMax(new, (arrival, step)) AS new FROM profile_merge
        WHERE op = {own:UInt64} GROUP BY old
      ) AS m ON m.old = a.profile`,
      { own: this.own },
    );
  }

  private async profiles({ resolution: { created } }: ResolvedGroup): Promise<void> {
    const rows = new RowBinary();
    for (const [at, profile] of created.profiles.entries()) {
      rows
        .uint64(this.own)
        .uint32(profile)
        .uint64(created.arrivals[at] ?? 0);
    }
    await insertRows(this.engine, "profile", ["op", "profile", "arrival"], rows);
  }

  private async merges({ resolution, aliases }: ResolvedGroup): Promise<void> {
    const rows = new RowBinary();
    for (const merge of flattenMerges(resolution.merges, aliases)) {
      rows.uint64(this.own).uint32(merge.old).uint32(merge.new).uint64(merge.arrival).uint32(merge.step);
    }
    await insertRows(this.engine, "profile_merge", ["op", "old", "new", "arrival", "step"], rows);
  }

  private async ownerships({ resolution }: ResolvedGroup): Promise<void> {
    const { kinds, texts } = resolution.values;
    const { values, profiles, arrivals, steps } = resolution.ownerships;
    const rows = new RowBinary();
    for (const [at, value] of values.entries()) {
      rows
        .uint64(this.own)
        .uint32(kinds[value] ?? 0)
        .text(texts[value] ?? "")
        .uint32(profiles[at] ?? 0)
        .uint64(arrivals[at] ?? 0)
        .uint32(steps[at] ?? 0);
    }
    await insertRows(this.engine, "identifier", OWNERSHIP, rows);
    await insertRows(this.engine, "identifier_of_profile", OWNERSHIP, rows);
  }

  private async conflicts({ resolution }: ResolvedGroup): Promise<void> {
    const { kinds, texts } = resolution.values;
    const rows = new RowBinary();
    for (const { value, arrival, from, to } of resolution.conflicts) {
      rows
        .uint64(this.own)
        .uint64(arrival)
        .uint32(kinds[value] ?? 0)
        .text(texts[value] ?? "")
        .uint32(from)
        .uint32(to);
    }
    const columns = ["op", "arrival", "kind", "value", "from_profile", "to_profile"];
    await insertRows(this.engine, "identity_conflict", columns, rows);
  }

  /** A tuple's hash stays in the engine: we name it by its first row, the engine puts the hash in. */
  private async assignments({ number, range, group, resolution }: ResolvedGroup): Promise<void> {
    const { tuples, rows: fromRows, profiles } = resolution.assignments;
    const rows = new RowBinary();
    const add = (first: number, from: number, profile: number, reason: string) =>
      rows.uint32(number).uint32(first).uint32(from).uint32(profile).text(reason);
    for (const [at, tuple] of tuples.entries()) {
      add(group.rows[tuple] ?? 0, fromRows[at] ?? 0, profiles[at] ?? 0, "");
    }
    for (const row of group.anonymous) add(row, row, 0, "");
    for (const { row, reason } of group.refused) add(row, row, 0, reason);
    const columns = ["grp", "first_row", "from_row", "profile", "reason"];
    await insertRows(this.engine, this.tables.found, columns, rows);
    const parameters = { grp: number, from: range.from, to: range.to };
    const named = `FROM (
        SELECT row, tuple FROM ${this.mappedTable} WHERE row >= {from:UInt32} AND row < {to:UInt32}
      ) AS m
      INNER JOIN (SELECT * FROM ${this.tables.found} WHERE grp = {grp:UInt32}) AS f ON f.first_row = m.row`;
    await this.engine.command(
      `INSERT INTO ${this.tables.assigned} (tuple, from_row, profile)
      SELECT m.tuple, f.from_row, f.profile ${named} WHERE f.reason = ''`,
      parameters,
    );
    if (group.refused.length === 0) return;
    await this.engine.command(
      `INSERT INTO ${this.tables.refused} (tuple, reason)
      SELECT m.tuple, f.reason ${named}
      WHERE f.reason != '' AND m.tuple NOT IN (SELECT tuple FROM ${this.tables.refused})`,
      parameters,
    );
  }
}
