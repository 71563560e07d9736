import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, expect, it } from "vitest";
import { peregrine } from "../bad-input/command.ts";
import { CUSTOMERS, customers, HEADER } from "../bad-input/installation.ts";
import { type Peregrine, startPeregrine } from "../harness/peregrine.ts";

const CLIENT_SECRET = "client-s3cret-for-nobody-else";
const WRONG_SECRET = "wr0ng-s3cret-for-nobody-else";
const SETUP_CODE = "set-up-code-of-the-tests";

let folder: string;
let sandbox: Sandbox;
let server: Peregrine | undefined;
/** Everything that anybody was told: answers of the API, output of commands. */
const told: string[] = [];
/** The tokens that were made, and the other secrets. */
const secrets = [CLIENT_SECRET, WRONG_SECRET, SETUP_CODE];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "peregrine-secrets-"));
  sandbox = await startSandbox({
    activations: [{ clientId: "shop", clientSecret: CLIENT_SECRET, segmentGroupIdentifier: "cdp" }],
    segmentGroups: [{ identifier: "cdp" }],
    users: "any",
  });
});
afterAll(async () => {
  await server?.stop();
  await sandbox?.close();
  await rm(folder, { recursive: true, force: true });
});

const activation = (clientSecret: string) => ({
  kind: "activation",
  id: "shop",
  name: "Shop",
  type: "ibexa",
  personIdentifier: "userid",
  settings: { baseUrl: sandbox.webhookUrl, clientId: "shop", clientSecret, segmentGroupIdentifier: "cdp" },
  audiences: ["a0000001"],
});

async function files(at: string): Promise<string[]> {
  const found = await readdir(at, { recursive: true, withFileTypes: true });
  return found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

it("no secret shows up in logs, answers, errors, addresses or files, whatever is done with it", async () => {
  const running = await startPeregrine({ folder, environment: { PEREGRINE_LOG_LEVEL: "trace" } });
  server = running;
  secrets.push(running.token);
  const environment = { HOME: folder, PEREGRINE_URL: running.url, PEREGRINE_TOKEN: running.token };
  const run = async (...args: string[]) => {
    const outcome = await peregrine(args, { environment, cwd: folder });
    told.push(outcome.stdout, outcome.stderr);
    return outcome;
  };
  const call = async (method: string, path: string, body?: object) => {
    const answer = await running.call<unknown>(method, path, body);
    told.push(JSON.stringify(answer.body));
    return answer;
  };

  // Everything once, with the right secret and with a wrong one.
  const documents = [
    ...CUSTOMERS,
    { kind: "audience", id: "a0000001", name: "All", rule: { everyone: true } },
  ];
  expect((await call("POST", "/apply", { documents: [...documents, activation(WRONG_SECRET)] })).status).toBe(
    200,
  );
  await writeFile(join(folder, "customers.csv"), HEADER + customers(5));
  expect((await run("import", "customers", "customers.csv")).exit).toBe(0);
  expect((await run("activation", "run", "shop")).exit).toBe(77);
  expect((await call("POST", "/apply", { documents: [activation(CLIENT_SECRET)] })).status).toBe(200);
  expect((await run("activation", "run", "shop")).exit).toBe(0);
  for (const args of [
    ["activation", "show", "shop", "--json"],
    ["activation", "status", "shop", "--json"],
    ["token", "list", "--json"],
    ["login", "--setup-code", SETUP_CODE],
    ["login", "--setup-code", `${SETUP_CODE}-wrong`],
  ])
    await run(...args);
  for (const path of [
    "/definitions?limit=500",
    "/definitions/activation/shop",
    "/activations",
    "/activations/shop/runs",
    "/tokens",
    "/status",
    "/imports",
  ])
    await call("GET", path);
  // A body that is refused is not repeated, and neither is one that is no JSON at all.
  await call("POST", "/apply", { documents: [{ ...activation(CLIENT_SECRET), personIdentifier: "nobody" }] });
  await call("POST", "/apply", {
    documents: [{ ...activation(CLIENT_SECRET), surplus: CLIENT_SECRET.length }],
  });
  const broken = await fetch(`${running.url}/api/v1/apply`, {
    method: "POST",
    headers: { Authorization: `Bearer ${running.token}`, "Content-Type": "application/json" },
    body: `{"clientSecret": "${CLIENT_SECRET}`,
  });
  told.push(await broken.text());

  // A new token is told once, and nowhere else.
  const made = await running.call<{ id: string; token: string }>("POST", "/tokens", {
    name: "n",
    role: "viewer",
  });
  secrets.push(made.body.token);
  await call("GET", "/tokens");
  await call("DELETE", `/tokens/${made.body.id}`);
  expect(await running.stop()).toBe(0);
  server = undefined;

  const key = (await readFile(join(folder, "data", "secret.key"), "utf8")).trim();
  const places = new Map<string, string>([
    ["the server's standard error", running.stderr()],
    ["what was answered and printed", told.join("\n")],
    ["the sandbox's addresses", JSON.stringify(sandbox.totals())],
  ]);
  for (const file of await files(join(folder, "data"))) {
    // Compressed columns would hide it: the engine's files are looked at as far as they are plain.
    const text = await readFile(file, "latin1");
    places.set(file, file.endsWith("secret.key") ? "" : text);
  }
  expect(running.stderr().length, "the server logs at the level trace").toBeGreaterThan(200);
  for (const [place, text] of places) {
    for (const secret of [...secrets, key]) {
      const found = text.indexOf(secret);
      expect(found, `${place} holds a secret: ${text.slice(Math.max(0, found - 80), found)}`).toBe(-1);
    }
  }
});
