import type { AuditAction } from "@peregrine/core";

export interface Audited {
  readonly action: AuditAction;
  readonly kind: string;
  /** The parameter of the address that names the subject; without one there is a single thing of the kind. */
  readonly parameter?: string;
  /** Of the address and the body, what is told: never a secret, never a person. */
  readonly tells: readonly string[];
}

/** Operations that change something which has no versions, by their ids in the API's document. */
export const AUDITED = {
  startRun: { action: "runStarted", kind: "activation", parameter: "id", tells: [] },
  resyncActivation: { action: "sentAllAgain", kind: "activation", parameter: "id", tells: [] },
  decideHold: {
    action: "removalsDecided",
    kind: "activation",
    parameter: "id",
    tells: ["audience", "decision"],
  },
  sendPeopleAgain: {
    action: "refusedSentAgain",
    kind: "activation",
    parameter: "id",
    tells: ["audience"],
  },
  testPerson: { action: "testPersonSent", kind: "activation", parameter: "id", tells: ["action"] },
  takeOverSegment: {
    action: "segmentTakenOver",
    kind: "activation",
    parameter: "activation",
    tells: ["audience"],
  },
  createStreamId: { action: "created", kind: "streamId", parameter: "id", tells: [] },
  revokeStreamId: { action: "revoked", kind: "streamId", parameter: "id", tells: [] },
  importFile: { action: "fileSent", kind: "dataflow", parameter: "id", tells: [] },
  runImportAgain: { action: "importRunAgain", kind: "import", parameter: "id", tells: [] },
  deleteProfile: { action: "deleted", kind: "profile", parameter: "number", tells: [] },
  startRebuild: { action: "rebuildStarted", kind: "installation", tells: [] },
} as const satisfies Record<string, Audited>;

export function isAudited(operation: string): operation is keyof typeof AUDITED {
  return Object.hasOwn(AUDITED, operation);
}
