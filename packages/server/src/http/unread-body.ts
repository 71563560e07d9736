import type { Server } from "node:http";

/** Whoever is refused in the middle of a body has so long to read the answer, in ms. */
const LINGER_MS = 2_000;

/**
 * Ends the connection of a body that was refused half-way, some time after the answer. Where nobody reads the rest,
 * nobody would notice its sender go either: a server that is to end would wait for such a connection until it is given
 * up as idle, 72 s. A rest that is read and thrown away ends by itself.
 */
export function endUnreadBodies(server: Server): void {
  server.on("request", (request, response) => {
    const { socket } = request;
    response.once("finish", () => {
      if (request.complete) return;
      setTimeout(() => {
        const isRead = request.readableFlowing === true && !request.destroyed;
        if (!request.complete && !isRead) socket.destroy();
      }, LINGER_MS).unref();
    });
  });
}
