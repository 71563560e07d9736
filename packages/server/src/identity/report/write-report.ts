import {
  type IdentifierDefinition,
  type IdentifierFigures,
  NUMERIC_IDENTIFIERS,
  normalise,
  standsOut,
  sumOfParts,
} from "@peregrine/core";
import type { Engine } from "../../engine/index.ts";
import type { ImportRecord, Snapshot, Store, StoredProgress } from "../../store/index.ts";
import { availability } from "../availability.ts";
import type { ReadKeptRows } from "./kept-rows.ts";
import { countConflicts, countOthers, countProfiles, ownersOf } from "./owner-counts.ts";
import { ValueCounts } from "./value-counts.ts";
import {
  createReportTables,
  dropReportTables,
  judgeSeen,
  type ReadValues,
  reportTables,
  writeSeen,
} from "./value-table.ts";

export interface ReportOptions {
  readonly engine: Engine;
  readonly store: Store;
  readonly identifier: { readonly number: number; readonly definition: IdentifierDefinition };
  readonly snapshot: Snapshot;
  /** Names the tables that the report works with. */
  readonly operation: number;
  readonly readKeptRows: ReadKeptRows;
  /** Rows that one statement reads; bounds memory and changes nothing else. */
  readonly pieceRows?: number | undefined;
  readonly onProgress: (progress: StoredProgress) => void;
  readonly signal: AbortSignal;
}

/** A dataflow as far as a report needs it. */
interface Source {
  readonly number: number;
  readonly id: string;
  readonly parent: IdentifierFigures["dataflows"][number]["parent"];
  readonly isExport: boolean;
}

/** Reads the kept rows and the published tables, and counts. */
export async function identifierReport(options: ReportOptions): Promise<IdentifierFigures> {
  const { engine, store, identifier, snapshot, operation, signal, onProgress } = options;
  const { number: kind, definition } = identifier;
  const imports = currentImports(await store.imports.published(), snapshot);
  const total = imports.reduce((sum, record) => sum + keptRows(record), 0);
  const sources = sourcesOf(imports, definition.id);
  const tables = reportTables(operation);
  try {
    await createReportTables(engine, tables);
    await writeSeen({
      ...options,
      tables,
      kind,
      imports,
      onProgress: (done) => onProgress({ step: "reading", done, total }),
    });
    onProgress({ step: "counting", done: 0, total: null });
    const read = await judgeSeen(engine, tables, identifier, signal);
    const counts = new ValueCounts(engine, tables, new Map(sources.map(({ number, id }) => [number, id])));
    const events = sources.filter(({ parent }) => parent === "Interaction").map(({ number }) => number);
    const exports = sources.filter(({ isExport }) => isExport).map(({ number }) => number);
    const dataflows = partsOf(sources, read, imports, await counts.values());
    const profiles = await countProfiles(engine, snapshot, { number: kind, limit: definition.limit });
    const definitions = await store.definitions.list("identifier");
    const others = definitions.filter((one) => one.number !== kind);
    const cookies = await countOthers(
      engine,
      snapshot,
      kind,
      others.map((other) => other.number),
    );
    const heaviest = await counts.heaviest(events, [...cookies.most.keys()]);
    const conflicts = await countConflicts(engine, snapshot, kind);
    const blockedValues = definition.blocked.map((value) => normalise(value, definition.normalise));
    return {
      identifier: definition.id,
      available: await availabilityOf(store, definition.id),
      profiles: { ...profiles, withoutIdentifier: profiles.all - profiles.withIdentifier },
      rows: sumOfParts(dataflows),
      dataflows,
      notNumeric: NUMERIC_IDENTIFIERS.has(definition.id) ? await counts.notNumeric() : null,
      doubled: await counts.doubled(exports),
      spellings: await counts.spellings(exports),
      blocked: {
        rows: [...read.blocked.values()].reduce((sum, rows) => sum + rows, 0),
        values: [...read.blocked]
          .map(([value, rows]) => ({ value, rows }))
          .sort((one, other) => other.rows - one.rows),
        stillOwned: await ownersOf(engine, snapshot, kind, blockedValues),
      },
      seenIn: events.length === 0 || exports.length === 0 ? null : await counts.seenIn(events, exports),
      standsOut: suspicious(heaviest, cookies),
      conflicts: {
        count: conflicts.count,
        values: conflicts.values,
        examples: [...conflicts.examples],
        ofOthers: others
          .map(({ id, number }) => ({ identifier: id, count: conflicts.others.get(number) ?? 0 }))
          .filter(({ count }) => count > 0),
      },
      resolvedOtherwise: { imports: imports.filter((record) => isStale(record, identifier)).length },
    };
  } finally {
    await dropReportTables(engine, tables);
  }
}

