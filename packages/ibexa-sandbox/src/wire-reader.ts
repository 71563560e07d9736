import type { IncomingMessage } from "node:http";
import { isObject } from "./checker.ts";
import { UPDATE_TYPES } from "./message.ts";
import type { KeySpelling, Wire } from "./wire.ts";

export interface Credentials {
  clientId: string | null;
  clientSecret: string | null;
}

/** A body in the spelling of docs/ibexa-webhook.md, and the credentials that came with it. */
export interface Read {
  json: unknown;
  credentials: Credentials;
}

/** The keys of the five messages. */
const KEYS = [
  "updateType",
  "segmentGroupIdentifier",
  "data",
  "audienceId",
  "audienceName",
  "changes",
  "personId",
  "membership",
  "personIdType",
  "key",
  "propertyName",
  "value",
];

const NOBODY: Credentials = { clientId: null, clientSecret: null };

/** Turns what a sender wrote by one wire profile into the message of the page; what doesn't fit stays a fault. */
export class WireReader {
  readonly #wire: Wire;
  /** Credentials behind a bearer token. */
  readonly #bearer: (token: string) => Credentials;
  readonly #keys: ReadonlyMap<string, string>;
  readonly #types: ReadonlyMap<string, string>;
  readonly #isPlain: boolean;

  constructor(wire: Wire, bearer: (token: string) => Credentials) {
    this.#wire = wire;
    this.#bearer = bearer;
    this.#keys = renamed(KEYS.map((key) => [spelt(key, wire.keySpelling), key]));
    this.#types = renamed(UPDATE_TYPES.map((type) => [wire.updateTypes[type], type]));
    this.#isPlain =
      wire.keySpelling === "camelCase" &&
      wire.credentials.in !== "body" &&
      wire.segmentGroup.in === "body" &&
      wire.personIdType === undefined &&
      UPDATE_TYPES.every((type) => wire.updateTypes[type] === type);
  }

  /** The credentials that a request's headers show. */
  credentials(request: IncomingMessage): Credentials {
    const { credentials } = this.#wire;
    switch (credentials.in) {
      case "headers":
        return {
          clientId: header(request, credentials.idName),
          clientSecret: header(request, credentials.secretName),
        };
      case "basic":
        return basicCredentials(header(request, "authorization"));
      case "oauth": {
        const token = /^Bearer (\S+)$/.exec(header(request, "authorization") ?? "")?.[1];
        return token === undefined ? NOBODY : this.#bearer(token);
      }
      case "body":
        return NOBODY;
    }
  }

  read(request: IncomingMessage, json: unknown): Read {
    const credentials = this.credentials(request);
    if (this.#isPlain || !isObject(json)) return { json, credentials };
    const { credentials: place, segmentGroup } = this.#wire;
    const { own, shown } = place.in === "body" ? takeOut(json, place) : { own: json, shown: credentials };
    const message = this.#respelt(own);
    if (!isObject(message)) return { json: message, credentials: shown };
    const { updateType: type } = message;
    if (typeof type === "string")
      message["updateType"] = this.#types.get(type) ?? `${type} is not known here`;
    if (segmentGroup.in === "header") {
      if ("segmentGroupIdentifier" in message) {
        message["segmentGroupIdentifier in the body"] = message["segmentGroupIdentifier"];
      }
      message["segmentGroupIdentifier"] = textOfHeader(header(request, segmentGroup.name)) ?? undefined;
    }
    this.#readPersonIdTypes(message);
    return { json: message, credentials: shown };
  }

  /** Whether a message of this type belongs at this address below the webhook's. */
  belongsAt(path: string, type: unknown): boolean {
    const { paths } = this.#wire;
    const known = UPDATE_TYPES.find((one) => one === type);
    if (known !== undefined) return (paths[known] ?? "") === path;
    return path === "" || Object.values(paths).includes(path);
  }

  #respelt(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item) => this.#respelt(item));
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.#keys.get(key) ?? key, this.#respelt(item)]),
    );
  }

  #readPersonIdTypes(message: Record<string, unknown>): void {
    const { personIdType } = this.#wire;
    const data = message["data"];
    if (personIdType === undefined || message["updateType"] !== "membershipChanges" || !isObject(data))
      return;
    const { changes } = data;
    if (!Array.isArray(changes)) return;
    for (const change of changes) {
      if (!isObject(change)) continue;
      if (change["personIdType"] === personIdType) delete change["personIdType"];
      else change[`personIdType other than ${personIdType}`] = true;
    }
  }
}

/** What is spelt in another way than here keeps a name that nobody knows. */
function renamed(pairs: (readonly [written: string, meant: string])[]): Map<string, string> {
  const names = new Map(pairs.map(([, meant]) => [meant, `${meant} in this spelling`]));
  for (const [written, meant] of pairs) names.set(written, meant);
  return names;
}

function spelt(key: string, spelling: KeySpelling): string {
  if (spelling === "PascalCase") return key.charAt(0).toUpperCase() + key.slice(1);
  if (spelling === "snake_case") return key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return key;
}

function takeOut(
  json: Record<string, unknown>,
  { idName, secretName }: { idName: string; secretName: string },
): { own: Record<string, unknown>; shown: Credentials } {
  const { [idName]: id, [secretName]: secret, ...own } = json;
  return {
    own,
    shown: {
      clientId: typeof id === "string" ? id : null,
      clientSecret: typeof secret === "string" ? secret : null,
    },
  };
}

/** The user and password of HTTP Basic. */
export function basicCredentials(authorization: string | null): Credentials {
  const encoded = /^Basic ([A-Za-z0-9+/=]+)$/i.exec(authorization ?? "")?.[1];
  if (encoded === undefined) return NOBODY;
  const pair = Buffer.from(encoded, "base64").toString("utf8");
  const colon = pair.indexOf(":");
  return colon < 0 ? NOBODY : { clientId: pair.slice(0, colon), clientSecret: pair.slice(colon + 1) };
}

export function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
}

/** Headers carry bytes; a text in them is UTF-8. */
function textOfHeader(value: string | null): string | null {
  return value === null ? null : Buffer.from(value, "latin1").toString("utf8");
}
