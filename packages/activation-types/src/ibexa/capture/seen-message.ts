import { ENVELOPE_KEYS, KEY_SPELLINGS, type KeySpelling, spell } from "../spelling.ts";
import type { IbexaAction } from "../wire-profile.ts";
import type { CapturedMessage } from "./capture.ts";

/** A captured message as far as it can be understood: which of the five it is follows from its data alone. */
export interface SeenMessage {
  readonly message: CapturedMessage;
  readonly spelling: KeySpelling;
  readonly action: IbexaAction;
  readonly updateType: string;
  /** As it stands in the body; absent where it doesn't. */
  readonly group: string | undefined;
  /** Texts at the top of the body that don't belong to the envelope. */
  readonly others: Readonly<Record<string, string>>;
  /** Of its changes of members: what each says about the kind of its person id. */
  readonly personIdTypes: readonly (string | undefined)[];
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** The spelling in which a message names its type. */
function spellingOf(body: Fields): KeySpelling | undefined {
  return KEY_SPELLINGS.find((spelling) => text(body[spell("updateType", spelling)]) !== undefined);
}

/** Which message it is, by its data. */
function actionOf(data: unknown, spelling: KeySpelling): IbexaAction | undefined {
  const key = (name: string) => spell(name, spelling);
  if (data === undefined || data === null) return "heartbeat";
  if (Array.isArray(data)) return data.length === 0 ? "heartbeat" : undefined;
  if (!isObject(data)) return undefined;
  const changes = data[key("changes")];
  if (Array.isArray(changes)) {
    const [first] = changes.filter(isObject);
    if (first === undefined) return undefined;
    if (key("personId") in first) return "membershipChanges";
    return key("propertyName") in first ? "metadata" : undefined;
  }
  if (key("audienceName") in data) return "create";
  if (key("audienceId") in data) return "detach";
  return Object.keys(data).length === 0 ? "heartbeat" : undefined;
}

/** Reads a captured message; a text says why it can't be understood. */
export function readSeen(message: CapturedMessage): SeenMessage | string {
  const { body } = message;
  if (!isObject(body)) return "its body is no JSON object";
  const spelling = spellingOf(body);
  if (spelling === undefined) {
    return `it names no update type; its keys are ${Object.keys(body).join(", ") || "none"}`;
  }
  const key = (name: string) => spell(name, spelling);
  const data = body[key("data")];
  const action = actionOf(data, spelling);
  if (action === undefined) return "its data fits none of the five messages";
  const known = new Set(ENVELOPE_KEYS.map(key));
  const others = Object.entries(body).flatMap(([name, value]) =>
    !known.has(name) && typeof value === "string" ? [[name, value] as const] : [],
  );
  const changes = isObject(data) ? data[key("changes")] : undefined;
  return {
    message,
    spelling,
    action,
    updateType: text(body[key("updateType")]) ?? "",
    group: text(body[key("segmentGroupIdentifier")]),
    others: Object.fromEntries(others),
    personIdTypes:
      action === "membershipChanges" && Array.isArray(changes)
        ? changes.filter(isObject).map((change) => text(change[key("personIdType")]))
        : [],
  };
}
