import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";

const PROGRAM = new URL("../../../packages/cli/bin/peregrine.js", import.meta.url);
/** `dist/test/integration/harness` when it runs compiled: the checkout is one folder further up. */
const peregrine = PROGRAM.pathname.includes("/dist/packages/")
  ? PROGRAM.pathname.replace("/dist/packages/", "/packages/")
  : PROGRAM.pathname;

const SETUP_CODE = "set-up-code-of-the-tests";

interface Options {
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** A program that serves as `peregrine serve` does, instead of it. */
  readonly program?: string;
  /** Of an earlier start on the same folder. */
  readonly token?: string;
  /** Ends it with SIGKILL, also before it listens. */
  readonly signal?: AbortSignal;
}

/** An answer of the API; the caller says what body it expects there. */
export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
}

/** A real `peregrine serve` in a process of its own, to be used through its API and to be killed. */
export interface Peregrine {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  call<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>>;
  upload<Body>(dataflow: string, file: string): Promise<Answer<Body>>;
  /** SIGKILL, as a power cut would do it. */
  kill(): Promise<void>;
  /** SIGTERM, and waits until it has ended; gives its exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the process has ended, whatever ended it. */
  readonly ended: Promise<unknown>;
  readonly stderr: () => string;
}

/** Starts the server on a free port and waits until it listens. */
export async function startPeregrine(options: Options): Promise<Peregrine> {
  const child = spawn(process.execPath, [options.program ?? peregrine, "serve"], {
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: options.folder,
      PEREGRINE_DATA: join(options.folder, "data"),
      PEREGRINE_PORT: "0",
      PEREGRINE_SETUP_CODE: SETUP_CODE,
      PEREGRINE_LOG_LEVEL: "warn",
      ...options.environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
    killSignal: "SIGKILL",
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  const errors: string[] = [];
  child.on("error", (error) => errors.push(String(error)));
  child.stderr.on("data", (chunk: Buffer) => errors.push(chunk.toString("utf8")));
  const stderr = () => errors.join("");
  const url = await listening(child, stderr);
  const token = options.token ?? (await setUp(url));
  const exited = once(child, "exit");
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
    return child.exitCode;
  };
  const headers = { Authorization: `Bearer ${token}` };
  return {
    url,
    token,
    pid: child.pid ?? 0,
    ended: exited,
    stderr,
    async call<Body>(method: string, path: string, body?: unknown) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: body === undefined ? headers : { ...headers, "Content-Type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return answer<Body>(response);
    },
    async upload<Body>(dataflow: string, file: string) {
      const { size } = await stat(file);
      const response = await fetch(
        `${url}/api/v1/dataflows/${dataflow}/imports?fileName=${encodeURIComponent(basename(file))}`,
        {
          method: "POST",
          headers: { ...headers, "Content-Type": "application/octet-stream", "Content-Length": String(size) },
          body: ReadableStream.from(createReadStream(file)),
          duplex: "half",
        },
      );
      return answer<Body>(response);
    },
    async kill() {
      await end("SIGKILL");
    },
    stop: () => end("SIGTERM"),
  };
}

async function listening(child: ChildProcess, stderr: () => string): Promise<string> {
  if (child.stdout === null) throw new Error("the server's standard output is not a pipe");
  for await (const line of createInterface({ input: child.stdout })) {
    const match = /listens on (http:\/\/\S+)/.exec(line);
    if (match?.[1] !== undefined) {
      child.stdout.resume();
      return match[1];
    }
  }
  throw new Error(`the server ended before it listened:\n${stderr()}`);
}

async function setUp(url: string): Promise<string> {
  const response = await fetch(`${url}/api/v1/setup`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ code: SETUP_CODE, name: "tests" }),
  });
  const { status, body } = await answer<{ token: string }>(response);
  if (status !== 201) throw new Error(`set-up answered ${status}: ${JSON.stringify(body)}`);
  return body.token;
}

async function answer<Body>(response: Response): Promise<Answer<Body>> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const body: unknown = isJson ? JSON.parse(text) : text;
  return { status: response.status, body: body as Body };
}