/** Without those whose rows a later snapshot of an overwriting dataflow has replaced. */
function currentImports(published: readonly ImportRecord[], snapshot: Snapshot): ImportRecord[] {
  const bases = new Map(snapshot.bases.map((base) => [base.dataflow, base.import]));
  const seen = ({ operation }: ImportRecord) =>
    operation !== null && operation <= snapshot.upTo && !snapshot.except.includes(operation);
  return published.filter((record) => seen(record) && record.id >= (bases.get(record.dataflowNumber) ?? 0));
}

function keptRows({ arrivalFrom, arrivalTo }: ImportRecord): number {
  return (arrivalTo ?? 0) - (arrivalFrom ?? 0);
}

/** As the latest import of each dataflow knew it. */
function sourcesOf(imports: readonly ImportRecord[], identifier: string): Source[] {
  const sources = new Map<number, Source>();
  for (const { dataflowNumber: number, dataflowId: id, definition } of imports) {
    if (definition === null) continue;
    const { parent, personIdentifier } = definition.schema;
    const isExport = parent === "PersonalData" && personIdentifier === identifier;
    sources.set(number, { number, id, parent, isExport });
  }
  return [...sources.values()];
}

/** Rows that could not even be read are not kept: the imports counted them. */
function partsOf(
  sources: readonly Source[],
  { parts }: ReadValues,
  imports: readonly ImportRecord[],
  values: ReadonlyMap<number, number>,
): IdentifierFigures["dataflows"][number][] {
  return sources.map(({ number, id, parent, isExport }) => {
    const kept = sumOfParts([parts.get(number)].filter((part) => part !== undefined));
    const unreadable = imports
      .filter((record) => record.dataflowNumber === number)
      .reduce((sum, record) => sum + (record.counts?.read ?? keptRows(record)) - keptRows(record), 0);
    return {
      dataflow: id,
      parent,
      isExport,
      ...kept,
      rows: kept.rows + unreadable,
      refused: kept.refused + unreadable,
      values: values.get(number) ?? 0,
    };
  });
}

function suspicious(
  { rows, values, heaviest }: Awaited<ReturnType<ValueCounts["heaviest"]>>,
  { total, owners, most }: Awaited<ReturnType<typeof countOthers>>,
): IdentifierFigures["standsOut"] {
  const rowsOf = new Map(heaviest.map((one) => [one.value, one.rows]));
  const all = { eventRows: rows, eventValues: values, otherIdentifiers: total, owners };
  return [...new Set([...rowsOf.keys(), ...most.keys()])]
    .map((value) => ({
      value,
      eventRows: rowsOf.get(value) ?? 0,
      share: rows === 0 ? 0 : (rowsOf.get(value) ?? 0) / rows,
      otherIdentifiers: most.get(value) ?? 0,
    }))
    .filter((weight) => standsOut(weight, all))
    .sort((one, other) => other.eventRows - one.eventRows || other.otherIdentifiers - one.otherIdentifiers);
}

/** Whether an import was unified by other settings of the identifier than those of today. */
function isStale(
  { definition }: ImportRecord,
  { number, definition: today }: ReportOptions["identifier"],
): boolean {
  const then = definition?.identity.kinds.find((kind) => kind.number === number);
  if (then === undefined) return false;
  const settings = ({ normalise: steps, blocked, priority, limit, active }: typeof then | typeof today) =>
    JSON.stringify([steps, blocked, priority, limit, active]);
  return settings(then) !== settings(today);
}

async function availabilityOf(store: Store, id: string): Promise<IdentifierFigures["available"]> {
  const found = await availability(store, id);
  return "number" in found
    ? { isAvailable: true, reason: "" }
    : { isAvailable: false, reason: found.missing };
}
