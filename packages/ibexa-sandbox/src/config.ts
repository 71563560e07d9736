import { Checker, type Fault, isObject } from "./checker.ts";
import { readWire, type Wire, type WireConfig } from "./wire.ts";

/** Credentials and group of one CDP activation, as in Ibexa's `activations`. */
export interface ActivationConfig {
  clientId: string;
  clientSecret: string;
  segmentGroupIdentifier: string;
}

export interface SegmentGroupConfig {
  identifier: string;
  name?: string;
}

/** Who is a user of this Ibexa: ids from–to (both included), the ids named, or every id. */
export type UsersConfig = "any" | { range: [number, number] } | { list: string[] };

export interface SandboxConfig {
  /** 0, the default, takes a free port. */
  port?: number;
  /** Address to listen on; 127.0.0.1. */
  host?: string;
  activations: ActivationConfig[];
  segmentGroups: SegmentGroupConfig[];
  users: UsersConfig;
  /** What happens to a batch that names somebody who is no user: refused as a whole (default), or done without them. */
  unknownUsers?: "refuse" | "skip";
  /** From this many changes on a batch goes to the queue; 100. */
  bulkAsyncThreshold?: number;
  queue?: {
    /** Milliseconds that the queue rests before each step; 0. */
    delayMs?: number;
    /** Changes worked off in one step; 1,000. */
    changesPerStep?: number;
    /** Starts with the queue standing still. */
    paused?: boolean;
  };
  /** What a detach does to the segment. Default `delete`: the one that forgives a sender least. */
  onDetach?: "keep" | "empty" | "delete";
  /** Remembers every membership change that was done, for each segment and person. */
  keepHistory?: boolean;
  requestLog?: {
    /** How many requests are kept; 1,000. */
    size?: number;
    /** Keeps the bodies too. */
    bodies?: boolean;
  };
  /** Longest body taken; 4 MiB. */
  maxBodyBytes?: number;
  /** Segments, people and queue survive a restart in this file. */
  stateFile?: string;
  /** How messages must be spelt; the defaults of docs/ibexa-webhook.md §6. */
  wire?: WireConfig;
  /** Answers by HTTPS with this key and certificate (PEM). */
  tls?: { key: string; certificate: string };
}

export interface Settings {
  port: number;
  host: string;
  activations: ActivationConfig[];
  segmentGroups: { identifier: string; name: string }[];
  users: UsersConfig;
  unknownUsers: "refuse" | "skip";
  bulkAsyncThreshold: number;
  queue: { delayMs: number; changesPerStep: number; paused: boolean };
  onDetach: "keep" | "empty" | "delete";
  keepHistory: boolean;
  requestLog: { size: number; bodies: boolean };
  maxBodyBytes: number;
  stateFile: string | undefined;
  wire: Wire;
  tls: { key: string; certificate: string } | undefined;
}

/** The configuration, or the saved state, cannot be used; `faults` names everything that is wrong with it. */
export class ConfigError extends Error {
  readonly faults: Fault[];
  constructor(faults: Fault[]) {
    super(faults.map((fault) => `${fault.path || "configuration"} ${fault.message}`).join("; "));
    this.name = "ConfigError";
    this.faults = faults;
  }
}

const FIELDS = [
  "port",
  "host",
  "activations",
  "segmentGroups",
  "users",
  "unknownUsers",
  "bulkAsyncThreshold",
  "queue",
  "onDetach",
  "keepHistory",
  "requestLog",
  "maxBodyBytes",
  "stateFile",
  "wire",
  "tls",
] as const;

