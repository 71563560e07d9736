import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { pino } from "pino";
import { readConfig } from "../../../packages/server/src/config.ts";
import { type RunningServer, startServer } from "../../../packages/server/src/main.ts";

const CODE = "set-up-code-of-the-tests";
/** Imports run one after the other, and a machine may be busy. */
const PATIENCE_MS = 90_000;
const LOOK_MS = 50;

/** An answer with its body, whatever its type. */
export interface StreamAnswer<Body = Readonly<Record<string, unknown>>> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface ImportRow {
  readonly id: number;
  readonly source: string;
  readonly state: string;
  readonly counts: Readonly<Record<string, number>> | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly dataflowId: string;
}

interface Profile {
  readonly attributes: readonly { readonly name: string; readonly value: unknown }[];
}

/** A whole server in this process, with the API and the streams on a real socket. */
export class StreamWorld {
  readonly folder = mkdtempSync(join(tmpdir(), "peregrine-stream-"));
  readonly #environment: Readonly<Record<string, string>>;
  #server: RunningServer | undefined;
  #token = "";
  #fresh = 0;
  /** Added to the machine's clock, in ms. */
  later = 0;
  /** All that was logged. */
  readonly logged: string[] = [];

  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#environment = environment;
  }

  get url(): string {
    if (this.#server === undefined) throw new Error("the server is not running");
    return this.#server.url;
  }

  async start(): Promise<void> {
    this.#server = await startServer({
      config: readConfig({
        PEREGRINE_DATA: join(this.folder, "data"),
        PEREGRINE_PORT: "0",
        PEREGRINE_SETUP_CODE: CODE,
        PEREGRINE_ENGINE_MEMORY: "1GiB",
        ...this.#environment,
      }),
      clock: { now: () => Date.now() + this.later },
      log: pino({ level: "trace" }, { write: (line: string) => void this.logged.push(line) }),
    });
    if (this.#token !== "") return;
    const { body } = await this.api<{ token: string }>("POST", "/setup", { code: CODE, name: "tests" });
    this.#token = body.token;
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = undefined;
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  async api<Body>(method: string, path: string, body?: unknown): Promise<StreamAnswer<Body>> {
    return this.#send<Body>(method, `/api/v1${path}`, {
      headers: {
        Authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  /** Brings definitions to what is given, and fails when that is refused. */
  async define(...documents: readonly object[]): Promise<void> {
    const { status, body } = await this.api("POST", "/apply", { documents });
    if (status !== 200) throw new Error(`apply answered ${status}: ${JSON.stringify(body)}`);
  }

  /** A dataflow of its own, like one of {@link IBEXA_USERS}: its first rows wait for nothing. */
  async fresh(
    like: "users" | "orders",
    members: Readonly<Record<string, unknown>> = {},
  ): Promise<{ readonly id: string; readonly streamId: string }> {
    const id = `${like}-${++this.#fresh}`;
    const document = IBEXA_USERS.find((one) => one.kind === "dataflow" && one.id === like);
    await this.define({ ...document, id, ...members });
    return { id, streamId: await this.streamId(id) };
  }

  async streamId(dataflow: string): Promise<string> {
    const { body } = await this.api<{ streamId: string }>("POST", `/dataflows/${dataflow}/stream-ids`, {});
    return body.streamId;
  }

  /** Sends to a stream: a value as JSON, a text or bytes as they are. */
  async stream<Body = Readonly<Record<string, unknown>>>(
    streamId: string | undefined,
    body: unknown,
    {
      path = "",
      method = "POST",
      gzip = false,
      ...headers
    }: { path?: string; method?: string; gzip?: boolean } & Record<string, string | boolean> = {},
  ): Promise<StreamAnswer<Body>> {
    const given = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    return this.#send<Body>(method, `/stream/shop${path}`, {
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...(streamId === undefined ? {} : { "x-streamid": streamId }),
        ...(gzip ? { "Content-Encoding": "gzip" } : {}),
        ...(headers as Record<string, string>),
      },
      ...(given === undefined ? {} : { body: gzip ? gzipSync(given) : given }),
    });
  }

  async imports(query = ""): Promise<readonly ImportRow[]> {
    const { body } = await this.api<{ items: ImportRow[] }>("GET", `/imports?limit=200${query}`);
    return body.items;
  }

  /** Resolves when the imports of a dataflow have read so many rows, and none is under way. */
  async settled(dataflow: string, rows: number): Promise<readonly ImportRow[]> {
    for (const deadline = Date.now() + PATIENCE_MS; ; ) {
      const items = await this.imports(`&dataflow=${dataflow}`);
      const read = items.reduce((sum, { counts }) => sum + (counts?.["read"] ?? 0), 0);
      if (items.every(({ state }) => state !== "queued" && state !== "running") && read >= rows) return items;
      if (Date.now() > deadline) {
        throw new Error(`${rows} rows of ${dataflow} are not imported: ${JSON.stringify(items)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** A person's attributes by name; undefined when there is no such person. */
  async person(identifier: string): Promise<Readonly<Record<string, unknown>> | undefined> {
    const { status, body } = await this.api<Profile>(
      "GET",
      `/profiles?identifier=${encodeURIComponent(identifier)}`,
    );
    if (status === 404) return undefined;
    return Object.fromEntries(body.attributes.map(({ name, value }) => [name, value]));
  }

  async #send<Body>(method: string, path: string, init: RequestInit): Promise<StreamAnswer<Body>> {
    const response = await fetch(`${this.url}${path}`, { method, ...init });
    const text = await response.text();
    const body: unknown = text === "" ? null : JSON.parse(text);
    return { status: response.status, headers: response.headers, body: body as Body };
  }
}

/** What Ibexa's export of users needs, and events beside it. */
export const IBEXA_USERS = [
  { kind: "identifier", id: "userid", blocked: ["10"], priority: 100, limit: "one" },
  { kind: "identifier", id: "email", normalise: ["trim", "lowercase"], priority: 50, limit: "many" },
  {
    kind: "schema",
    id: "users",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "email", type: "text", identifier: "email" },
      { name: "name", type: "text" },
      { name: "companies", type: "list" },
      { name: "score", type: "number" },
    ],
  },
  {
    kind: "dataflow",
    id: "users",
    schema: "users",
    map: {
      userid: "id",
      email: "email",
      name: "name",
      companies: "list(companies.name)",
      score: "number(score)",
    },
  },
  {
    kind: "schema",
    id: "orders",
    parent: "Interaction",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "sku", type: "text" },
    ],
  },
  {
    kind: "dataflow",
    id: "orders",
    schema: "orders",
    map: { userid: "user", sku: "sku" },
    event: '"buy"',
    key: "order",
  },
] as const;
