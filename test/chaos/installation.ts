import { join } from "node:path";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import { type Answer, type Peregrine, startPeregrine } from "../integration/harness/peregrine.ts";
import { commandOf, isAlive, type KnownProcess, knownProcess } from "./processes.ts";
import {
  ACTIVATION,
  AS_OF,
  CLIENT,
  definitionsOf,
  SEGMENT_GROUP,
  type ShopFile,
  USERS_OF_IBEXA,
} from "./shop.ts";

/** An import as far as these tests look at it. */
export interface ImportView {
  readonly id: number;
  readonly fileName: string;
  readonly state: string;
  /** Under which it is done; another one each time that it is done again. */
  readonly operation: number | null;
  readonly counts: Readonly<Record<string, number>> | null;
}

/** A run as far as these tests look at it. */
export interface RunView {
  readonly id: number;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>>;
  readonly error: unknown;
}

/** A stand-in for Ibexa that remembers everything that was done to anybody. */
export function openSandbox(): Promise<Sandbox> {
  return startSandbox({
    activations: [
      { clientId: CLIENT.id, clientSecret: CLIENT.secret, segmentGroupIdentifier: SEGMENT_GROUP },
    ],
    segmentGroups: [{ identifier: SEGMENT_GROUP }],
    users: { range: USERS_OF_IBEXA },
    keepHistory: true,
  });
}

/** What an answer that never came looks like to whoever asked. */
export class Away extends Error {}

const PATIENCE_MS = 60_000;
const LOOK_MS = 10;

interface InstallationOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** What serves, instead of `peregrine serve`. */
  readonly program?: string | undefined;
}

/** A server on a folder of its own that is ended and started again, and its engine with it. */
export class Installation {
  readonly folder: string;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #program: string | undefined;
  #server: Peregrine | undefined;
  #token: string | undefined;
  /** Every process that was ever seen: none of them may be left at the end. */
  readonly #processes = new Map<number, KnownProcess>();
  /** How long each start took, in ms, from the command to listening. */
  readonly starts: number[] = [];

  constructor(folder: string, { environment, program }: InstallationOptions = {}) {
    this.folder = folder;
    this.#program = program;
    this.#environment = { PEREGRINE_AS_OF: AS_OF, PEREGRINE_ENGINE_MEMORY: "1GiB", ...environment };
  }

  get dataFolder(): string {
    return join(this.folder, "data");
  }

  get url(): string {
    return this.#running().url;
  }

  get credentials(): Readonly<Record<string, string>> {
    return { Authorization: `Bearer ${this.#running().token}` };
  }

  /** Starts the server; the first time with nothing, later on what the last one left. */
  async start(): Promise<void> {
    const began = performance.now();
    this.#server = await this.#launch();
    this.starts.push(performance.now() - began);
    this.#token = this.#server.token;
    this.#know(this.#server.pid);
    await this.enginePid();
  }

  /** Begins to start the server and ends it with SIGKILL so many ms later; it may be listening by then. */
  async startAndKill(afterMs: number): Promise<void> {
    const ended = new AbortController();
    setTimeout(() => ended.abort(), afterMs);
    try {
      this.#server = await this.#launch(ended.signal);
      await this.#server.ended;
    } catch (error) {
      if (!ended.signal.aborted) throw error;
    }
  }

  /** SIGKILL; does not wait for the engine host, which has to notice by itself. */
  async killServer(): Promise<void> {
    await this.#running().kill();
  }

  /** SIGKILL to the engine host; the server has to notice by itself. Gives the process that was killed. */
  async killEngine(): Promise<number> {
    const pid = await this.enginePid();
    process.kill(pid, "SIGKILL");
    return pid;
  }

  /** SIGTERM; the server has to end in order. */
  async stop(): Promise<void> {
    const server = this.#running();
    const code = await server.stop();
    if (code !== 0) throw new Error(`the server ended with ${code}:\n${server.stderr()}`);
  }

  /** The engine host that works now; waits while there is none. */
  async enginePid(): Promise<number> {
    return eventually("an engine host works", async () => {
      const { body } = await this.call<{ enginePid: number | null }>("GET", "/status");
      if (body.enginePid === null) return undefined;
      this.#know(body.enginePid);
      return body.enginePid;
    });
  }

