import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { activationDefinition } from "@peregrine/core";
import { z } from "zod";
import type { ApiApp } from "../http/api-app.ts";
import { showRun } from "./run-shape.ts";
import type { ActivationService } from "./service.ts";

/** How often the run's row is looked at, in ms: one row by its index. */
const LOOK_MS = 500;
/** A proxy drops a connection on which nothing is said; a line of comment each quarter of a minute, in looks. */
const COMMENT_EVERY = 30;
/** The browser comes again by itself, and is asked anew who it is; in looks: five minutes. */
const LOOKS = 600;

/** The run of an activation while it goes on, as server-sent events. */
export function liveRoutes(app: ApiApp, service: ActivationService): void {
  // A connection that stays open would keep the server from ending.
  const closing = new AbortController();
  app.addHook("preClose", async () => closing.abort());
  app.get(
    "/api/v1/activations/:id/live",
    {
      schema: {
        operationId: "watchActivation",
        summary: "The run that is under way, or the last one, again each time that it has changed",
        tags: ["activations"],
        params: z.object({ id: activationDefinition.shape.id }),
        produces: ["text/event-stream"],
        response: {
          200: {
            description: "Server-sent events of the type `run`, each with a `Run` as JSON",
            content: { "text/event-stream": { schema: z.unknown().meta({ type: "string" }) } },
          },
        },
      },
    },
    async ({ params, raw }, reply) => {
      // Refused here, not in the middle of the stream.
      await service.get(params.id);
      const gone = new AbortController();
      raw.once("close", () => gone.abort());
      const signal = AbortSignal.any([closing.signal, gone.signal]);
      return reply
        .type("text/event-stream; charset=utf-8")
        .header("X-Accel-Buffering", "no")
        .send(Readable.from(changesOf(params.id, service, signal)));
    },
  );
}

async function* changesOf(
  id: string,
  service: ActivationService,
  signal: AbortSignal,
): AsyncGenerator<string> {
  let told = "";
  for (let look = 0; look < LOOKS && !signal.aborted; look += 1) {
    const run = await service.latestRun(id);
    const now = run === undefined ? "null" : JSON.stringify(showRun(run));
    if (now !== told) yield `event: run\ndata: ${now}\n\n`;
    else if (look % COMMENT_EVERY === 0) yield ":\n\n";
    told = now;
    await pause(LOOK_MS, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}
