/**
 * What a reader may see. An operation's rows count when `op <= upTo` and `op` is not in `except`; derived rows also
 * need `op >= generation`, rows of an overwriting dataflow also `import >=` its base.
 */
export interface Snapshot {
  readonly upTo: number;
  readonly except: readonly number[];
  readonly generation: number;
  readonly bases: readonly { readonly dataflow: number; readonly import: number }[];
  /** Imports that were run again: their derived rows don't count. */
  readonly withdrawn?: readonly number[];
}

/** A condition with the values that it binds. Every condition of one snapshot binds the same names alike. */
export interface Filter {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, number | readonly number[]>>;
}

/**
 * Published rows, or those of the operation `own`, which may read what it has written itself. For tables that a
 * rebuild leaves alone: import_row, refused_row, membership.
 *
 * @param alias the table's alias in the statement, where it has one
 */
export function published(snapshot: Snapshot, alias?: string, own?: number): Filter {
  const op = column(alias, "op");
  const seen = [`${op} <= {snap_up_to:UInt64}`];
  const parameters: Record<string, number | readonly number[]> = { snap_up_to: snapshot.upTo };
  if (snapshot.except.length > 0) {
    seen.push(`NOT has({snap_except:Array(UInt64)}, ${op})`);
    parameters.snap_except = snapshot.except;
  }
  const all = seen.join(" AND ");
  if (own === undefined) return { sql: `(${all})`, parameters };
  return { sql: `((${all}) OR ${op} = {snap_own:UInt64})`, parameters: { ...parameters, snap_own: own } };
}

/**
 * Published rows of the latest rebuild or later. For tables that are derived from rows: profile, profile_merge,
 * identifier, identifier_of_profile, identity_conflict, event_key.
 */
export function visible(snapshot: Snapshot, alias?: string, own?: number): Filter {
  const seen = published(snapshot, alias, own);
  if (snapshot.generation === 0) return seen;
  return {
    sql: `(${seen.sql} AND ${column(alias, "op")} >= {snap_generation:UInt64})`,
    parameters: { ...seen.parameters, snap_generation: snapshot.generation },
  };
}

/** {@link visible}, without what was replaced or withdrawn. For attribute, event_key and event_<n>. */
export function current(snapshot: Snapshot, alias?: string, own?: number): Filter {
  const seen = withoutWithdrawn(visible(snapshot, alias, own), snapshot, alias);
  if (snapshot.bases.length === 0) return seen;
  const base = `transform(${column(alias, "dataflow")}, {snap_dataflows:Array(UInt32)}, {snap_bases:Array(UInt32)}, 0)`;
  return {
    sql: `(${seen.sql} AND ${column(alias, "import")} >= ${base})`,
    parameters: {
      ...seen.parameters,
      snap_dataflows: snapshot.bases.map(({ dataflow }) => dataflow),
      snap_bases: snapshot.bases.map(({ import: first }) => first),
    },
  };
}

function withoutWithdrawn(seen: Filter, { withdrawn = [] }: Snapshot, alias: string | undefined): Filter {
  if (withdrawn.length === 0) return seen;
  return {
    sql: `(${seen.sql} AND NOT has({snap_withdrawn:Array(UInt32)}, ${column(alias, "import")}))`,
    parameters: { ...seen.parameters, snap_withdrawn: withdrawn },
  };
}

function column(alias: string | undefined, name: string): string {
  return alias === undefined ? name : `${alias}.${name}`;
}