/** Fills in the defaults. Throws ConfigError with every fault and its path. */
export function readConfig(value: unknown): Settings {
  const check = new Checker();
  const fields = check.object(value, "", FIELDS) ?? {};
  const given = <T>(name: (typeof FIELDS)[number], read: (value: unknown) => T, otherwise: T): T =>
    fields[name] === undefined ? otherwise : read(fields[name]);

  const queue = given("queue", (value) => readQueue(check, value), readQueue(check, {}));
  const requestLog = given("requestLog", (value) => readRequestLog(check, value), readRequestLog(check, {}));
  const settings: Settings = {
    port: given("port", (value) => check.whole(value, "port", 0, 65_535), 0),
    host: given("host", (value) => check.text(value, "host"), "127.0.0.1"),
    activations: check
      .list(fields["activations"], "activations")
      .map((activation, index) => readActivation(check, activation, `activations[${index}]`)),
    segmentGroups: check
      .list(fields["segmentGroups"], "segmentGroups")
      .map((group, index) => readGroup(check, group, `segmentGroups[${index}]`)),
    users: readUsers(check, fields["users"]),
    unknownUsers: given(
      "unknownUsers",
      (value) => check.oneOf(value, "unknownUsers", ["refuse", "skip"]) ?? "refuse",
      "refuse",
    ),
    bulkAsyncThreshold: given(
      "bulkAsyncThreshold",
      (value) => check.whole(value, "bulkAsyncThreshold", 1),
      100,
    ),
    queue,
    onDetach: given(
      "onDetach",
      (value) => check.oneOf(value, "onDetach", ["keep", "empty", "delete"]) ?? "delete",
      "delete",
    ),
    keepHistory: given("keepHistory", (value) => check.boolean(value, "keepHistory"), false),
    requestLog,
    maxBodyBytes: given("maxBodyBytes", (value) => check.whole(value, "maxBodyBytes", 1), 4 * 1024 * 1024),
    stateFile: given<string | undefined>(
      "stateFile",
      (value) => check.text(value, "stateFile", 1, 4096),
      undefined,
    ),
    wire: readWire(check, fields["wire"] ?? {}),
    tls: given<Settings["tls"]>("tls", (value) => readTls(check, value), undefined),
  };
  refuseTwins(check, settings.activations, "activations", "clientId");
  refuseTwins(check, settings.segmentGroups, "segmentGroups", "identifier");
  if (check.count > 0) throw new ConfigError(check.faults);
  return settings;
}

function readActivation(check: Checker, value: unknown, path: string): ActivationConfig {
  const fields = check.object(value, path, ["clientId", "clientSecret", "segmentGroupIdentifier"]) ?? {};
  return {
    clientId: check.text(fields["clientId"], `${path}.clientId`),
    clientSecret: check.text(fields["clientSecret"], `${path}.clientSecret`),
    segmentGroupIdentifier: check.text(fields["segmentGroupIdentifier"], `${path}.segmentGroupIdentifier`),
  };
}

function readGroup(check: Checker, value: unknown, path: string): { identifier: string; name: string } {
  const fields = check.object(value, path, ["identifier", "name"]) ?? {};
  const identifier = check.text(fields["identifier"], `${path}.identifier`);
  const name = fields["name"] === undefined ? identifier : check.text(fields["name"], `${path}.name`);
  return { identifier, name };
}

function readUsers(check: Checker, value: unknown): UsersConfig {
  if (value === "any") return "any";
  if (isObject(value) && value["range"] !== undefined) {
    check.object(value, "users", ["range"]);
    const bounds = check.list(value["range"], "users.range");
    if (bounds.length !== 2) check.fault("users.range", "must be two numbers: the first and the last id");
    const first = check.whole(bounds[0], "users.range[0]", 0);
    return { range: [first, check.whole(bounds[1], "users.range[1]", first)] };
  }
  if (isObject(value) && value["list"] !== undefined) {
    check.object(value, "users", ["list"]);
    const ids = check.list(value["list"], "users.list");
    return { list: ids.map((id, index) => check.text(id, `users.list[${index}]`)) };
  }
  check.fault("users", 'must be "any", { "range": [first, last] } or { "list": ["id", …] }');
  return "any";
}

function readTls(check: Checker, value: unknown): Settings["tls"] {
  const fields = check.object(value, "tls", ["key", "certificate"]) ?? {};
  return {
    key: check.text(fields["key"], "tls.key", 1, 100_000),
    certificate: check.text(fields["certificate"], "tls.certificate", 1, 100_000),
  };
}

function readQueue(check: Checker, value: unknown): Settings["queue"] {
  const fields = check.object(value, "queue", ["delayMs", "changesPerStep", "paused"]) ?? {};
  const { delayMs = 0, changesPerStep = 1000, paused = false } = fields;
  return {
    delayMs: check.whole(delayMs, "queue.delayMs", 0),
    changesPerStep: check.whole(changesPerStep, "queue.changesPerStep", 1),
    paused: check.boolean(paused, "queue.paused"),
  };
}

function readRequestLog(check: Checker, value: unknown): Settings["requestLog"] {
  const fields = check.object(value, "requestLog", ["size", "bodies"]) ?? {};
  const { size = 1000, bodies = false } = fields;
  return {
    size: check.whole(size, "requestLog.size", 1, 10_000_000),
    bodies: check.boolean(bodies, "requestLog.bodies"),
  };
}

function refuseTwins<Entry extends object>(
  check: Checker,
  entries: readonly Entry[],
  path: string,
  field: keyof Entry & string,
): void {
  const seen = new Set<unknown>();
  entries.forEach((entry, index) => {
    if (seen.has(entry[field])) check.fault(`${path}[${index}].${field}`, "is used twice");
    seen.add(entry[field]);
  });
}
