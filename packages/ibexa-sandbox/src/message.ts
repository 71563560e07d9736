import { Checker, type Fault, isObject } from "./checker.ts";

/** The five messages of docs/ibexa-webhook.md. */
export type Message =
  | {
      updateType: "create";
      segmentGroupIdentifier: string;
      data: { audienceId: string; audienceName: string };
    }
  | { updateType: "membershipChanges"; segmentGroupIdentifier: string; data: { changes: MembershipChange[] } }
  | { updateType: "metadata"; segmentGroupIdentifier: string; data: { changes: MetadataChange[] } }
  | { updateType: "detach"; segmentGroupIdentifier: string; data: { audienceId: string } }
  | { updateType: "heartbeat"; segmentGroupIdentifier: string; data: Record<string, never> };

export type UpdateType = Message["updateType"];

export interface MembershipChange {
  audienceId: string;
  personId: string;
  membership: boolean;
  personIdType?: string;
}

interface MetadataChange {
  key: string;
  propertyName: string;
  value: string;
}

export const UPDATE_TYPES = [
  "create",
  "membershipChanges",
  "metadata",
  "detach",
  "heartbeat",
] as const satisfies readonly UpdateType[];

export type Reading = { ok: true; message: Message } | { ok: false; faults: Fault[] };

/** Checks parsed JSON against the five messages: types, lengths, and no field beyond those documented. */
export function readMessage(value: unknown): Reading {
  if (isPlainMembershipMessage(value)) return { ok: true, message: value };
  const check = new Checker();
  const envelope = check.object(value, "", ["updateType", "segmentGroupIdentifier", "data"]);
  if (envelope === undefined) return { ok: false, faults: check.faults };
  const updateType = check.oneOf(envelope["updateType"], "updateType", UPDATE_TYPES);
  const segmentGroupIdentifier = check.text(envelope["segmentGroupIdentifier"], "segmentGroupIdentifier");
  if (updateType === undefined) return { ok: false, faults: check.faults };
  const message = READERS[updateType](check, segmentGroupIdentifier, envelope["data"]);
  return check.count === 0 ? { ok: true, message } : { ok: false, faults: check.faults };
}

const READERS = {
  create: (check, segmentGroupIdentifier, value) => {
    const data = check.object(value, "data", ["audienceId", "audienceName"]) ?? {};
    const audienceId = check.text(data["audienceId"], "data.audienceId");
    const audienceName = check.text(data["audienceName"], "data.audienceName");
    return { updateType: "create", segmentGroupIdentifier, data: { audienceId, audienceName } };
  },
  membershipChanges: (check, segmentGroupIdentifier, value) => {
    const changes = readChanges(check, value, readMembershipChange);
    return { updateType: "membershipChanges", segmentGroupIdentifier, data: { changes } };
  },
  metadata: (check, segmentGroupIdentifier, value) => {
    const changes = readChanges(check, value, readMetadataChange);
    return { updateType: "metadata", segmentGroupIdentifier, data: { changes } };
  },
  detach: (check, segmentGroupIdentifier, value) => {
    const data = check.object(value, "data", ["audienceId"]) ?? {};
    const audienceId = check.text(data["audienceId"], "data.audienceId");
    return { updateType: "detach", segmentGroupIdentifier, data: { audienceId } };
  },
  heartbeat: (check, segmentGroupIdentifier, value) => {
    check.object(value, "data", []);
    return { updateType: "heartbeat", segmentGroupIdentifier, data: {} };
  },
} satisfies Record<UpdateType, (check: Checker, segmentGroupIdentifier: string, data: unknown) => Message>;

function readChanges<Change>(
  check: Checker,
  value: unknown,
  read: (check: Checker, value: unknown, path: string) => Change,
): Change[] {
  const data = check.object(value, "data", ["changes"]);
  if (data === undefined) return [];
  const changes = check.list(data["changes"], "data.changes");
  if (Array.isArray(data["changes"]) && changes.length === 0)
    check.fault("data.changes", "must not be empty");
  return changes.map((change, index) => read(check, change, `data.changes[${index}]`));
}

function readMembershipChange(check: Checker, value: unknown, path: string): MembershipChange {
  const fields = check.object(value, path, ["audienceId", "personId", "membership", "personIdType"]);
  if (fields === undefined) return { audienceId: "", personId: "", membership: false };
  const change: MembershipChange = {
    audienceId: check.text(fields["audienceId"], `${path}.audienceId`),
    personId: check.text(fields["personId"], `${path}.personId`),
    membership: check.boolean(fields["membership"], `${path}.membership`),
  };
  if (fields["personIdType"] !== undefined) {
    change.personIdType = check.text(fields["personIdType"], `${path}.personIdType`);
  }
  return change;
}

function readMetadataChange(check: Checker, value: unknown, path: string): MetadataChange {
  const fields = check.object(value, path, ["key", "propertyName", "value"]);
  if (fields === undefined) return { key: "", propertyName: "", value: "" };
  return {
    key: check.text(fields["key"], `${path}.key`),
    propertyName: check.text(fields["propertyName"], `${path}.propertyName`),
    value: check.text(fields["value"], `${path}.value`, 0, 65_535),
  };
}

/**
 * The way of nearly every request of a full load: says yes to membership changes in the common form without
 * copying them. What it does not say yes to is read again in full, and only there the faults are named.
 */
function isPlainMembershipMessage(
  value: unknown,
): value is Extract<Message, { updateType: "membershipChanges" }> {
  if (!isObject(value) || value["updateType"] !== "membershipChanges" || countKeys(value) !== 3) return false;
  const { segmentGroupIdentifier, data } = value;
  if (!isText(segmentGroupIdentifier) || !isObject(data) || countKeys(data) !== 1) return false;
  const { changes } = data;
  if (!Array.isArray(changes) || changes.length === 0) return false;
  for (const change of changes) {
    if (!isObject(change) || countKeys(change) !== 3) return false;
    if (!isText(change["audienceId"]) || !isText(change["personId"])) return false;
    if (typeof change["membership"] !== "boolean") return false;
  }
  return true;
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value.length > 0 && value.length <= 255;
}

function countKeys(value: object): number {
  let count = 0;
  for (const _key in value) count += 1;
  return count;
}
