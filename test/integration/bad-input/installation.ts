import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Peregrine, startPeregrine } from "../harness/peregrine.ts";
import { type Outcome, peregrine, type Refusal, refused } from "./command.ts";

/** The file of an import that came to nothing stays for some days, so that it can be run again. */
const KEPT = /^import-\d+$/;

/** A server of a test file's own, and the command line that is signed in there. */
export interface Installation {
  readonly server: Peregrine;
  /** For files of the test; removed at the end. */
  readonly folder: string;
  /** What a command needs to reach the server. */
  readonly environment: Readonly<Record<string, string>>;
  run(...args: string[]): Promise<Outcome>;
  refused(...args: string[]): Promise<Refusal>;
  /** Brings definitions to what is given, and fails when that is refused. */
  define(...documents: readonly object[]): Promise<void>;
  /** All that bad input must leave as it was. */
  standing(): Promise<object>;
  close(): Promise<void>;
}

/**
 * Starts a real server in a folder of its own.
 *
 * @param place the folder, which stays when the server is closed; a new one unless it is given
 */
export async function startInstallation(
  environment: Record<string, string> = {},
  place?: string,
): Promise<Installation> {
  const folder = place ?? (await mkdtemp(join(tmpdir(), "peregrine-bad-")));
  const server = await startPeregrine({ folder, environment });
  const own = { HOME: folder, PEREGRINE_URL: server.url, PEREGRINE_TOKEN: server.token };
  const get = async (path: string) => (await server.call<object>("GET", path)).body;
  return {
    server,
    folder,
    environment: own,
    run: (...args) => peregrine(args, { environment: own, cwd: folder }),
    refused: (...args) => refused(args, { environment: own, cwd: folder }),
    async define(...documents) {
      const { status, body } = await server.call("POST", "/apply", { documents });
      if (status !== 200) throw new Error(`apply answered ${status}: ${JSON.stringify(body)}`);
    },
    async standing() {
      return {
        definitions: await get("/definitions?limit=500"),
        catalog: await get("/catalog"),
        identifiers: await get("/identifiers/userid/profiles"),
        uploads: (await readdir(join(folder, "data", "uploads"))).filter((name) => !KEPT.test(name)),
      };
    },
    async close() {
      await server.stop();
      if (place === undefined) await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Customers with a user id, an e-mail and a country. */
export const CUSTOMERS = [
  { kind: "identifier", id: "userid", normalise: ["trim"], priority: 100, limit: "one" },
  { kind: "identifier", id: "email", normalise: ["trim", "lowercase"], priority: 80, limit: "many" },
  {
    kind: "schema",
    id: "customers",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "email", type: "text", identifier: "email" },
      { name: "country", type: "text" },
      { name: "age", type: "number" },
    ],
  },
  {
    kind: "dataflow",
    id: "customers",
    schema: "customers",
    map: { userid: "id", email: "email", country: "country", age: "number(age)" },
  },
] as const;

export const HEADER = "id,email,country,age\n";

/** So many customers as CSV lines, numbered from `first`. */
export function customers(number: number, first = 1): string {
  return Array.from({ length: number }, (_, index) => {
    const id = first + index;
    return `${id},p${id}@example.com,${id % 2 === 0 ? "UK" : "Germany"},${20 + (id % 50)}\n`;
  }).join("");
}
