import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { Readable } from "node:stream";
import { PeregrineError } from "@peregrine/core";
import { pino } from "pino";
import { expect, it } from "vitest";
import { createApp } from "./app.ts";

it("the connection of a body that was refused half-way ends soon after the answer, and so can the server", async () => {
  const app = createApp({
    logger: pino({ level: "silent" }),
    version: "0.0.0",
    callers: { ofToken: async () => ({ name: "Vi", role: "admin" }), ofSession: async () => undefined },
    routes: (api) => {
      api.removeAllContentTypeParsers();
      api.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
      api.post("/api/v1/files", async ({ body }) => {
        if (!(body instanceof Readable)) return;
        for await (const _ of body) throw new PeregrineError("diskFull", { detail: "No room." });
      });
    },
  });
  await app.listen({ port: 0, host: "127.0.0.1" });
  const client = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  // It is reset, for there are bytes that nobody has read.
  client.on("error", () => {});
  const closed = new Promise((resolve) => client.once("close", resolve));
  let answer = "";
  client.setEncoding("utf8").on("data", (text: string) => (answer += text));
  client.write(
    "POST /api/v1/files HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer vi\r\nContent-Type: text/csv\r\nContent-Length: 100000000\r\n\r\n",
  );
  // More than is read ahead; the rest never comes.
  client.write(Buffer.alloc(2 * 1024 * 1024, "x"));
  await once(client, "data");
  await app.close();
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 507 [\s\S]*"code":"diskFull"/);
});
