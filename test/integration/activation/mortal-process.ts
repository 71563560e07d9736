import { type OutgoingMessage, PeregrineError } from "@peregrine/core";
import { type ActivationService, createOutgoing, type Outgoing } from "@peregrine/server";
import type { World } from "./world.ts";

/** A process that can die: from `kill` on nothing of it reaches the engine or the network any more. */
export class MortalProcess {
  readonly service: ActivationService;
  #alive = true;
  #eventsToLive: number;

  /**
   * @param beforeSending is told each message before it leaves; what it throws kills the process
   * @param eventsToLive calls of the engine and steps of sending until it dies by itself
   */
  constructor(
    world: World,
    beforeSending: (message: OutgoingMessage) => Promise<void> | void = () => {},
    eventsToLive = Number.POSITIVE_INFINITY,
  ) {
    this.#eventsToLive = eventsToLive;
    const network = createOutgoing(world.clock);
    const outgoing: Outgoing = {
      send: async (message, options) => {
        this.#live();
        try {
          await beforeSending(message);
        } catch {
          this.kill();
        }
        this.#live();
        const sent = await network.send(message, options);
        // Dying here, the message has left and its answer is never known.
        this.#live();
        return sent;
      },
      close: () => network.close(),
    };
    const { engine } = world;
    const mortal: World["engine"] = {
      process: engine.process,
      close: async () => {},
      query: async (...given) => {
        this.#live();
        return engine.query(...given);
      },
      stream: (...given) => {
        this.#live();
        return engine.stream(...given);
      },
      command: async (...given) => {
        this.#live();
        await engine.command(...given);
      },
      insert: async (...given) => {
        this.#live();
        await engine.insert(...given);
      },
      insertStream: async (...given) => {
        this.#live();
        return engine.insertStream(...given);
      },
    };
    this.service = world.service({ outgoing, engine: mortal });
  }

  kill(): void {
    this.#alive = false;
  }

  #live(): void {
    this.#eventsToLive -= 1;
    if (this.#eventsToLive < 0) this.kill();
    if (!this.#alive) throw new PeregrineError("engineUnavailable", { detail: "killed" });
  }
}
