import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  type ChildMessage,
  LOCKED_PATTERN,
  type ParentMessage,
  threadPoolSize,
} from "@peregrine/engine-host";

export interface ChildOptions {
  readonly folder: string;
  readonly socket: string;
  readonly memoryBytes: number;
}

/** How a start went. `locked`: another process holds the folder. */
export type StartResult =
  | { readonly ok: true; readonly child: EngineChild; readonly version: string }
  | { readonly ok: false; readonly locked: boolean; readonly detail: string };

/** Eight at once: four long ones (evaluations, imports) leave room for the short ones between them. */
const SLOTS = 8;
/** Opening a folder takes 0.3 s when it is empty; one with some thousand parts some seconds. */
const OPEN_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 10_000;
/** Answers are counted and not time, so that a machine that slept does not look like a child that hangs. */
const UNANSWERED_PINGS = 6;
const STDERR_LINES = 40;

/** Starts a child on a data folder and waits until it answers there. */
export function startChild(options: ChildOptions): Promise<StartResult> {
  const { folder, socket, memoryBytes } = options;
  const child = fork(fileURLToPath(import.meta.resolve("@peregrine/engine-host/main")), [], {
    // Nothing of our environment: no secret gets there, and no setting of Node or the engine by accident. Times
    // without a zone are read in the process's own, so that is UTC.
    env: {
      TZ: "UTC",
      UV_THREADPOOL_SIZE: String(threadPoolSize(SLOTS)),
      // Large pages: the tables of a grouping are new memory every time, and each page of it is a fault ([m] 100
      // audiences over 6 M events: 20,000 faults instead of 100,000, a tenth less processor time; 11 MB more at rest).
      JE_MALLOC_CONF: "thp:always",
    },
    execArgv: [],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  const stderr: string[] = [];
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr.push(...text.split("\n").filter((line) => line.trim() !== ""));
    stderr.splice(0, stderr.length - STDERR_LINES);
  });
  return new Promise((resolve) => {
    let said = "";
    const timer = setTimeout(() => {
      said = `It did not open ${folder} within ${OPEN_TIMEOUT_MS / 1000} s.`;
      child.kill("SIGKILL");
    }, OPEN_TIMEOUT_MS);
    const fail = (end: string) => {
      clearTimeout(timer);
      const words = stderr.join("\n");
      const detail = [said, words, `(${end})`].filter((part) => part !== "").join(" ");
      resolve({ ok: false, locked: LOCKED_PATTERN.test(words), detail });
    };
    // "close", not "exit": the engine's own words must have arrived.
    const onClose = (code: number | null, signal: string | null) => fail(`exit ${code ?? signal}`);
    child.once("close", onClose);
    child.on("error", (error) => {
      said = error.message;
      if (child.pid === undefined) fail("not started");
    });
    child.on("message", (message: ChildMessage) => {
      if (message.type === "failed") said = message.message;
      if (message.type !== "ready") return;
      clearTimeout(timer);
      child.off("close", onClose);
      resolve({ ok: true, child: new EngineChild(child), version: message.version });
    });
    tell(child, { type: "start", folder, socket, slots: SLOTS, memoryBytes });
  });
}

/** A child that has opened its folder. One that no longer hears is killed, and so gone. */
export class EngineChild {
  /** Resolves when the process has ended, with what ended it. */
  readonly gone: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly #process: ChildProcess;
  #unanswered = 0;

  constructor(child: ChildProcess) {
    this.#process = child;
    const pinging = setInterval(() => this.#ping(), PING_EVERY_MS);
    pinging.unref();
    child.on("message", () => {
      this.#unanswered = 0;
    });
    this.gone = new Promise((resolve) => {
      const end = (code: number | null, signal: string | null) => {
        clearInterval(pinging);
        resolve({ code, signal });
      };
      if (child.exitCode !== null || child.signalCode !== null) end(child.exitCode, child.signalCode);
      else child.once("exit", end);
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Lets what runs come to its end, but not longer than ten seconds. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.kill("SIGKILL"), STOP_TIMEOUT_MS);
    tell(this.#process, { type: "stop" });
    await this.gone;
    clearTimeout(timer);
  }

  #ping(): void {
    if (this.#unanswered >= UNANSWERED_PINGS) this.kill("SIGKILL");
    this.#unanswered++;
    tell(this.#process, { type: "ping" });
  }
}

function tell(child: ChildProcess, message: ParentMessage): void {
  // A child that is gone already is heard of by its exit.
  if (child.connected) child.send(message, () => {});
}
