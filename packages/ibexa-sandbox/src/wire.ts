import type { Checker } from "./checker.ts";
import { UPDATE_TYPES, type UpdateType } from "./message.ts";

/** What of docs/ibexa-webhook.md §6 this instance wants otherwise than by default. */
export interface WireConfig {
  method?: "POST" | "PUT" | "PATCH";
  contentType?: string;
  credentials?: CredentialsConfig;
  keySpelling?: KeySpelling;
  updateTypes?: Partial<Record<UpdateType, string>>;
  segmentGroup?: { in: "body" } | { in: "header"; name: string };
  /** Every change must carry it; without it, `user-id` may stand or be left out. */
  personIdType?: string;
  /** Below the webhook's address. */
  paths?: Partial<Record<UpdateType, string>>;
  /** `body`: what is refused once the message is read is answered 200, and only the body says so. */
  refusals?: "status" | "body";
  /** Headers without which nothing is let through, as before a staging server. */
  headers?: Record<string, string>;
}

type CredentialsConfig =
  | { in: "headers"; idName?: string; secretName?: string }
  | { in: "basic" }
  | { in: "oauth"; tokenPath?: string; lifetimeSeconds?: number }
  | { in: "body"; idName: string; secretName: string };

export type KeySpelling = (typeof KEY_SPELLINGS)[number];
const KEY_SPELLINGS = ["camelCase", "PascalCase", "snake_case"] as const;

export interface Wire {
  method: string;
  contentType: string;
  credentials: Required<CredentialsConfig>;
  keySpelling: KeySpelling;
  updateTypes: Record<UpdateType, string>;
  segmentGroup: { in: "body" } | { in: "header"; name: string };
  personIdType: string | undefined;
  paths: Partial<Record<UpdateType, string>>;
  refusals: "status" | "body";
  headers: Record<string, string>;
}

type Fields = Record<string, unknown>;

/** Reads the part `wire` of the configuration. */
export function readWire(check: Checker, value: unknown): Wire {
  const fields =
    check.object(value, "wire", [
      "method",
      "contentType",
      "credentials",
      "keySpelling",
      "updateTypes",
      "segmentGroup",
      "personIdType",
      "paths",
      "refusals",
      "headers",
    ]) ?? {};
  const { method = "POST", contentType = "application/json", keySpelling = "camelCase" } = fields;
  const { refusals = "status", personIdType } = fields;
  const named = readByType(check, fields["updateTypes"] ?? {}, "wire.updateTypes");
  const types = UPDATE_TYPES.map((type) => [type, named[type] ?? type] as const);
  if (new Set(types.map(([, name]) => name)).size < types.length) {
    check.fault("wire.updateTypes", "must differ from one another");
  }
  return {
    method: check.oneOf(method, "wire.method", ["POST", "PUT", "PATCH"]) ?? "POST",
    contentType: check.text(contentType, "wire.contentType").toLowerCase(),
    credentials: readCredentials(check, fields["credentials"] ?? { in: "headers" }),
    keySpelling: check.oneOf(keySpelling, "wire.keySpelling", KEY_SPELLINGS) ?? "camelCase",
    updateTypes: Object.fromEntries(types) as Record<UpdateType, string>,
    segmentGroup: readGroupPlace(check, fields["segmentGroup"] ?? { in: "body" }),
    personIdType: personIdType === undefined ? undefined : check.text(personIdType, "wire.personIdType"),
    paths: readPaths(check, fields["paths"] ?? {}),
    refusals: check.oneOf(refusals, "wire.refusals", ["status", "body"]) ?? "status",
    headers: readHeaders(check, fields["headers"] ?? {}),
  };
}

const CREDENTIALS = {
  headers: {
    fields: ["idName", "secretName"],
    read: (check, { idName = "X-CLIENT-ID", secretName = "X-CLIENT-SECRET" }) => ({
      in: "headers",
      idName: check.text(idName, "wire.credentials.idName").toLowerCase(),
      secretName: check.text(secretName, "wire.credentials.secretName").toLowerCase(),
    }),
  },
  basic: { fields: [], read: () => ({ in: "basic" }) },
  oauth: {
    fields: ["tokenPath", "lifetimeSeconds"],
    read: (check, { tokenPath = "/oauth/token", lifetimeSeconds = 3600 }) => ({
      in: "oauth",
      tokenPath: check.text(tokenPath, "wire.credentials.tokenPath"),
      lifetimeSeconds: check.whole(lifetimeSeconds, "wire.credentials.lifetimeSeconds", 1),
    }),
  },
  body: {
    fields: ["idName", "secretName"],
    read: (check, { idName, secretName }) => ({
      in: "body",
      idName: check.text(idName, "wire.credentials.idName"),
      secretName: check.text(secretName, "wire.credentials.secretName"),
    }),
  },
} satisfies {
  [In in CredentialsConfig["in"]]: {
    fields: readonly string[];
    read: (check: Checker, fields: Fields) => Required<Extract<CredentialsConfig, { in: In }>>;
  };
};

function readCredentials(check: Checker, value: unknown): Wire["credentials"] {
  const given = typeof value === "object" && value !== null && "in" in value ? value.in : undefined;
  const kind = check.oneOf(given, "wire.credentials.in", ["headers", "basic", "oauth", "body"]) ?? "basic";
  const { fields, read } = CREDENTIALS[kind];
  return read(check, check.object(value, "wire.credentials", ["in", ...fields]) ?? {});
}

function readGroupPlace(check: Checker, value: unknown): Wire["segmentGroup"] {
  const fields = check.object(value, "wire.segmentGroup", ["in", "name"]) ?? {};
  if (check.oneOf(fields["in"], "wire.segmentGroup.in", ["body", "header"]) !== "header")
    return { in: "body" };
  return { in: "header", name: check.text(fields["name"], "wire.segmentGroup.name").toLowerCase() };
}

function readByType(check: Checker, value: unknown, path: string): Partial<Record<UpdateType, string>> {
  const fields = check.object(value, path, UPDATE_TYPES) ?? {};
  return Object.fromEntries(
    Object.entries(fields).map(([type, name]) => [type, check.text(name, `${path}.${type}`)]),
  );
}

function readPaths(check: Checker, value: unknown): Wire["paths"] {
  const paths = readByType(check, value, "wire.paths");
  for (const [type, path] of Object.entries(paths)) {
    if (!path.startsWith("/")) check.fault(`wire.paths.${type}`, "must begin with a slash");
  }
  return paths;
}

function readHeaders(check: Checker, value: unknown): Record<string, string> {
  const fields = check.object(value, "wire.headers", Object.keys(value ?? {})) ?? {};
  return Object.fromEntries(
    Object.entries(fields).map(([name, text]) => [
      name.toLowerCase(),
      check.text(text, `wire.headers.${name}`),
    ]),
  );
}
