import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { isObject } from "./checker.ts";
import { ConfigError, readConfig, type Settings } from "./config.ts";
import { EXAMPLE, valuesToType } from "./example.ts";
import { type Sandbox, start } from "./sandbox.ts";

const HELP = `Usage: ibexa-sandbox [--config <file.json>] [--port <number>] [--host <address>] [--state <file>]

A stand-in for Ibexa DXP that receives the webhook of a customer data platform.

  --config <file>   configuration as JSON; without it, one activation with the credentials of Ibexa's recipe,
                    the segment group "example_segment_group_identifier" and the users 1 to 5000
  --port <number>   port to listen on (default: 8090, or what the configuration says; 0 takes a free one)
  --host <address>  address to listen on (default: 127.0.0.1)
  --state <file>    keep segments, people and queue in this file over restarts
  --help            this text
`;

/** Exit codes as in sysexits.h, so that scripts can tell what to mend. */
const USAGE = 64;
const UNAVAILABLE = 69;
const NO_INPUT = 66;
const CONFIGURATION = 78;

/** Starts the program by the arguments of the command line and runs until it is told to end. */
export async function main(args: string[]): Promise<void> {
  const options = readOptions(args);
  if (typeof options === "string") return fail(USAGE, options);
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }
  const config = options.config === undefined ? EXAMPLE : await readFileOf(options.config);
  if (config === undefined) return;
  let settings: Settings | undefined;
  try {
    settings = readConfig({
      port: 8090,
      ...config,
      ...(options.port !== undefined && { port: Number(options.port) }),
      ...(options.host !== undefined && { host: options.host }),
      ...(options.state !== undefined && { stateFile: options.state }),
    });
    const sandbox = await start(settings, { now: Date.now });
    process.stdout.write(`${greeting(settings, sandbox).join("\n")}\n`);
    const end = () => {
      sandbox.close().then(
        () => process.exit(0),
        (error: unknown) => fail(1, `The state could not be saved: ${messageOf(error)}`, true),
      );
    };
    process.once("SIGINT", end);
    process.once("SIGTERM", end);
  } catch (error) {
    if (error instanceof ConfigError) {
      const lines = error.faults.map(({ path, message }) => `  ${path || "configuration"} ${message}`);
      return fail(CONFIGURATION, ["The configuration cannot be used:", ...lines].join("\n"));
    }
    return fail(UNAVAILABLE, startFailure(error, settings));
  }
}

/** Where it is, and what to type into the four fields of an activation; last is what shows that it can be used. */
function greeting(settings: Settings, sandbox: Sandbox): string[] {
  const { activations, wire } = settings;
  const line = (label: string, value: string) => `  ${label.padEnd(24)}  ${value}`;
  return [
    "Ibexa sandbox",
    line("page", `${sandbox.url}/`),
    ...(wire.credentials.in === "oauth"
      ? [line("tokens", `${sandbox.url}${wire.credentials.tokenPath}`)]
      : []),
    ...activations.flatMap((activation) => [
      "Type into the fields of an activation:",
      ...valuesToType(activation, sandbox.webhookUrl).map(([label, value]) => line(label, value)),
    ]),
  ];
}

function readOptions(args: string[]) {
  try {
    const options = {
      config: { type: "string" },
      port: { type: "string" },
      host: { type: "string" },
      state: { type: "string" },
      help: { type: "boolean", default: false },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    return `${messageOf(error)}\n\n${HELP}`;
  }
}

/** The JSON object of a file; undefined after having said why there is none. Its fields are checked at the start. */
async function readFileOf(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, "utf8"));
    if (isObject(value)) return value;
    fail(CONFIGURATION, `${path} must hold a JSON object. See docs/ibexa-sandbox.md for an example.`);
  } catch (error) {
    if (error instanceof SyntaxError) fail(CONFIGURATION, `${path} is not JSON: ${error.message}`);
    else fail(NO_INPUT, `${path} cannot be read: ${reasonOf(error)}. Check the path after --config.`);
  }
  return undefined;
}

/** Why there is nothing at `host` and `port`, and what to do. */
function startFailure(error: unknown, settings: Settings | undefined): string {
  const code = codeOf(error);
  const { host = "", port = 0 } = settings ?? {};
  if (code === "EADDRINUSE") {
    return `Another program listens at ${host}:${port} already. End it, or choose another --port, or 0 for a free one.`;
  }
  if (code === "EACCES" && settings?.stateFile === undefined) {
    return `This user may not listen at ${host}:${port}. Choose a --port above 1023, or 0 for a free one.`;
  }
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") {
    return `${host} is no address of this machine. Choose another --host, such as 127.0.0.1.`;
  }
  return `The sandbox cannot start: ${reasonOf(error)}`;
}

/** The operating system's word for why a file can't be read, in plain ones. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "you may not read it",
  EISDIR: "it is a folder",
};

function reasonOf(error: unknown): string {
  return REASONS[codeOf(error)] ?? messageOf(error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function fail(code: number, message: string, now = false): void {
  process.stderr.write(`${message.trimEnd()}\n`);
  process.exitCode = code;
  if (now) process.exit(code);
}
