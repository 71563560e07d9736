import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import type { Browser, Page } from "playwright-core";
import { startPeregrine } from "../../integration/harness/peregrine.ts";
import { openBrowser, openPage, type Window } from "./browser.ts";
import { type SampleSize, serveHere } from "./serve-here.ts";

export const SETUP_CODE = "e2e-set-up-code";
export const ADMIN = { name: "Ada Admin", email: "ada@example.com", password: "a long enough password" };
/** What the sandbox takes, and its segment group. */
export const CREDENTIALS = { clientId: "e2e-client", clientSecret: "e2e-secret" };
export const SEGMENT_GROUP = "example_group";

/** A user id that Ibexa knows, and an e-mail address: the least that an activation needs. */
export const USERS = [
  { kind: "identifier", id: "userid", normalise: ["trim"], priority: 100, limit: "one" },
  {
    kind: "schema",
    id: "users",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [{ name: "userid", type: "text", identifier: "userid" }],
  },
  { kind: "dataflow", id: "users", schema: "users", map: { userid: "id" } },
] as const;

/** One server, one sandbox and one browser for all tests of a file. */
export interface Installation {
  readonly server: { readonly url: string };
  readonly sandbox: Sandbox;
  readonly browser: Browser;
  /** Of an Ibexa activation that goes to the sandbox. */
  readonly settings: Readonly<Record<string, string>>;
  /** The administrator's window, signed in unless told otherwise. */
  readonly page: Page;
  /** What broke in that window: errors of scripts and of the console. */
  readonly failures: readonly string[];
  /** The API as the administrator, for what a test needs and is not about; the answer's body. */
  call<Body>(method: string, path: string, body?: object): Promise<Body>;
  /** Brings definitions to what is given, and fails when that is refused. */
  define(...documents: readonly object[]): Promise<void>;
  /** Takes a CSV file in and waits for its end, which it gives: `published` if all is well. */
  takeIn(dataflow: string, text: string, fileName?: string): Promise<string>;
  /** A window of somebody else, signed in. */
  openWindow(role: "admin" | "editor" | "viewer"): Promise<Window>;
  close(): Promise<void>;
}

interface Options {
  /** False: nobody has used the set-up code yet, and nobody is signed in. */
  readonly isSetUp?: boolean;
  /** Of how many people previews make an estimate: the server runs in the test's own process then. */
  readonly sample?: SampleSize;
}

export async function startInstallation({ isSetUp = true, sample }: Options = {}): Promise<Installation> {
  const folder = await mkdtemp(join(tmpdir(), "peregrine-e2e-"));
  const [sandbox, server, browser] = await Promise.all([
    startSandbox({
      port: 0,
      activations: [{ ...CREDENTIALS, segmentGroupIdentifier: SEGMENT_GROUP }],
      segmentGroups: [{ identifier: SEGMENT_GROUP, name: "Example" }],
      users: "any",
    }),
    sample === undefined
      ? startPeregrine({ folder, environment: { PEREGRINE_SETUP_CODE: SETUP_CODE }, token: "" })
      : serveHere(folder, SETUP_CODE, sample),
    openBrowser(),
  ]);
  const { page, failures } = await openPage(browser, server.url);
  // By the page's own cookie: who is signed in there is who asks.
  const ask = async (window: Page, method: string, path: string, body?: object | string) => {
    const isText = typeof body === "string";
    const response = await window.request.fetch(`${server.url}/api/v1${path}`, {
      method,
      headers: {
        Origin: server.url,
        ...(body === undefined ? {} : { "Content-Type": isText ? "text/csv" : "application/json" }),
      },
      ...(body === undefined ? {} : { data: isText ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok()) throw new Error(`${method} ${path} answered ${response.status()}: ${text}`);
    return text === "" ? undefined : JSON.parse(text);
  };
  if (isSetUp) await ask(page, "POST", "/setup/administrator", { code: SETUP_CODE, ...ADMIN });
  return {
    server,
    sandbox,
    browser,
    settings: { ...CREDENTIALS, baseUrl: sandbox.webhookUrl, segmentGroupIdentifier: SEGMENT_GROUP },
    page,
    failures,
    call: (method, path, body) => ask(page, method, path, body),
    async define(...documents) {
      await ask(page, "POST", "/apply", { documents });
    },
    async takeIn(dataflow, text, fileName = "rows.csv") {
      const { id } = await ask(page, "POST", `/dataflows/${dataflow}/imports?fileName=${fileName}`, text);
      for (;;) {
        const { state } = await ask(page, "GET", `/imports/${id}`);
        if (state !== "queued" && state !== "running") return state;
      }
    },
    async openWindow(role) {
      const user = {
        name: `A ${role}`,
        email: `${role}-${Date.now()}@example.com`,
        password: `${role}'s password`,
      };
      await ask(page, "POST", "/users", { ...user, role });
      const window = await openPage(browser, server.url);
      await ask(window.page, "POST", "/session", { email: user.email, password: user.password });
      return window;
    },
    async close() {
      await browser.close();
      await server.stop();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
