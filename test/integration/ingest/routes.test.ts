import { request } from "node:http";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiApp } from "../../../packages/server/src/http/api-app.ts";
import { createApp } from "../../../packages/server/src/http/app.ts";
import { ingestRoutes } from "../../../packages/server/src/ingest/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { createWorld, type IngestWorld, SHOP } from "./world.ts";

let host: TestEngine;
let world: IngestWorld;
let app: ApiApp;
let url: string;

beforeAll(async () => {
  host = await startEngine();
  world = await createWorld(host.engine);
  await world.define(...SHOP);
  app = createApp({
    logger: pino({ level: "silent" }),
    version: "0",
    callers: {
      ofToken: async (token) => (token === "t" ? { name: "test", role: "editor" } : undefined),
      ofSession: async () => undefined,
    },
    routes: (api) => ingestRoutes(api, world.service),
  });
  url = await app.listen({ host: "127.0.0.1", port: 0 });
});

afterAll(async () => {
  await app?.close();
  await world?.close();
  await host?.close();
});

const headers = { authorization: "Bearer t" };

interface Import {
  id: number;
  state: string;
  fileName: string;
}

describe("POST /api/v1/dataflows/{id}/imports", () => {
  it.each(["text/csv", "application/json", "application/octet-stream"])(
    "takes the body as the file, whatever its type says: %s",
    async (type) => {
      const response = await fetch(
        `${url}/api/v1/dataflows/orders/imports?fileName=${encodeURIComponent("März.csv")}`,
        {
          method: "POST",
          headers: { ...headers, "content-type": type },
          body: `id,sku,quantity,price,at\n1,${type},1,1,2025-01-01\n2,x,many,1,2025-01-01\n`,
        },
      );
      expect(response.status).toBe(202);
      const queued = (await response.json()) as Import;
      expect(response.headers.get("location")).toBe(`/api/v1/imports/${queued.id}`);
      await world.ended(queued.id);
      const ended = await fetch(`${url}/api/v1/imports/${queued.id}`, { headers });
      expect(await ended.json()).toMatchObject({
        state: "published",
        fileName: "März.csv",
        counts: { read: 2, events: 1, refused: 1 },
        repeats: null,
      });
      const refused = await fetch(`${url}/api/v1/imports/${queued.id}/refused.csv`, { headers });
      expect(refused.headers.get("content-type")).toContain("text/csv");
      expect(await refused.text()).toBe(
        'line,column,reason,raw\r\n3,quantity,"""many"" is not a number (such as -12.50)","2,x,many,1,2025-01-01"\r\n',
      );
    },
  );

  it("shows refused rows page by page, each once, in the order of the file", async () => {
    const lines = [
      "id,sku,quantity,price,at",
      ...Array.from({ length: 5 }, (_, at) => `${at},x,no,1,2025-01-01`),
    ];
    const sent = await fetch(`${url}/api/v1/dataflows/orders/imports`, {
      method: "POST",
      headers,
      body: [...lines, ...Array.from({ length: 60 }, (_, at) => `${9 + at},x,1,1,2025-01-01`)].join("\n"),
    });
    const { id } = (await sent.json()) as Import;
    await world.ended(id);
    const seen: number[] = [];
    let next: string | null = "";
    while (next !== null) {
      const at: string = next === "" ? "" : `&cursor=${encodeURIComponent(next)}`;
      const answer = await fetch(`${url}/api/v1/imports/${id}/refused?limit=2${at}`, { headers });
      const page = (await answer.json()) as {
        items: { line: number; column: string }[];
        next: string | null;
      };
      expect(page.items.every(({ column }) => column === "quantity")).toBe(true);
      seen.push(...page.items.map(({ line }) => line));
      next = page.next;
    }
    expect(seen).toEqual([2, 3, 4, 5, 6]);
    expect((await fetch(`${url}/api/v1/imports/999/refused`, { headers })).status).toBe(404);
  });

  it("answers what is wrong as a problem", async () => {
    const empty = await fetch(`${url}/api/v1/dataflows/orders/imports`, { method: "POST", headers });
    expect(empty.status).toBe(422);
    expect(await empty.json()).toMatchObject({ code: "fileEmpty" });
    const unknown = await fetch(`${url}/api/v1/dataflows/nobody/imports`, {
      method: "POST",
      headers,
      body: "a",
    });
    expect(unknown.status).toBe(404);
    expect((await fetch(`${url}/api/v1/imports/999`, { headers })).status).toBe(404);
    expect((await fetch(`${url}/api/v1/imports/999/refused.csv`, { headers })).status).toBe(404);
    expect((await fetch(`${url}/api/v1/imports`)).status).toBe(401);
  });

  it("keeps nothing of an upload whose client goes away", async () => {
    const before = (await world.service.list({ limit: 200 })).items.length;
    await new Promise<void>((resolve) => {
      const upload = request(`${url}/api/v1/dataflows/orders/imports`, {
        method: "POST",
        headers: { ...headers, "content-length": 1000 },
      });
      upload.once("error", () => resolve());
      upload.write("id,sku,quantity,price,at\n", () => upload.destroy(new Error("gone")));
    });
    const after = await world.import("orders", "id,sku,quantity,price,at\n5,after,1,1,2025-01-01\n");
    expect(after.state).toBe("published");
    expect((await world.service.list({ limit: 200 })).items).toHaveLength(before + 1);
  });
});

describe("GET /api/v1/imports", () => {
  it("lists imports, newest first, page by page", async () => {
    const page = async (query: string) => {
      const response = await fetch(`${url}/api/v1/imports?${query}`, { headers });
      return (await response.json()) as { items: Import[]; next: string | null };
    };
    const all = (await page("dataflow=orders")).items.map(({ id }) => id);
    expect(all).toEqual(all.toSorted((a, b) => b - a));
    const first = await page("dataflow=orders&limit=2");
    expect(first.items.map(({ id }) => id)).toEqual(all.slice(0, 2));
    const second = await page(`dataflow=orders&limit=2&cursor=${encodeURIComponent(first.next ?? "")}`);
    expect(second.items.map(({ id }) => id)).toEqual(all.slice(2, 4));
    expect((await page("dataflow=people")).items).toEqual([]);
  });
});
