import type { ErrorCode, Fault } from "@peregrine/core";

/** How far a piece of work has come; for people. */
export interface StoredProgress {
  readonly step: string;
  readonly done: number;
  /** `null` while it is not known. */
  readonly total: number | null;
}

/** How far a run has come. */
export interface RunProgress extends StoredProgress {
  /** Why the destination is waited for, in one sentence; absent while nothing stands in the way. */
  readonly waitingFor?: string;
}

/** Why a piece of work ended badly, as it is kept; never holds a secret. */
export interface StoredFailure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly faults: readonly Fault[];
}
