import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type Outcome, refused, refusedOnRequest } from "./answer.ts";
import { isObject } from "./checker.ts";
import type { Settings } from "./config.ts";
import type { RetryAfterForm } from "./fault.ts";
import type { AnswerFault, FaultBoard, Latency } from "./fault-board.ts";
import type { ForcedRefusal, Instance } from "./instance.ts";
import { readMessage } from "./message.ts";
import type { ChangeQueue } from "./queue.ts";
import type { RequestLog, RequestRecord } from "./request-log.ts";
import type { TokenDesk } from "./token-desk.ts";
import { type Credentials, header, WireReader } from "./wire-reader.ts";

export const WEBHOOK_PATH = "/cdp/webhook";

export interface WebhookParts {
  settings: Settings;
  instance: Instance;
  queue: ChangeQueue;
  faults: FaultBoard;
  log: RequestLog;
  desk: TokenDesk;
  now: () => number;
  /** Told after a request may have changed something. */
  changed: () => void;
}

export interface Webhook {
  handle: (request: IncomingMessage, response: ServerResponse) => void;
  /** Gives up what faults delay. */
  stop: () => void;
}

/** A message whose body has arrived; `json` is undefined where it cannot be read. */
interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  record: RequestRecord;
  body: Buffer;
  json: unknown;
  credentials: Credentials;
  problem: Outcome | undefined;
}

/** Statuses whose answers must not have a body. */
const BODILESS: ReadonlySet<number> = new Set([204, 205, 304]);

/** What web servers and firewalls answer, whatever stands behind them. */
const ALWAYS_BY_STATUS: ReadonlySet<string> = new Set([
  "fault",
  "wrongAddress",
  "methodNotAllowed",
  "wrongCredentials",
  "unsupportedMediaType",
  "tooLarge",
]);

