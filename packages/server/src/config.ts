import { resolve } from "node:path";
import { PeregrineError } from "@peregrine/core";
import { z } from "zod";
import { parseSecretKey } from "./store/index.ts";

/** What a process may do; an installation that is spread out starts processes with different ones. */
const ROLES = ["web", "ingest", "worker"] as const;
export type ProcessRole = (typeof ROLES)[number];

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
const UNITS = { MiB: 1024 ** 2, GiB: 1024 ** 3 } as const;

/**
 * Every environment variable of the server, with its meaning; docs/configuration.md has the same table. An
 * empty variable counts as one that is not set.
 */
export const VARIABLES = z.object({
  PEREGRINE_DATA: z
    .string()
    .default("./.peregrine")
    .transform((path) => resolve(path))
    .describe("The data folder: the embedded databases, uploads under way and the key file."),
  PEREGRINE_HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, "is not a host name or an address")
    .default("127.0.0.1")
    .describe("The address to listen on; `0.0.0.0` or `::` for all of this machine's."),
  PEREGRINE_PORT: z
    .string()
    .default("7373")
    .transform(wholeNumber)
    .pipe(z.number().min(0, "is not between 0 and 65535").max(65_535, "is not between 0 and 65535"))
    .describe("The port to listen on, also given by --port; 0 takes a free one."),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\//, "does not begin with postgres://")
    .optional()
    .describe("A PostgreSQL for the control plane, `postgres://user:password@host:5432/database`."),
  CLICKHOUSE_URL: z
    .url({ protocol: /^https?$/, error: "is not an http:// or https:// address" })
    .refine(isOrigin, "holds more than http:// or https://, a host and a port")
    .optional()
    .describe("A ClickHouse server for the data plane, `https://host:8443`."),
  CLICKHOUSE_USER: z.string().default("default").describe("The user at the ClickHouse server."),
  CLICKHOUSE_PASSWORD: z.string().default("").describe("That user's password."),
  CLICKHOUSE_DATABASE: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not made of letters, digits and _")
    .default("peregrine")
    .describe("The database at the ClickHouse server; made when it is absent."),
  PEREGRINE_SECRET_KEY: z
    .string()
    .transform(secretKey)
    .optional()
    .describe("The key that secrets are stored with: 32 bytes in base64. Without it the file `secret.key`."),
  PEREGRINE_SETUP_CODE: z
    .string()
    .min(8, "has fewer than 8 characters")
    .optional()
    .describe("The code for the first administrator, instead of the one that the first start prints."),
  PEREGRINE_ACCOUNT_ID: z
    .string()
    .regex(/^[A-Za-z0-9_.-]{1,64}$/, "is not made of at most 64 letters, digits, `_`, `.` and `-`")
    .optional()
    .describe("The account id that addresses must carry. Without it any is taken."),
  PEREGRINE_TIME_ZONE: z
    .string()
    .default("UTC")
    .refine(isTimeZone, "is not the name of a time zone")
    .describe("The zone of months and days in rules, such as `Europe/Berlin`."),
  PEREGRINE_AS_OF: z
    .string()
    .transform(instant)
    .optional()
    .describe("Evaluate everything as of this instant instead of now, `2011-12-10T00:00:00Z`: for old data."),
  PEREGRINE_LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `is none of ${LOG_LEVELS.join(", ")}` })
    .default("info")
    .describe(`How much is logged: ${LOG_LEVELS.join(", ")}.`),
  PEREGRINE_ENGINE_MEMORY: z
    .string()
    .transform(bytes)
    .optional()
    .describe("The most memory that the embedded engine may use, such as `2GiB` or `512MiB`."),
  PEREGRINE_STREAM_BODY: z
    .string()
    .default("16MiB")
    .transform(bytes)
    .describe("The largest body that a stream takes, unpacked, such as `16MiB`."),
  PEREGRINE_STREAM_WAITING: z
    .string()
    .default("1GiB")
    .transform(bytes)
    .describe("How much of streams may wait to be imported on this server's disk; more is answered 429."),
  PEREGRINE_REFUSE_DELETED_DAYS: z
    .string()
    .default("365")
    .transform(wholeNumber)
    .pipe(z.number().max(36_500, "is more than 36500"))
    .describe("For so many days rows that come late about somebody who was deleted are refused."),
  PEREGRINE_ROLES: z
    .string()
    .default(ROLES.join(","))
    .transform(roles)
    .describe(
      "What this process does: `web`, `ingest`, `worker`, separated by commas. Without `ingest` it refuses files.",
    ),
});

