import type { z } from "zod";
import { ACTIONS, headersTaken, type IbexaAction, type WireProfile, wireProfile } from "../wire-profile.ts";
import { type Capture, variableIn } from "./capture.ts";
import { readCredentials } from "./seen-credentials.ts";
import { readSeen, type SeenMessage } from "./seen-message.ts";
import { guessUpdateTypes } from "./update-types.ts";

/** What differs from the default profile. */
export interface Difference {
  /** Such as `credentials.in`. */
  readonly setting: string;
  readonly value: unknown;
  readonly default: unknown;
}

/** What a capture shows about the wire profile. */
export interface Derived {
  /** Checked, with defaults where nothing was seen; absent when the capture doesn't tell enough. */
  readonly profile: WireProfile | undefined;
  readonly segmentGroupIdentifier: string | undefined;
  readonly differences: readonly Difference[];
  /** Why there is no profile, or why what was seen can't be expressed by one. */
  readonly faults: readonly string[];
  /** What was concluded rather than seen, and what wasn't seen at all. */
  readonly notes: readonly string[];
}

type Input = z.input<typeof wireProfile>;

/** Values of one thing, by how often they were seen; more than one is a fault. */
function only<Value>(values: readonly Value[]): {
  readonly value: Value | undefined;
  readonly others: Value[];
} {
  const [value, ...others] = new Set(values);
  return { value, others };
}

/**
 * Derives the wire profile from what was captured. Which message a request is follows from its data, so that any
 * value of its update type is learnt; credentials are recognised by their values where these were known, else by the
 * names of what carries them.
 */
export function deriveWireProfile(capture: Capture): Derived {
  const faults: string[] = [];
  const notes: string[] = [];
  const seen: SeenMessage[] = [];
  for (const [index, message] of capture.messages.entries()) {
    const read = readSeen(message);
    if (typeof read === "string") faults.push(`Message ${index + 1} isn't understood: ${read}.`);
    else seen.push(read);
  }
  if (seen.length === 0) {
    return {
      profile: undefined,
      segmentGroupIdentifier: undefined,
      differences: [],
      faults: ["No message was captured that could be understood.", ...faults],
      notes,
    };
  }
  const one = <Value>(what: string, values: readonly Value[]): Value | undefined => {
    const { value, others } = only(values);
    if (others.length > 0)
      faults.push(
        `Messages differ in ${what}: ${[value, ...others].map((each) => JSON.stringify(each)).join(", ")}. A profile has one.`,
      );
    return value;
  };
  const messages = seen.map(({ message }) => message);
  const credentials = readCredentials(capture, seen);
  if ("fault" in credentials) faults.push(credentials.fault);
  else if (!credentials.certain) {
    notes.push("The credentials are recognised by the names of what carries them, not by their values.");
  }
  const group = groupOf(seen);
  if (group === undefined)
    faults.push("No segment group identifier was seen, neither in the body nor in a header.");
  const { types, notes: typeNotes } = updateTypesOf(seen, faults);
  notes.push(...typeNotes);
  const personIdType = one(
    "personIdType",
    seen.flatMap((each) => each.personIdTypes),
  );
  const input: Input = {
    method: one(
      "the method",
      messages.map(({ method }) => method),
    ) as Input["method"],
    contentType: one(
      "the content type",
      messages.map(({ headers }) => headers["content-type"] ?? ""),
    ),
    keySpelling: one(
      "the spelling of keys",
      seen.map(({ spelling }) => spelling),
    ),
    updateTypes: types,
    paths: pathsOf(seen, faults),
    ...("fault" in credentials ? {} : { credentials: credentials.credentials }),
    ...(group?.header === undefined ? {} : { segmentGroup: { in: "header", name: group.header } }),
    ...(personIdType === undefined ? {} : { personIdType }),
    ...batchSizeOf(seen, notes),
  };
  if (capture.atOnce > 1) notes.push(`Up to ${capture.atOnce} messages were under way at the same time.`);
  const checked = wireProfile.safeParse(input);
  if (!checked.success) {
    faults.push(...checked.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}.`));
  }
  const profile = checked.success && faults.length === 0 ? checked.data : undefined;
  if (checked.success) notes.push(...extraHeaders(capture, seen, checked.data));
  return {
    profile,
    segmentGroupIdentifier: group?.identifier,
    differences: checked.success ? differencesOf(checked.data) : [],
    faults,
    notes,
  };
}

function groupOf(
  seen: readonly SeenMessage[],
): { readonly identifier: string; readonly header?: string } | undefined {
  const inBody = seen.find(({ group }) => group !== undefined)?.group;
  if (inBody !== undefined) return { identifier: inBody };
  for (const [name, value] of Object.entries(seen[0]?.message.headers ?? {})) {
    // What is a secret or may be one stands there as a variable.
    if (name === "content-type" || name === "authorization" || variableIn(value) !== undefined) continue;
    return { identifier: value, header: name };
  }
  return undefined;
}

function updateTypesOf(seen: readonly SeenMessage[], faults: string[]) {
  const found: Partial<Record<IbexaAction, string>> = {};
  for (const { action, updateType } of seen) {
    const known = found[action];
    if (known !== undefined && known !== updateType) {
      faults.push(`${action} is called both "${known}" and "${updateType}". A profile has one name.`);
    }
    found[action] ??= updateType;
  }
  return guessUpdateTypes(found);
}

function pathsOf(seen: readonly SeenMessage[], faults: string[]): Partial<Record<IbexaAction, string>> {
  const paths: Partial<Record<IbexaAction, string>> = {};
  for (const action of ACTIONS) {
    const { value = "", others } = only(
      seen.filter((each) => each.action === action).map(({ message }) => message.path),
    );
    if (others.length > 0) faults.push(`${action} goes to several paths: ${[value, ...others].join(", ")}.`);
    if (value.includes("?")) faults.push(`${action} has a query (${value}), which a profile can't have.`);
    else if (value !== "") paths[action] = value;
  }
  return paths;
}