const LOGIN_PAGE = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Log in</title></head>
<body><h1>Log in</h1><form method="post" action="/login"><input name="_username"><input name="_password" type="password"><button>Log in</button></form></body></html>
`;

/**
 * The webhook itself, on plain node:http: it must be fast enough for a full load, and faults need the socket.
 * Requests that hang keep their socket until the client or the sandbox closes it.
 */
export function webhook(parts: WebhookParts): Webhook {
  const { settings, faults, log, desk } = parts;
  const { wire } = settings;
  const reader = new WireReader(wire, (token) => desk.bearer(token));
  const activations = new Map(settings.activations.map((activation) => [activation.clientId, activation]));
  const stopping = new AbortController();

  return { handle, stop: () => stopping.abort() };

  function handle(request: IncomingMessage, response: ServerResponse): void {
    const credentials = reader.credentials(request);
    const record = log.open(credentials.clientId);
    if (Object.entries(wire.headers).some(([name, value]) => header(request, name) !== value)) {
      const page = "<!doctype html><title>Staging server</title>";
      response.writeHead(401, { "content-type": "text/html", "www-authenticate": "Basic" }).end(page);
      log.close(record, "answered", 401);
      return;
    }
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => {
      record.bytes += chunk.length;
      if (record.bytes <= settings.maxBodyBytes) chunks.push(chunk);
    });
    request.on("end", () => {
      const [only] = chunks;
      const body = chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
      arrived(read({ request, response, record, body, json: undefined, credentials, problem: undefined }));
    });
    response.on("close", () => log.close(record, "gone", null));
    request.on("error", () => log.close(record, "gone", null));
  }

  /** Parses the body; what is wrong with it is said only after the credentials were looked at. */
  function read(arrival: Arrival): Arrival {
    const { request, record, body } = arrival;
    if (record.bytes > settings.maxBodyBytes) {
      const reason = `The body has ${record.bytes} bytes; at most ${settings.maxBodyBytes} are taken.`;
      return { ...arrival, problem: refused("tooLarge", reason) };
    }
    const text = body.toString("utf8");
    if (settings.requestLog.bodies) record.body = text;
    if (!isUtf8(body)) return { ...arrival, problem: malformed("The body is not UTF-8.") };
    try {
      const { json, credentials } = reader.read(request, JSON.parse(text));
      record.clientId = credentials.clientId;
      note(record, json);
      return { ...arrival, json, credentials };
    } catch (error) {
      const detail = error instanceof SyntaxError ? ` ${error.message}` : "";
      return { ...arrival, problem: malformed(`The body is not JSON.${detail}`) };
    }
  }

  function arrived(arrival: Arrival): void {
    if (!faults.active) {
      send(arrival, work(arrival, undefined));
      return;
    }
    const decision = faults.decide(arrival.json);
    arrival.record.faults = decision.faults;
    const act = () => {
      const { answer } = decision;
      if (answer === undefined) {
        send(arrival, work(arrival, decision.forced));
        return;
      }
      // A cut answer is the answer to something that was done, unless it is asked for otherwise.
      const after = (answer.at ?? (answer.kind === "cut" ? "after" : "before")) === "after";
      const outcome = after ? work(arrival, decision.forced) : undefined;
      strike(arrival, answer, outcome);
    };
    if (decision.latencies.length === 0) act();
    else void later(decision.latencies, act);
  }

  /** What is late is done even when the client has left meanwhile, as PHP does it behind most web servers. */
  async function later(latencies: readonly Latency[], act: () => void): Promise<void> {
    for (const { ms, removed } of latencies) {
      const signal = AbortSignal.any([removed, stopping.signal]);
      // It rejects for no other reason than the signal.
      await setTimeout(ms, undefined, { signal }).catch(() => {});
      if (stopping.signal.aborted) return;
    }
    act();
  }

  /** Does the message, and notes what was done before anything is answered. */
  function work(arrival: Arrival, forced: ForcedRefusal | undefined): Outcome {
    const outcome = outcomeOf(arrival, forced);
    const { record } = arrival;
    const { answer } = outcome;
    record.work = answer.status;
    if (answer.status === "refused") {
      record.code = answer.code;
      record.reason = answer.reason;
    } else {
      parts.changed();
    }
    return outcome;
  }

  function outcomeOf(
    { request, record, json, credentials, problem }: Arrival,
    forced: ForcedRefusal | undefined,
  ): Outcome {
    const path = (request.url ?? "").split("?")[0]?.slice(WEBHOOK_PATH.length) ?? "";
    if (!reader.belongsAt(path, record.action)) {
      return refused("wrongAddress", `This message doesn't belong at ${WEBHOOK_PATH}${path}.`);
    }
    if (request.method !== wire.method) {
      const reason = `The webhook takes ${wire.method}, not ${request.method}.`;
      return { ...refused("methodNotAllowed", reason), headers: { allow: wire.method } };
    }
    const activation = activations.get(credentials.clientId ?? "");
    if (activation === undefined || activation.clientSecret !== credentials.clientSecret) {
      return refused("wrongCredentials", "The client id or the client secret is missing or wrong.");
    }
    const [type = ""] = (request.headers["content-type"] ?? "").toLowerCase().split(";");
    if (type.trim() !== wire.contentType) {
      return refused("unsupportedMediaType", `The content type must be ${wire.contentType}.`);
    }
    if (problem !== undefined) return problem;
    const reading = readMessage(json);
    if (!reading.ok) {
      return refused("malformed", "The message does not have the expected form.", {
        faults: reading.faults,
      });
    }
    const { message } = reading;
    return parts.instance.handle(message, activation.segmentGroupIdentifier, {
      request: record.number,
      forced,
      enqueue: (changes) => {
        parts.queue.push({ request: record.number, group: message.segmentGroupIdentifier, changes });
      },
    });
  }

  function send({ response, record }: Arrival, outcome: Outcome): void {
    const { headers } = outcome;
    const httpStatus = statusOf(outcome);
    if (BODILESS.has(httpStatus)) {
      response.writeHead(httpStatus, headers).end();
    } else {
      const body = JSON.stringify(outcome.answer);
      const length = Buffer.byteLength(body);
      response.writeHead(httpStatus, {
        "content-type": "application/json",
        "content-length": length,
        ...headers,
      });
      response.end(body);
    }
    log.close(record, "answered", httpStatus);
  }

  /** With `refusals: body` what is refused before the message is read, and what a fault asks for, shows all the same. */
  function statusOf({ httpStatus, answer }: Outcome): number {
    if (wire.refusals === "status" || answer.status !== "refused") return httpStatus;
    return ALWAYS_BY_STATUS.has(answer.code) ? httpStatus : 200;
  }

  function sendPage({ response, record }: Arrival, status: number, headers: Record<string, string>): void {
    const body = status === 200 ? LOGIN_PAGE : "";
    response.writeHead(status, {
      "content-type": "text/html; charset=utf-8",
      "content-length": Buffer.byteLength(body),
      ...headers,
    });
    response.end(body);
    log.close(record, "answered", status);
  }

  /** Does what a fault says in place of the answer; `outcome` is there when the work was done before. */
  function strike(arrival: Arrival, fault: AnswerFault, outcome: Outcome | undefined): void {
    const { request, response, record } = arrival;
    switch (fault.kind) {
      case "hang":
        log.close(record, "hanging", null);
        return;
      case "status":
        send(arrival, {
          ...refusedOnRequest(fault.status, `Answered with ${fault.status} on request.`),
          headers: retryAfter(fault.retryAfterSeconds, fault.retryAfterForm, parts.now),
        });
        return;
      case "loginPage":
        sendPage(arrival, 200, {});
        return;
      case "text":
        response.writeHead(200, { "content-type": "text/plain", "content-length": 2 }).end("OK");
        log.close(record, "answered", 200);
        return;
      case "redirect":
        sendPage(arrival, fault.status ?? 302, { location: fault.location });
        return;
      case "reset":
        log.close(record, "reset", null);
        request.socket.resetAndDestroy();
        return;
      case "cut": {
        const body = JSON.stringify(outcome?.answer ?? { status: "done", changes: record.changes });
        response.writeHead(outcome?.httpStatus ?? 200, {
          "content-type": "application/json",
          "content-length": Buffer.byteLength(body),
        });
        log.close(record, "cut", null);
        response.write(body.slice(0, Math.floor(body.length / 2)), () => request.socket.destroy());
        return;
      }
    }
  }
}

