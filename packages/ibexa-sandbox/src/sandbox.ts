import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import fastify from "fastify";
import { addAdminRoutes } from "./admin.ts";
import { readConfig, type SandboxConfig, type Settings } from "./config.ts";
import type { FaultSpec } from "./fault.ts";
import { FaultBoard, type FaultView } from "./fault-board.ts";
import type { HistoryEntry } from "./history.ts";
import { Instance } from "./instance.ts";
import { ChangeQueue, type QueueView } from "./queue.ts";
import { RequestLog, type RequestRecord, type RequestTotals } from "./request-log.ts";
import { type SegmentView, viewOf } from "./segment.ts";
import { type State, stateOf } from "./state.ts";
import { StateFile } from "./state-file.ts";
import { TokenDesk } from "./token-desk.ts";
import { WEBHOOK_PATH, webhook } from "./webhook.ts";

/** A running sandbox. All that is read here is the state of this instant. */
export interface Sandbox {
  /** `http://127.0.0.1:<port>`: the page and the JSON. */
  url: string;
  /** The Base URL for an activation. */
  webhookUrl: string;
  port: number;
  state(): State;
  segments(): SegmentView[];
  segment(identifier: string): SegmentView | undefined;
  /** The ids of everybody in a segment; empty where there is no such segment. */
  people(identifier: string): Set<string>;
  isIn(identifier: string, personId: string): boolean;
  /** The identifiers of the segments that a person is in. */
  segmentsOf(personId: string): string[];
  /** The requests that are kept, oldest first. The records go on changing until they end. */
  requests(): RequestRecord[];
  totals(): RequestTotals;
  /** The next request that ends (answered, reset, left hanging …) and matches. */
  nextRequest(matches?: (record: RequestRecord) => boolean): Promise<RequestRecord>;
  /** What was done to a person in a segment, in order. Needs `keepHistory`. */
  history(identifier: string, personId: string): HistoryEntry[];
  histories(): Iterable<{ segment: string; personId: string; entries: HistoryEntry[] }>;
  /** Asks for a fault and gives its number. Throws FaultSpecError. */
  addFault(spec: FaultSpec): number;
  removeFault(number: number): boolean;
  clearFaults(): void;
  faults(): FaultView[];
  queue: {
    view(): QueueView;
    pause(): void;
    resume(): void;
    /** Resolves when nothing waits any more. */
    drained(): Promise<void>;
  };
  tokens: {
    /** How many bearer tokens were given out. */
    issued(): number;
    /** From now on no token that was given counts. */
    revoke(): void;
  };
  /** Ends every connection, hanging ones too, and writes the state file. */
  close(): Promise<void>;
}

/** What the program takes from the outside besides its configuration. */
export interface SandboxSurroundings {
  /** Milliseconds since 1970. */
  now: () => number;
}

/**
 * Starts a stand-in for Ibexa DXP. Throws ConfigError when the configuration or the state file does not fit, and
 * the system's error when the port is taken.
 */
export async function startSandbox(
  config: SandboxConfig,
  surroundings: SandboxSurroundings = { now: Date.now },
): Promise<Sandbox> {
  return start(readConfig(config), surroundings);
}

/** The same with a configuration that was read already. */
export async function start(settings: Settings, { now }: SandboxSurroundings): Promise<Sandbox> {
  const instance = new Instance(settings, now);
  const log = new RequestLog(settings.requestLog.size, now);
  const faults = new FaultBoard();
  let stateFile: StateFile | undefined;
  const changed = () => stateFile?.changed();
  const queue = new ChangeQueue(
    settings.queue,
    (batch, change) => instance.applyQueued(batch.group, change, batch.request),
    changed,
  );
  if (settings.stateFile !== undefined) {
    stateFile = new StateFile(settings.stateFile, instance, queue);
    await stateFile.load();
  }

  const desk = new TokenDesk(settings, now);
  const hook = webhook({ settings, instance, queue, faults, log, desk, now, changed });
  const app = fastify({
    forceCloseConnections: true,
    serverFactory: (handler) => {
      // A kept connection that is closed while a request is on its way looks like a lost answer to the sender.
      // Faults make those, not chance: so it is kept longer than any client keeps it.
      const { tls } = settings;
      const answer = (request: IncomingMessage, response: ServerResponse) => {
        const [path = ""] = (request.url ?? "").split("?");
        if (path === WEBHOOK_PATH || path.startsWith(`${WEBHOOK_PATH}/`)) hook.handle(request, response);
        else if (path === desk.path) desk.handle(request, response);
        else handler(request, response);
      };
      return tls === undefined
        ? createServer({ keepAliveTimeout: 600_000 }, answer)
        : createSecureServer({ keepAliveTimeout: 600_000, key: tls.key, cert: tls.certificate }, answer);
    },
  });
  const parts = { settings, instance, queue, faults, log };
  addAdminRoutes(app, parts);
  await app.listen({ host: settings.host, port: settings.port });
  const address = app.server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no address.");
  const url = `${settings.tls === undefined ? "http" : "https"}://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;

  return {
    url,
    webhookUrl: `${url}${WEBHOOK_PATH}`,
    port: address.port,
    state: () => stateOf(parts),
    segments: () => [...instance.segments.values()].map(viewOf),
    segment: (identifier) => {
      const segment = instance.segments.get(identifier);
      return segment && viewOf(segment);
    },
    people: (identifier) => new Set(instance.segments.get(identifier)?.people),
    isIn: (identifier, personId) => instance.segments.get(identifier)?.people.has(personId) ?? false,
    segmentsOf: (personId) => instance.segmentsOf(personId),
    requests: () => log.list(),
    totals: () => structuredClone(log.totals),
    nextRequest: (matches = () => true) => log.next(matches),
    history: (identifier, personId) => instance.history?.of(identifier, personId) ?? [],
    histories: () => instance.history?.all() ?? [],
    addFault: (spec) => faults.add(spec),
    removeFault: (number) => faults.remove(number),
    clearFaults: () => faults.clear(),
    faults: () => faults.list(),
    queue: {
      view: () => queue.view(),
      pause: () => queue.pause(),
      resume: () => queue.resume(),
      drained: () => queue.drained(),
    },
    tokens: { issued: () => desk.issued, revoke: () => desk.revoke() },
    close: async () => {
      hook.stop();
      await app.close();
      queue.pause();
      await stateFile?.save();
    },
  };
}