/** The largest number of changes, once it is seen twice: a single message may just be the rest. */
function batchSizeOf(seen: readonly SeenMessage[], notes: string[]): { batchSize?: number } {
  const sizes = seen
    .filter(({ action }) => action === "membershipChanges")
    .map(({ message }) => message.changes);
  const largest = Math.max(0, ...sizes);
  if (sizes.filter((size) => size === largest).length > 1 && largest > 1) return { batchSize: largest };
  if (largest > 0) {
    notes.push(
      `The largest message has ${largest} changes, and only one has so many: the batch size stays as it is.`,
    );
  }
  return {};
}

/** Headers that belong to nothing that is known. */
function extraHeaders(capture: Capture, seen: readonly SeenMessage[], profile: WireProfile): string[] {
  const taken = new Set(headersTaken(profile).map(([name]) => name));
  const names = Object.keys(seen[0]?.message.headers ?? {}).filter(
    (name) => name !== "content-type" && !taken.has(name) && !capture.varying.includes(name),
  );
  if (names.length === 0) return [];
  return [`Further headers were sent: ${names.join(", ")}. If Ibexa needs them, set them as Extra headers.`];
}

/** Every setting that isn't the default, down to single values. */
function differencesOf(profile: WireProfile): Difference[] {
  const walk = (setting: string, value: unknown, preset: unknown): Difference[] => {
    if (JSON.stringify(value) === JSON.stringify(preset)) return [];
    if (isRecord(value) && isRecord(preset)) {
      return [...new Set([...Object.keys(value), ...Object.keys(preset)])].flatMap((key) =>
        walk(`${setting}.${key}`, value[key], preset[key]),
      );
    }
    const isSameName =
      typeof value === "string" &&
      typeof preset === "string" &&
      /Name$/.test(setting) &&
      value.toLowerCase() === preset.toLowerCase();
    return isSameName ? [] : [{ setting, value, default: preset }];
  };
  const preset: Record<string, unknown> = wireProfile.parse({});
  return Object.entries(profile).flatMap(([key, value]) => walk(key, value, preset[key]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
