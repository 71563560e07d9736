/** When a segment becomes an import. */
export interface Cadence {
  /** After quiet, so long after the first row: what is sent at once comes together, and nobody notices, in ms. */
  readonly linger: number;
  /** Two imports of one stream begin at least so far apart, in ms. */
  readonly apart: number;
  /** A segment that is so large does not wait, in bytes. */
  readonly bytes: number;
}

/**
 * An import costs about half a second however small it is, some hundred rows in the control plane's and the data
 * plane's tables with it. Five seconds keep a stream that never rests below 720 imports an hour and well within the
 * minute in which rows are to reach their destination.
 */
export const CADENCE: Cadence = { linger: 100, apart: 5_000, bytes: 32 * 1024 * 1024 };

/** How a lane stands; instants in ms of one clock. */
export interface LaneState {
  /** Of the open segment. */
  readonly bytes: number;
  /** When the open segment's first row came; undefined while there is none. */
  readonly firstAt: number | undefined;
  readonly sealedAt: number | undefined;
  /** Its imports that have not ended. */
  readonly unfinished: number;
}

/** When the open segment is to be sealed; undefined while that waits for something else than the time. */
export function sealAt(
  { bytes, firstAt, sealedAt, unfinished }: LaneState,
  cadence: Cadence,
): number | undefined {
  if (firstAt === undefined) return undefined;
  if (bytes >= cadence.bytes) return firstAt;
  // What comes meanwhile goes together into the next one: so a slow engine gets fewer and larger imports.
  if (unfinished > 0) return undefined;
  return Math.max(firstAt + cadence.linger, sealedAt === undefined ? 0 : sealedAt + cadence.apart);
}
