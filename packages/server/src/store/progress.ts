import type { ErrorCode, Fault } from "@peregrine/core";

/** How far a piece of work has come; for people. */
export interface StoredProgress {
  readonly step: string;
  readonly done: number;
  /** `null` while it is not known. */
  readonly total: number | null;
}

/** Why a piece of work ended badly, as it is kept; never holds a secret. */
export interface StoredFailure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly faults: readonly Fault[];
}
