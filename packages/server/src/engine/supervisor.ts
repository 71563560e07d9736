import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PeregrineError } from "@peregrine/core";
import { type EngineChild, type StartResult, startChild } from "./child.ts";
import { delay } from "./delay.ts";

/** What is told about the child's life; pino's logger fits. */
export interface EngineLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface SupervisorOptions {
  /** The engine's data folder; made when it is missing. */
  readonly folder: string;
  readonly memoryBytes: number;
  readonly log: EngineLog;
  /** How long a start waits for a predecessor that still holds the folder. */
  readonly lockWaitMs: number;
  /** How long a call waits for an engine that is being started again. */
  readonly readyWaitMs: number;
}

const LOCK_LOOK_MS = 200;
const FIRST_BACK_OFF_MS = 50;
const LAST_BACK_OFF_MS = 5_000;
/** A child that lived so long was sound: the next one is started at once. */
const SOUND_AFTER_MS = 10_000;
/** A connection can break although the child lives on; then there is no new one to wait for. */
const NOTICE_MS = 1_000;

/** Keeps one child with the embedded engine alive from `start` to `close`, whatever kills it. */
export class Supervisor {
  readonly socket: string;
  readonly #options: SupervisorOptions;
  readonly #socketFolder: string;
  readonly #stop = new AbortController();
  #child: EngineChild | undefined;
  #version = "";
  /** How many children have been ready so far. */
  #generation = 0;
  #restarts = 0;
  #backOffMs = 0;
  #lastFailure = "";
  /** Resolves when the next child is ready; set while there is none. */
  #starting: Promise<void> | undefined;

  private constructor(options: SupervisorOptions, socketFolder: string) {
    this.#options = options;
    this.#socketFolder = socketFolder;
    this.socket = join(socketFolder, "engine.sock");
  }

  /**
   * Starts the engine on its folder.
   *
   * @throws PeregrineError `folderInUse` when another process holds it after `lockWaitMs`, `engineUnavailable` when
   *   the engine cannot open it
   */
  static async start(options: SupervisorOptions): Promise<Supervisor> {
    // mkdtemp makes the folder with mode 0700: nobody else can reach the socket in it.
    const supervisor = new Supervisor(options, await mkdtemp(join(tmpdir(), "peregrine-")));
    const until = Date.now() + options.lockWaitMs;
    let started = await supervisor.#spawn();
    while (!started.ok && started.locked && Date.now() < until) {
      await delay(LOCK_LOOK_MS, supervisor.#stop.signal);
      started = await supervisor.#spawn();
    }
    if (started.ok) {
      supervisor.#adopt(started);
      return supervisor;
    }
    await rm(supervisor.#socketFolder, { recursive: true, force: true });
    throw started.locked
      ? new PeregrineError("folderInUse", {
          detail: `Another process holds the engine's data in ${options.folder}.`,
        })
      : new PeregrineError("engineUnavailable", { detail: started.detail });
  }

  /** The child's process id; none while it is being started again. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** ClickHouse's version. */
  get version(): string {
    return this.#version;
  }

  /** How often the child was started again. */
  get restarts(): number {
    return this.#restarts;
  }

  /**
   * Resolves at once while a child is there, with its generation; waits `readyWaitMs` for one that is being started.
   *
   * @throws PeregrineError `engineUnavailable`
   */
  async ready(): Promise<number> {
    if (this.#stop.signal.aborted) {
      throw new PeregrineError("engineUnavailable", { detail: "The engine was closed." });
    }
    if (this.#starting !== undefined) await this.#before(this.#starting);
    return this.#generation;
  }

  /**
   * After a connection to the child of that generation broke: waits for the next one. A socket breaks a moment
   * before the process is known to be gone; if it is not gone soon, it was the connection alone.
   */
  async recovered(generation: number): Promise<void> {
    const child = this.#child;
    if (this.#generation > generation || child === undefined) return;
    const noticed = new AbortController();
    try {
      await Promise.race([child.gone, delay(NOTICE_MS, noticed.signal)]);
    } finally {
      noticed.abort();
    }
  }

  /** Ends the child at once, as a crash does; it is started again. For tests of that. */
  kill(signal: "SIGKILL" | "SIGSEGV" | "SIGABRT" = "SIGKILL"): void {
    this.#child?.kill(signal);
  }

  /** Lets what runs come to its end, but not longer than ten seconds. */
  async close(): Promise<void> {
    if (this.#stop.signal.aborted) return;
    this.#stop.abort();
    await this.#starting?.catch(() => {});
    await this.#child?.stop();
    await rm(this.#socketFolder, { recursive: true, force: true });
  }

  #spawn(): Promise<StartResult> {
    const { folder, memoryBytes } = this.#options;
    return startChild({ folder, memoryBytes, socket: this.socket });
  }

  #adopt({ child, version }: Extract<StartResult, { ok: true }>): void {
    const since = Date.now();
    this.#child = child;
    this.#version = version;
    this.#generation++;
    this.#starting = undefined;
    this.#options.log.info({ enginePid: child.pid, version }, "the engine is ready");
    void child.gone.then((end) => {
      this.#child = undefined;
      if (this.#stop.signal.aborted) return;
      this.#options.log.warn(end, "the engine has died and is started again");
      if (Date.now() - since > SOUND_AFTER_MS) this.#backOffMs = 0;
      this.#starting = this.#restart();
      // Whoever waits hears of it; without anybody waiting it must not end the process.
      this.#starting.catch(() => {});
    });
  }

  async #restart(): Promise<void> {
    while (true) {
      await delay(this.#backOffMs, this.#stop.signal);
      this.#backOffMs = Math.min(Math.max(FIRST_BACK_OFF_MS, this.#backOffMs * 2), LAST_BACK_OFF_MS);
      this.#restarts++;
      const started = await this.#spawn();
      if (started.ok) {
        this.#adopt(started);
        return;
      }
      this.#lastFailure = started.detail;
      this.#options.log.warn({ detail: started.detail }, "the engine could not be started; trying again");
    }
  }

  async #before(start: Promise<void>): Promise<void> {
    const waited = new AbortController();
    try {
      const late = delay(this.#options.readyWaitMs, waited.signal).then(() => true);
      if ((await Promise.race([start.then(() => false), late])) === false) return;
    } finally {
      waited.abort();
    }
    throw new PeregrineError("engineUnavailable", {
      detail: `The engine is being started again. ${this.#lastFailure}`.trim(),
    });
  }
}
