import type { ImportRecord } from "../../store/index.ts";

/** Published imports of one dataflow that were read alike, and how the identifiers of their rows are read again. */
export interface ReadAlike {
  readonly records: readonly ImportRecord[];
  /**
   * A SELECT of `outcome` (person, event, leftOut, refused) and `identifiers` (kind and raw value) and `arrival` of kept rows.
   * Binds `kr_from` and `kr_to` (arrivals, the second not included), `kr_imports` and `kr_operations`.
   */
  readonly sql: string;
}

/** Ingestion knows how rows are read. */
export type ReadKeptRows = (records: readonly ImportRecord[]) => ReadAlike[];

/** Rows that are read by one statement. */
export interface Piece {
  readonly imports: readonly number[];
  readonly operations: readonly number[];
  /** Arrivals; `to` is not included. */
  readonly from: number;
  readonly to: number;
}

/** So many values can differ in one statement, which holds them in memory. */
export const PIECE_ROWS = 1_000_000;
/** They are looked through for every granule of rows. */
const PIECE_IMPORTS = 500;

/** Cuts imports, sorted by arrival, into pieces of bounded size; a large import becomes several. */
export function pieces(records: readonly ImportRecord[], rows = PIECE_ROWS): Piece[] {
  const cut: Piece[] = [];
  let waiting: ImportRecord[] = [];
  let waitingRows = 0;
  const close = () => {
    const [first, last] = [waiting[0], waiting.at(-1)];
    if (first !== undefined && last !== undefined)
      cut.push(pieceOf(waiting, first.arrivalFrom ?? 0, last.arrivalTo ?? 0));
    waiting = [];
    waitingRows = 0;
  };
  for (const record of records) {
    const { arrivalFrom, arrivalTo } = record;
    if (arrivalFrom === null || arrivalTo === null || arrivalFrom === arrivalTo) continue;
    if (arrivalTo - arrivalFrom > rows) {
      close();
      for (let from = arrivalFrom; from < arrivalTo; from += rows) {
        cut.push(pieceOf([record], from, Math.min(arrivalTo, from + rows)));
      }
      continue;
    }
    if (waitingRows + arrivalTo - arrivalFrom > rows || waiting.length === PIECE_IMPORTS) close();
    waiting.push(record);
    waitingRows += arrivalTo - arrivalFrom;
  }
  close();
  return cut;
}

function pieceOf(records: readonly ImportRecord[], from: number, to: number): Piece {
  return {
    imports: records.map(({ id }) => id),
    operations: records.flatMap(({ operation }) => (operation === null ? [] : [operation])),
    from,
    to,
  };
}
