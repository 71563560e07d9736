/** What people and programs do that the audit log tells of, in the words of the pages. */
export const AUDIT_ACTIONS = {
  created: "Created",
  changed: "Changed",
  deleted: "Deleted",
  revoked: "Revoked",
  signedIn: "Signed in",
  passwordChanged: "Changed the password",
  runStarted: "Started a run",
  sentAllAgain: "Had everything sent again",
  removalsDecided: "Decided on held removals",
  refusedSentAgain: "Had refused people sent again",
  testPersonSent: "Tried a test person",
  segmentTakenOver: "Took a segment over",
  fileSent: "Sent a file",
  importRunAgain: "Ran an import again",
  rebuildStarted: "Started a rebuild",
} as const;

export type AuditAction = keyof typeof AUDIT_ACTIONS;
