import { Readable } from "node:stream";
import type { FastifyInstance, FastifyReply } from "fastify";
import { FaultSpecError, readFaultSpec } from "./fault.ts";
import { pageHeaders, pageOf } from "./page.ts";
import { viewOf } from "./segment.ts";
import { type StateParts, stateOf } from "./state.ts";
import { WEBHOOK_PATH } from "./webhook.ts";

const LOOPBACK_NAMES = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i;
const LOOPBACK_ADDRESSES = /^(::ffff:)?127\.|^::1$/;
const LARGEST_PAGE = 100_000;

/**
 * The side that people and tests look at: the state, the request log, the faults and one page. It asks for no
 * credentials and therefore answers only to this machine, whatever address the webhook listens on.
 */
export function addAdminRoutes(app: FastifyInstance, parts: StateParts): void {
  const { settings, instance, queue, faults, log } = parts;

  // Only JSON, which a foreign web page cannot send here without asking first.
  app.removeContentTypeParser("text/plain");

  app.addHook("onRequest", async (request, reply) => {
    // A foreign web page may point a name of its own at 127.0.0.1; it then still says that name here.
    const local =
      LOOPBACK_ADDRESSES.test(request.socket.remoteAddress ?? "") &&
      LOOPBACK_NAMES.test(request.headers.host ?? "");
    if (local) return;
    return refuse(reply, 403, "notLocal", "Only the webhook answers to other machines. Ask from this one.");
  });
  app.setNotFoundHandler((request, reply) => {
    return refuse(
      reply,
      404,
      "notFound",
      `There is nothing at ${request.method} ${request.url.slice(0, 200)}.`,
    );
  });
  app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    if (error instanceof FaultSpecError) {
      return reply.code(400).send({ code: "faultInvalid", reason: error.message, faults: error.faults });
    }
    return refuse(reply, error.statusCode ?? 500, "failed", error.message);
  });

  app.get<{ Querystring: { person?: string; refresh?: string } }>("/", (request, reply) => {
    const { person, refresh } = request.query;
    const found = person
      ? { personId: person, isUser: instance.isUser(person), segments: instance.segmentsOf(person) }
      : undefined;
    const seconds = Math.min(3600, Math.max(0, Math.floor(Number(refresh)) || 0));
    const samples = new Map(
      [...instance.segments.values()].map((segment) => [segment.identifier, segment.people.slice(0, 24)]),
    );
    const page = pageOf({
      state: stateOf(parts),
      activations: settings.activations,
      webhookUrl: `${settings.tls === undefined ? "http" : "https"}://${request.host}${WEBHOOK_PATH}`,
      samples,
      requests: log.list(25).reverse(),
      found,
      seconds,
    });
    return reply.headers(pageHeaders(seconds)).send(page);
  });

  app.get("/state", () => stateOf(parts));
  app.get("/segments", () => ({ segments: [...instance.segments.values()].map(viewOf) }));
  app.get<{ Params: { id: string } }>("/segments/:id", (request, reply) => {
    const segment = instance.segments.get(request.params.id);
    return segment === undefined ? noSegment(reply, request.params.id) : viewOf(segment);
  });
  app.get<{ Params: { id: string }; Querystring: { limit?: string; offset?: string; format?: string } }>(
    "/segments/:id/people",
    (request, reply) => {
      const segment = instance.segments.get(request.params.id);
      if (segment === undefined) return noSegment(reply, request.params.id);
      if (request.query.format === "lines") {
        return reply.type("application/x-ndjson").send(Readable.from(inLines(segment.people)));
      }
      const offset = numberOf(request.query.offset, 0, Number.MAX_SAFE_INTEGER);
      const limit = numberOf(request.query.limit, 1000, LARGEST_PAGE);
      const people = segment.people.slice(offset, limit);
      const { size } = segment.people;
      const next = offset + people.length;
      return { segment: segment.identifier, size, people, nextOffset: next < size ? next : null };
    },
  );
  app.get<{ Params: { id: string }; Querystring: { person?: string } }>(
    "/segments/:id/history",
    (request, reply) => {
      if (instance.history === undefined) {
        return refuse(reply, 404, "noHistory", "Nothing is remembered. Start with keepHistory: true.");
      }
      const { person } = request.query;
      if (!person) return refuse(reply, 400, "personMissing", "Say whose history: ?person=14");
      return {
        segment: request.params.id,
        personId: person,
        entries: instance.history.of(request.params.id, person),
      };
    },
  );
  app.get<{ Params: { id: string } }>("/people/:id", (request) => {
    const personId = request.params.id;
    return { personId, isUser: instance.isUser(personId), segments: instance.segmentsOf(personId) };
  });

  app.get<{ Querystring: { latest?: string } }>("/requests", (request) => ({
    totals: log.totals,
    requests: log.list(numberOf(request.query.latest, 100, LARGEST_PAGE)),
  }));

  app.get("/faults", () => ({ faults: faults.list() }));
  app.post("/faults", (request, reply) => {
    const specs = Array.isArray(request.body) ? request.body : [request.body];
    // All are checked before the first is set: a list is set as a whole or not at all.
    const numbers = specs.map(readFaultSpec).map((spec) => faults.add(spec));
    return reply.code(201).send({ faults: faults.list().filter(({ number }) => numbers.includes(number)) });
  });
  app.delete("/faults", (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  app.delete<{ Params: { number: string } }>("/faults/:number", (request, reply) => {
    if (faults.remove(Number(request.params.number))) return reply.code(204).send();
    return refuse(reply, 404, "unknownFault", `There is no fault ${request.params.number}.`);
  });

  app.get("/queue", () => queue.view());
  app.post("/queue/pause", () => {
    queue.pause();
    return queue.view();
  });
  app.post("/queue/resume", () => {
    queue.resume();
    return queue.view();
  });
  app.get("/queue/drained", async (_request, reply) => {
    if (queue.view().state === "paused" && queue.length > 0) {
      return refuse(reply, 409, "queuePaused", "The queue stands still. POST /queue/resume first.");
    }
    await queue.drained();
    return queue.view();
  });
}

function refuse(reply: FastifyReply, status: number, code: string, reason: string): FastifyReply {
  return reply.code(status).send({ code, reason });
}

function noSegment(reply: FastifyReply, identifier: string): FastifyReply {
  return refuse(reply, 404, "unknownSegment", `There is no segment "${identifier}".`);
}

/** One JSON text in each line, in pieces of some thousand lines: a million people must not become one string. */
function* inLines(people: Iterable<string>): Generator<string> {
  let lines: string[] = [];
  for (const person of people) {
    lines.push(JSON.stringify(person));
    if (lines.length === 5000) {
      yield `${lines.join("\n")}\n`;
      lines = [];
    }
  }
  if (lines.length > 0) yield `${lines.join("\n")}\n`;
}

function numberOf(text: string | undefined, otherwise: number, most: number): number {
  const number = Number(text);
  return text === undefined || !Number.isInteger(number) || number < 0 ? otherwise : Math.min(number, most);
}
