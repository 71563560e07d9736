import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { PeregrineError } from "@peregrine/core";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import { type RunningServer, readConfig, startServer } from "@peregrine/server";
import { connect, dataOf } from "../client.ts";
import { runActivation } from "../command/activation-run.ts";
import { apply } from "../command/apply.ts";
import { importFile } from "../command/import.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { BY_NPX } from "../invocation.ts";
import { count, type Output, streamOutput, table } from "../output.ts";
import { PAGES, startFailure, toldToStop } from "../serve.ts";
import type { Session } from "../session.ts";
import { agrees, type Comparison, compare, memberIds } from "./compare.ts";
import { FIRST_USER, LAST_USER, makeShop } from "./shop.ts";

export interface DemoOptions {
  /** Does everything once in a folder of its own, compares, prints the result, and ends. */
  readonly headless: boolean;
  /** Prints the summary alone, as one JSON value. */
  readonly json: boolean;
}

/** The definitions that the demo applies; they are also the example for people to read. */
const EXAMPLE = new URL("../../../../examples/shop", import.meta.url).pathname;
const ACTIVATION = "shop-ibexa";
const SEGMENT_GROUP = "shop_audiences";
/** Credentials of the sandbox alone, on this machine alone. */
const CLIENT_ID = "peregrine-demo";
const CLIENT_SECRET = "only-for-the-sandbox";
const SETUP_CODE = "demo-set-up-code";
/** Who signs in at the pages of the demo: of an invented shop, on this machine alone. */
const VISITOR = {
  name: "Demo",
  email: "demo@example.com",
  password: "peregrine-demo",
  role: "admin",
} as const;
const PORT = 7373;
const SANDBOX_PORT = 8090;
const LOOK_MS = 250;
/** What never becomes up to date within this time does not by waiting longer. */
const PATIENCE_MS = 5 * 60_000;

/** `npm run demo`: an invented shop, its audiences, and a stand-in for Ibexa that is brought in step. */
export async function demo(
  options: DemoOptions,
  environment: Readonly<Record<string, string | undefined>>,
  now: () => number,
): Promise<void> {
  // The demo runs in a checkout, where its programs are found by npx.
  const said = streamOutput(false, process.stdout, process.stderr, BY_NPX);
  const output = options.json ? { ...said, result: () => {} } : said;
  const began = now();
  const folder = await demoFolder(options.headless);
  const sandbox = await onFreePort(options.headless ? 0 : SANDBOX_PORT, (port) => openSandbox(port));
  try {
    const server = await onFreePort(options.headless ? 0 : PORT, (port) =>
      openServer(folder, port, environment),
    );
    try {
      const session = await signIn(server, sandbox, output);
      await fillShop(session, folder, now());
      const result = await bringInStep(session, sandbox, now);
      report(result, sandbox, output, (now() - began) / 1_000, options);
      if (!options.headless) {
        await showAround(server, sandbox, output, session.connection.token ?? "");
      }
      if (!result.comparisons.every(agrees)) {
        throw new CommandFailed(EXIT.failed, "Segments and audiences do not agree; the table says where.");
      }
    } finally {
      await server.close();
    }
  } finally {
    await sandbox.close();
    if (options.headless) await rm(folder, { recursive: true, force: true });
  }
}

