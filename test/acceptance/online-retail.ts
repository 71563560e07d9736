import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { agrees, compare, connect, main, memberIds } from "@peregrine/cli";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import { readConfig, startServer } from "@peregrine/server";
import { plainMembers } from "./plain-members.ts";

// npm run accept:online-retail: a real data set the whole way, by the files of examples/online-retail and the
// command line, as a person would do it. The figures were computed outside the project, with two other engines.

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));
const DATA = process.env["PEREGRINE_TEST_DATA"] ?? join(ROOT, "../shared/data");
const FILE = join(DATA, "online-retail/online-retail.csv.gz");
const AS_OF = "2011-12-10T00:00:00Z";
const SETUP_CODE = "acceptance-set-up-code";
const ACTIVATION = "online-retail";
const AUDIENCES = [
  ["0a71c001", "audience: country is United Kingdom", 3_950],
  ["0a71c002", "audience: did buy within 30 days", 1_629],
  ["0a71c003", "audience: bought within 365 days, not within 90", 1_375],
  ["0a71c004", "audience: sum of quantity × unit price of buys ≥ 5,000", 265],
  ["0a71c005", "audience: first buy within 90 days", 969],
  ["0a71c006", "audience: 5 Christmas products from September to November", 395],
  ["0a71c007", "audience: in 0a71c004, not in 0a71c001", 46],
  ["0a71c008", "audience: last order a year ago, in the next 14 days", 52],
] as const;
const EXIT_NO_INPUT = 66;

interface Installation {
  readonly url: string;
  readonly token: string;
  readonly sandbox: Sandbox;
  readonly folder: string;
}

/** Lines of the table, and whether every one of them agrees. */
class Figures {
  disagreed = 0;

  /** One figure beside what it should be. */
  check(what: string, expected: number, ours: number): void {
    const agree = expected === ours;
    if (!agree) this.disagreed += 1;
    const number = (value: number) => value.toLocaleString("en-GB").padStart(9);
    console.log(`${agree ? "ok  " : "FAIL"} ${what.padEnd(62)} ${number(expected)} ${number(ours)}`);
  }
}

async function peregrine(installation: Installation, ...command: string[]): Promise<void> {
  const code = await main(["node", "peregrine", "--url", installation.url, ...command], {
    PEREGRINE_TOKEN: installation.token,
    HOME: installation.folder,
    CDP_ACTIVATION_CLIENT_ID: "acceptance",
    CDP_ACTIVATION_CLIENT_SECRET: "only-for-the-sandbox",
    CDP_WEBHOOK_URL: installation.sandbox.webhookUrl,
  });
  if (code !== 0) throw new Error(`peregrine ${command.join(" ")} ended with ${code}`);
}

