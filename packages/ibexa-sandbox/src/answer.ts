import type { Fault } from "./checker.ts";

/** What the webhook says in its body; docs/ibexa-webhook.md §7. */
type Answer =
  | { status: "done"; changes: number; skipped?: SkippedPerson[] }
  | { status: "queued"; changes: number }
  | { status: "refused"; code: string; reason: string; faults?: Fault[]; people?: string[] };

export interface SkippedPerson {
  personId: string;
  reason: string;
}

/** An answer with its HTTP status. */
export interface Outcome {
  httpStatus: number;
  answer: Answer;
  headers?: Record<string, string>;
}

export function done(changes: number, skipped?: SkippedPerson[]): Outcome {
  return { httpStatus: 200, answer: { status: "done", changes, ...(skipped && { skipped }) } };
}

export function queued(changes: number): Outcome {
  return { httpStatus: 202, answer: { status: "queued", changes } };
}

/** Every refusal of docs/ibexa-webhook.md §7 with its HTTP status. */
export const REFUSALS = {
  wrongAddress: 404,
  methodNotAllowed: 405,
  wrongCredentials: 401,
  unsupportedMediaType: 415,
  tooLarge: 413,
  malformed: 400,
  unknownSegmentGroup: 400,
  foreignSegmentGroup: 400,
  segmentExists: 409,
  segmentInOtherGroup: 400,
  unknownSegment: 404,
  unknownPersonIdType: 400,
  unknownPerson: 422,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export interface RefusalDetails {
  faults?: Fault[];
  people?: string[];
}

export function refused(code: RefusalCode, reason: string, details: RefusalDetails = {}): Outcome {
  return { httpStatus: REFUSALS[code], answer: { status: "refused", code, reason, ...details } };
}

/** A refusal that a fault asks for, with a status of its choice. */
export function refusedOnRequest(httpStatus: number, reason: string, details: RefusalDetails = {}): Outcome {
  return { httpStatus, answer: { status: "refused", code: "fault", reason, ...details } };
}