async function demoFolder(headless: boolean): Promise<string> {
  if (headless) return mkdtemp(join(tmpdir(), "peregrine-demo-"));
  // The shop's year ends now, so that each start begins anew.
  const folder = resolve(".peregrine", "demo");
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Takes the wanted port, or any other when a program has it already. */
async function onFreePort<Started>(
  wanted: number,
  start: (port: number) => Promise<Started>,
): Promise<Started> {
  try {
    return await start(wanted);
  } catch (error) {
    const taken = error instanceof PeregrineError ? error.code === "portInUse" : hasCode(error, "EADDRINUSE");
    if (wanted === 0 || !taken) throw error instanceof PeregrineError ? startFailure(error) : error;
    return start(0);
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

function openSandbox(port: number): Promise<Sandbox> {
  return startSandbox({
    port,
    activations: [
      { clientId: CLIENT_ID, clientSecret: CLIENT_SECRET, segmentGroupIdentifier: SEGMENT_GROUP },
    ],
    segmentGroups: [{ identifier: SEGMENT_GROUP, name: "Audiences of the shop" }],
    users: { range: [FIRST_USER, LAST_USER] },
  });
}

function openServer(
  folder: string,
  port: number,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<RunningServer> {
  const config = readConfig({
    PEREGRINE_DATA: join(folder, "data"),
    PEREGRINE_PORT: String(port),
    PEREGRINE_SETUP_CODE: SETUP_CODE,
    PEREGRINE_LOG_LEVEL: environment["PEREGRINE_LOG_LEVEL"] ?? "warn",
  });
  return startServer({ config, pages: PAGES });
}

async function signIn(server: RunningServer, sandbox: Sandbox, output: Output): Promise<Session> {
  const stranger = connect({ url: server.url, token: undefined });
  const { token } = dataOf(
    await stranger.POST("/api/v1/setup", { body: { code: SETUP_CODE, name: "demo" } }),
  );
  const connection = { url: server.url, token };
  const api = connect(connection);
  dataOf(await api.POST("/api/v1/users", { body: VISITOR }));
  return {
    api,
    connection,
    output,
    environment: {
      CDP_ACTIVATION_CLIENT_ID: CLIENT_ID,
      CDP_ACTIVATION_CLIENT_SECRET: CLIENT_SECRET,
      CDP_WEBHOOK_URL: sandbox.webhookUrl,
    },
    pause: (ms) => new Promise((done) => setTimeout(done, ms)),
  };
}

async function fillShop(session: Session, folder: string, now: number): Promise<void> {
  session.output.note("An outdoor shop with a year of visits, baskets and orders:");
  // Whoever looks at the demo may change everything on its pages.
  await apply(session, {
    files: [EXAMPLE],
    dryRun: false,
    prune: false,
    destination: undefined,
    origin: "api",
  });
  const files = makeShop(now);
  for (const [dataflow, name, text] of [
    ["customers", "customers.csv", files.customers],
    ["newsletter", "newsletter.csv", files.newsletter],
    ["behaviour", "behaviour.csv", files.events],
  ] as const) {
    const path = join(folder, name);
    await writeFile(path, text);
    await importFile(session, dataflow, path);
  }
}

interface Result {
  readonly segments: readonly {
    readonly audienceId: string;
    readonly name: string;
    readonly size: number;
    readonly accepted: number;
    readonly waiting: number;
    readonly refused: number;
    readonly withoutIdentifier: number;
    readonly suppressed: number;
    readonly statusText: string;
  }[];
  readonly comparisons: readonly Comparison[];
}

/**
 * Runs the activation once more, now that all files are in, waits until every audience is up to date, and compares
 * the sandbox's segments with the audiences.
 */
async function bringInStep(session: Session, sandbox: Sandbox, now: () => number): Promise<Result> {
  const { api, output } = session;
  await runActivation(session, ACTIVATION);
  const path = { id: ACTIVATION };
  const until = now() + PATIENCE_MS;
  for (;;) {
    const status = dataOf(await api.GET("/api/v1/activations/{id}/status", { params: { path } }));
    const pending = status.segments.filter((segment) => segment.status !== "upToDate");
    if (pending.length === 0 && status.run?.state === "done") {
      const comparisons = await Promise.all(
        status.segments.map(async ({ audienceId }) =>
          compare(audienceId, await memberIds(api, audienceId, "userid"), sandbox.people(audienceId)),
        ),
      );
      return { segments: status.segments, comparisons };
    }
    if (now() > until) {
      const why =
        status.run?.error?.detail ??
        pending.map(({ name, statusText }) => `${name}: ${statusText}`).join("; ");
      throw new CommandFailed(EXIT.failed, `The segments did not come in step: ${why}`);
    }
    output.progress(`Bringing ${count(pending.length)} segments in step …`);
    await session.pause(LOOK_MS);
  }
}

function report(
  result: Result,
  sandbox: Sandbox,
  output: Output,
  seconds: number,
  { headless, json }: DemoOptions,
): void {
  const rows = result.segments.map((segment, index) => {
    const comparison = result.comparisons[index];
    const agreed = comparison !== undefined && agrees(comparison);
    return [
      segment.name,
      segment.size,
      segment.accepted,
      segment.waiting,
      segment.refused,
      segment.withoutIdentifier,
      comparison?.inSegment ?? 0,
      agreed ? "agrees" : `${comparison?.missing.length} missing, ${comparison?.surplus.length} too many`,
    ];
  });
  const header = [
    "Audience",
    "Size",
    "Accepted",
    "Waiting",
    "Refused",
    "No userid",
    "In Ibexa's segment",
    "Person by person",
  ];
  const { requests } = sandbox.totals();
  const summary = {
    audiences: result.segments.map(
      ({ audienceId, name, size, accepted, waiting, refused, withoutIdentifier }) => ({
        id: audienceId,
        name,
        size,
        accepted,
        waiting,
        refused,
        withoutIdentifier,
      }),
    ),
    requests,
    seconds: Math.round(seconds * 10) / 10,
  };
  output.result(summary, ["", ...table(header, rows), ""]);
  if (json) streamOutput(true, process.stdout, process.stderr).result(summary, []);
  else if (headless) output.result(summary, [JSON.stringify(summary)]);
}

async function showAround(
  server: RunningServer,
  sandbox: Sandbox,
  output: Output,
  token: string,
): Promise<void> {
  output.result(null, [
    `Open  ${server.url}`,
    `Sign in with  ${VISITOR.email}  and  ${VISITOR.password}`,
    "",
    `Ibexa's side, the sandbox with its segments and people:  ${sandbox.url}`,
    "",
    "By the command line, in another terminal:",
    `  export PEREGRINE_URL=${server.url} PEREGRINE_TOKEN=${token}`,
    "  peregrine audience list",
    "  peregrine audience preview ba5ce701",
    `  peregrine activation status ${ACTIVATION}`,
    "  peregrine profile show userid:1042",
    "",
    "Ctrl+C ends it.",
  ]);
  await toldToStop();
}