  /** @throws Away when the server was gone before it had answered */
  async call<Body>(method: string, path: string, body?: unknown): Promise<Answer<Body>> {
    try {
      return await this.#running().call<Body>(method, path, body);
    } catch (error) {
      if (isBroken(error)) throw new Away(path, { cause: error });
      throw error;
    }
  }

  /** The latest operation of a kind that is being written and not published. */
  async underWay(kind: string): Promise<number | undefined> {
    const { underWay } = await this.ask<{ underWay: { operation: number; kind: string }[] }>(
      "GET",
      "/status",
    );
    return underWay.findLast((found) => found.kind === kind)?.operation;
  }

  /** A call that has to succeed. */
  async ask<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const { status, body: answered } = await this.call<Body>(method, path, body);
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(answered)}`);
    return answered;
  }

  async apply(webhookUrl: string): Promise<void> {
    await this.ask("POST", "/apply", { documents: definitionsOf(webhookUrl) });
  }

  /** The import's id; the file is on the server's disk then. */
  async upload(file: ShopFile): Promise<number> {
    const { status, body } = await this.#running().upload<ImportView>(file.dataflow, file.path);
    if (status !== 202) throw new Error(`${file.path} was answered ${status}: ${JSON.stringify(body)}`);
    return body.id;
  }

  import(id: number): Promise<ImportView> {
    return this.ask("GET", `/imports/${id}`);
  }

  /** Waits for the end of an import, which has to be a good one. */
  async published(id: number): Promise<ImportView> {
    const ended = await eventually(`import ${id} ends`, async () => {
      const found = await this.import(id);
      return found.state === "queued" || found.state === "running" ? undefined : found;
    });
    if (ended.state !== "published") throw new Error(`import ${id} ended: ${JSON.stringify(ended)}`);
    return ended;
  }

  /** The run that is under way, or else the last one. */
  async latestRun(): Promise<RunView | undefined> {
    const { items } = await this.ask<{ items: RunView[] }>("GET", `/activations/${ACTIVATION}/runs?limit=1`);
    return items[0];
  }

  /** Begins a run, goes on with one that was left, or has one more follow the one under way; not while the engine is away. */
  async run(): Promise<void> {
    const { status, body } = await this.call<unknown>("POST", `/activations/${ACTIVATION}/runs`, {});
    if (status !== 202 && status !== 503) {
      throw new Error(`a run was answered ${status}: ${JSON.stringify(body)}`);
    }
  }

  /** Processes of this installation that are still there: what they are, for a message. */
  leftProcesses(): string[] {
    return [...this.#processes.values()].filter(isAlive).map(({ pid }) => `${pid} ${commandOf(pid)}`);
  }

  #know(pid: number): void {
    const known = knownProcess(pid);
    if (known !== undefined) this.#processes.set(pid, known);
  }

  #launch(signal?: AbortSignal): Promise<Peregrine> {
    return startPeregrine({
      folder: this.folder,
      environment: this.#environment,
      ...(this.#program === undefined ? {} : { program: this.#program }),
      ...(this.#token === undefined ? {} : { token: this.#token }),
      ...(signal === undefined ? {} : { signal }),
    });
  }

  #running(): Peregrine {
    if (this.#server === undefined) throw new Error("the server was not started");
    return this.#server;
  }
}

/** Looks until there is something to give; a server that is away is no failure as long as it comes back. */
export async function eventually<Result>(
  what: string,
  look: () => Promise<Result | undefined>,
  patienceMs = PATIENCE_MS,
): Promise<Result> {
  const deadline = performance.now() + patienceMs;
  let last: unknown;
  while (performance.now() < deadline) {
    try {
      const found = await look();
      if (found !== undefined) return found;
    } catch (error) {
      if (!(error instanceof Away)) throw error;
      last = error;
    }
    await pause(LOOK_MS);
  }
  throw new Error(`It did not come to pass within ${patienceMs / 1000} s: ${what}`, { cause: last });
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** fetch says "fetch failed" or "terminated" when the other end is gone, always as a TypeError. */
function isBroken(error: unknown): boolean {
  return error instanceof TypeError;
}
