import type { Engine } from "../engine/engine.ts";

/** The tables in which one operation's resolution keeps what it looks up and what it finds out. */
export interface ScratchTables {
  /** The values of a group, to be joined with the data. */
  readonly lookup: string;
  /** Their owners as they are written down. */
  readonly owner: string;
  /** Canonical profiles of a group and all their numbers. */
  readonly who: string;
  /** Assignments that still name a tuple by its first row. */
  readonly found: string;
  /** Assignments by the profile that was canonical at their row. */
  readonly assigned: string;
  /** Assignments by the profile that is canonical at the end of the import. */
  readonly assignment: string;
  readonly refused: string;
}

/** The tables' names; all that the operation leaves behind when it is cut off. */
export function scratchTables(own: number): ScratchTables {
  return {
    lookup: `identity_lookup_${own}`,
    owner: `identity_owner_${own}`,
    who: `identity_who_${own}`,
    found: `identity_found_${own}`,
    assigned: `identity_assigned_${own}`,
    assignment: `assignment_${own}`,
    refused: `identity_refused_${own}`,
  };
}

/** The names of all tables that resolving makes for an operation, to be dropped when it has ended, however it did. */
export function identityTables(own: number): string[] {
  return Object.values(scratchTables(own));
}

/** On disk, not in memory: the engine may restart between two questions, and an empty table answers wrongly. */
export async function createScratch(engine: Engine, tables: ScratchTables): Promise<void> {
  const create = (name: string, columns: string, order: string) =>
    engine.command(`CREATE TABLE ${name} (${columns}) ENGINE = MergeTree ORDER BY ${order}`);
  await Promise.all([
    create(tables.lookup, "grp UInt32, n UInt32, kind UInt32, value String", "(grp, kind, value)"),
    create(tables.owner, "grp UInt32, n UInt32, profile UInt32", "(grp, n)"),
    create(tables.who, "grp UInt32, canonical UInt32, profile UInt32", "(grp, canonical)"),
    create(
      tables.found,
      "grp UInt32, first_row UInt32, from_row UInt32, profile UInt32, reason String",
      "(grp, first_row)",
    ),
    ...[tables.assigned, tables.assignment].map((table) =>
      create(table, "tuple UInt128, from_row UInt32, profile UInt32", "(tuple, from_row)"),
    ),
    create(tables.refused, "tuple UInt128, reason String", "tuple"),
  ]);
}