/** What the server is started with. */
export interface Config {
  /** Absolute. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly databaseUrl: string | undefined;
  readonly clickhouse: ClickHouseConfig | undefined;
  readonly secretKey: Buffer | undefined;
  readonly setupCode: string | undefined;
  readonly accountId: string | undefined;
  /** A name that `Intl` knows. */
  readonly timeZone: string;
  /** Milliseconds since 1970, UTC: the instant of every evaluation. Undefined: now. */
  readonly asOf: number | undefined;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly engineMemoryBytes: number | undefined;
  /** Bytes. */
  readonly streamBodyBytes: number;
  /** Bytes. */
  readonly streamWaitingBytes: number;
  /** In ms. */
  readonly refuseDeletedForMs: number;
  readonly roles: readonly ProcessRole[];
}

interface ClickHouseConfig {
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

/**
 * The configuration from the environment: the only place that reads it.
 *
 * @throws PeregrineError `configurationInvalid` with a fault for every wrong variable; the faults never hold
 *   what the variable was set to
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(VARIABLES.shape)
      .filter((name) => environment[name] !== undefined && environment[name] !== "")
      .map((name) => [name, environment[name]]),
  );
  const { data, error } = VARIABLES.safeParse(given);
  if (error !== undefined) {
    const faults = error.issues.map((issue) => faultOf(String(issue.path[0]), issue.message));
    throw new PeregrineError("configurationInvalid", {
      detail: faults.map(({ path, message }) => `${path} ${message}`).join("; "),
      faults,
    });
  }
  return {
    folder: data.PEREGRINE_DATA,
    host: data.PEREGRINE_HOST,
    port: data.PEREGRINE_PORT,
    databaseUrl: data.DATABASE_URL,
    clickhouse: data.CLICKHOUSE_URL === undefined ? undefined : clickhouse(data, data.CLICKHOUSE_URL),
    secretKey: data.PEREGRINE_SECRET_KEY,
    setupCode: data.PEREGRINE_SETUP_CODE,
    accountId: data.PEREGRINE_ACCOUNT_ID,
    timeZone: data.PEREGRINE_TIME_ZONE,
    asOf: data.PEREGRINE_AS_OF,
    logLevel: data.PEREGRINE_LOG_LEVEL,
    engineMemoryBytes: data.PEREGRINE_ENGINE_MEMORY,
    streamBodyBytes: data.PEREGRINE_STREAM_BODY,
    streamWaitingBytes: data.PEREGRINE_STREAM_WAITING,
    refuseDeletedForMs: data.PEREGRINE_REFUSE_DELETED_DAYS * 24 * 3_600_000,
    roles: data.PEREGRINE_ROLES,
  };
}

function clickhouse(data: z.output<typeof VARIABLES>, url: string): ClickHouseConfig {
  return {
    url,
    user: data.CLICKHOUSE_USER,
    password: data.CLICKHOUSE_PASSWORD,
    database: data.CLICKHOUSE_DATABASE,
  };
}

function faultOf(name: string, message: string): { path: string; message: string; remedy: string } {
  const variable =
    name in VARIABLES.shape ? VARIABLES.shape[name as keyof typeof VARIABLES.shape] : undefined;
  return { path: name, message, remedy: variable?.description ?? "" };
}

function wholeNumber(text: string, context: z.RefinementCtx): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  context.addIssue("is not a whole number");
  return z.NEVER;
}

function secretKey(text: string, context: z.RefinementCtx): Buffer {
  try {
    return parseSecretKey(text, "PEREGRINE_SECRET_KEY");
  } catch (error) {
    if (!(error instanceof PeregrineError)) throw error;
    context.addIssue("does not hold 32 bytes in base64; `openssl rand -base64 32` makes them");
    return z.NEVER;
  }
}

function bytes(text: string, context: z.RefinementCtx): number {
  const [, amount, unit] = /^(\d{1,6})\s?(MiB|GiB)$/.exec(text) ?? [];
  if (amount !== undefined && unit !== undefined && Number(amount) > 0) {
    return Number(amount) * UNITS[unit as keyof typeof UNITS];
  }
  context.addIssue("is not an amount such as 512MiB or 2GiB");
  return z.NEVER;
}

function roles(text: string, context: z.RefinementCtx): readonly ProcessRole[] {
  const named = text.split(",").map((word) => word.trim());
  const known = ROLES.filter((role) => named.includes(role));
  if (known.length === new Set(named).size) return known;
  context.addIssue(`names something else than ${ROLES.join(", ")}`);
  return z.NEVER;
}

function instant(text: string, context: z.RefinementCtx): number {
  if (z.iso.datetime({ offset: true }).safeParse(text).success) return Date.parse(text);
  context.addIssue("is not an instant such as 2011-12-10T00:00:00Z");
  return z.NEVER;
}

/** The user, the password and the database have variables of their own; a path would be taken for the database. */
function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return true;
  const { username, pathname, search, hash } = new URL(text);
  return username === "" && pathname === "/" && search === "" && hash === "";
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