function malformed(reason: string): Outcome {
  return refused("malformed", reason);
}

function retryAfter(
  seconds: number | undefined,
  form: RetryAfterForm = "seconds",
  now: () => number,
): Record<string, string> {
  if (seconds === undefined) return {};
  return {
    "retry-after": form === "date" ? new Date(now() + seconds * 1000).toUTCString() : String(seconds),
  };
}

/** Takes from a message, whatever its form, what the request log shows of it. */
function note(record: RequestRecord, json: unknown): void {
  if (!isObject(json)) return;
  if (typeof json["updateType"] === "string") record.action = json["updateType"].slice(0, 40);
  if (typeof json["segmentGroupIdentifier"] === "string")
    record.group = json["segmentGroupIdentifier"].slice(0, 255);
  const data = json["data"];
  if (!isObject(data)) return;
  if (typeof data["audienceId"] === "string") record.audiences.push(data["audienceId"].slice(0, 255));
  const changes = data["changes"];
  if (!Array.isArray(changes)) return;
  record.changes = changes.length;
  let latest: unknown;
  for (const change of changes) {
    if (!isObject(change)) continue;
    const audience = change["audienceId"] ?? change["key"];
    if (audience === latest || typeof audience !== "string") continue;
    latest = audience;
    if (record.audiences.length < 10 && !record.audiences.includes(audience)) record.audiences.push(audience);
  }
}