async function figures(installation: Installation): Promise<number> {
  const { url, token, sandbox, folder } = installation;
  const api = connect({ url, token });
  await peregrine(installation, "apply", "-f", join(ROOT, "examples/online-retail"));
  await peregrine(installation, "import", "customers", FILE);
  await peregrine(installation, "import", "purchases", FILE);
  await peregrine(installation, "activation", "run", ACTIVATION);

  const table = new Figures();
  console.log(`\n     ${"what".padEnd(62)} ${"expected".padStart(9)} ${"ours".padStart(9)}`);
  const { data: imports } = await api.GET("/api/v1/imports", {
    params: { query: { dataflow: "purchases" } },
  });
  const counts = imports?.items[0]?.counts;
  table.check("order lines", 541_909, counts?.read ?? -1);
  table.check("lines that name nobody", 135_080, counts?.noIdentifier ?? -1);
  const { data: report } = await api.GET("/api/v1/identifiers/{id}/profiles", {
    params: { path: { id: "userid" } },
  });
  table.check("profiles", 4_372, report?.profiles ?? -1);
  const { data: catalog } = await api.GET("/api/v1/catalog");
  const events = new Map(catalog?.events.map(({ type, count }) => [type, count]));
  table.check("`buy` events", 397_924, events.get("buy") ?? -1);
  table.check("`return` events", 8_905, events.get("return") ?? -1);
  const members = new Map<string, Set<string>>();
  for (const [id, what, size] of AUDIENCES) {
    const { data: audience } = await api.GET("/api/v1/audiences/{id}", { params: { path: { id } } });
    table.check(what, size, audience?.size ?? -1);
    members.set(id, await memberIds(api, id, "userid"));
  }
  for (const [id, people] of await plainMembers(FILE)) {
    const ours = members.get(id) ?? new Set();
    const missing = [...people].filter((person) => !ours.has(person));
    const surplus = [...ours].filter((person) => !people.has(person));
    table.check(`people of ${id} in whom plain SQL differs`, 0, missing.length + surplus.length);
  }
  const compareAll = async (when: string) => {
    for (const [id] of AUDIENCES) {
      const comparison = compare(id, await memberIds(api, id, "userid"), sandbox.people(id));
      const wrong = comparison.missing.length + comparison.surplus.length;
      table.check(`people who differ in Ibexa's segment ${id}, ${when}`, 0, agrees(comparison) ? 0 : wrong);
    }
  };
  await compareAll("after the first run");

  const before = sandbox.totals().requests;
  await peregrine(installation, "activation", "run", ACTIVATION);
  table.check("requests of a second run", 0, sandbox.totals().requests - before);

  // One lapsed customer comes back: they leave "lapsed" and join "bought within 30 days", and nobody else moves.
  const lapsed = [...(members.get("0a71c003") ?? [])].sort()[0] ?? "";
  const more = join(folder, "one-more-day.csv");
  await writeFile(
    more,
    `InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n` +
      `581588,22423,REGENCY CAKESTAND 3 TIER,1,2011-12-09 18:00:00,12.75,${lapsed}.0,United Kingdom\n`,
  );
  await peregrine(installation, "import", "purchases", more);
  await peregrine(installation, "activation", "run", ACTIVATION);
  const moved = [...sandbox.histories()].filter(({ entries }) =>
    entries.some(({ request }) => request > before),
  );
  table.check("changes sent after one more import", 2, moved.length);
  table.check(
    "of these, about the person concerned",
    2,
    moved.filter(({ personId }) => personId === lapsed).length,
  );
  table.check("that person is in Ibexa's segment `lapsed`", 0, sandbox.isIn("0a71c003", lapsed) ? 1 : 0);
  table.check(
    "that person is in Ibexa's segment `bought within 30 days`",
    1,
    sandbox.isIn("0a71c002", lapsed) ? 1 : 0,
  );
  await compareAll("after one more import");
  return table.disagreed;
}

async function accept(): Promise<number> {
  if (!existsSync(FILE)) {
    console.log(`skipped: there is no ${FILE}; docs/online-retail.md says where the data set is to be had`);
    return EXIT_NO_INPUT;
  }
  const folder = await mkdtemp(join(tmpdir(), "peregrine-accept-"));
  const sandbox = await startSandbox({
    activations: [
      {
        clientId: "acceptance",
        clientSecret: "only-for-the-sandbox",
        segmentGroupIdentifier: "online_retail",
      },
    ],
    segmentGroups: [{ identifier: "online_retail" }],
    users: "any",
    keepHistory: true,
  });
  const server = await startServer({
    config: readConfig({
      PEREGRINE_DATA: join(folder, "data"),
      PEREGRINE_PORT: "0",
      PEREGRINE_SETUP_CODE: SETUP_CODE,
      PEREGRINE_AS_OF: AS_OF,
      PEREGRINE_LOG_LEVEL: "warn",
    }),
  });
  try {
    const stranger = connect({ url: server.url, token: undefined });
    const { data } = await stranger.POST("/api/v1/setup", { body: { code: SETUP_CODE, name: "acceptance" } });
    const disagreed = await figures({ url: server.url, token: data?.token ?? "", sandbox, folder });
    console.log(disagreed === 0 ? "\nall figures agree" : `\n${disagreed} figures disagree`);
    return disagreed === 0 ? 0 : 1;
  } finally {
    await server.close();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await accept();
