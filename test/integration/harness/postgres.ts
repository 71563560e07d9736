import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import pg from "pg";

/** A PostgreSQL of the test's own, reachable by a socket in a folder that nobody else knows. */
export interface PostgresCluster {
  /** A new, empty database; its DATABASE_URL. */
  createDatabase(): Promise<string>;
  /** The rows of one statement, by a connection of its own. */
  query(url: string, statement: string): Promise<unknown[]>;
  /** Ends the server at once: its clients see their connections break. */
  crash(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const USER = "peregrine";

/** Makes and starts a cluster. It is for tests only: nothing is synced to disk. */
export async function startPostgres(): Promise<PostgresCluster> {
  const programs = execFileSync(process.execPath, [script("postgres.mjs"), "--find"], {
    encoding: "utf8",
  }).trim();
  const folder = mkdtempSync(join(tmpdir(), "peregrine-pg-"));
  const owner = unprivilegedUser();
  if (owner !== undefined) chownSync(folder, owner.uid, owner.gid);
  const options = { cwd: folder, env: { PATH: process.env["PATH"], LC_ALL: "C" }, ...owner };
  const data = join(folder, "data");

  execFileSync(
    join(programs, "initdb"),
    ["-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  );

  let server: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    const settings = ["fsync=off", "full_page_writes=off", "listen_addresses=", "max_connections=50"];
    server = spawn(
      join(programs, "postgres"),
      ["-D", data, "-k", folder, ...settings.flatMap((setting) => ["-c", setting])],
      { ...options, stdio: ["ignore", "ignore", "pipe"] },
    );
    await ready(server);
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const running = server;
    server = undefined;
    if (running === undefined || running.exitCode !== null) return;
    const gone = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await gone;
  };
  const endWithUs = () => server?.kill("SIGQUIT");
  process.once("exit", endWithUs);
  await start();

  const url = (database: string) =>
    `postgres://${USER}@localhost/${database}?host=${encodeURIComponent(folder)}`;
  let databases = 0;
  return {
    createDatabase: async () => {
      const name = `test_${++databases}`;
      await query(url("postgres"), `create database ${name}`);
      return url(name);
    },
    query,
    crash: () => end("SIGQUIT"),
    start,
    stop: async () => {
      await end("SIGINT");
      process.off("exit", endWithUs);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

/** Resolves when the server takes connections, and rejects with what it said when it ends before. */
async function ready(server: ChildProcess): Promise<void> {
  const said: string[] = [];
  if (server.stderr === null) throw new Error("PostgreSQL was started without its stderr");
  const lines = createInterface({ input: server.stderr });
  await new Promise<void>((resolve, reject) => {
    lines.on("line", (line) => {
      if (said.length < 50) said.push(line);
      if (line.includes("ready to accept connections")) resolve();
    });
    server.once("error", reject);
    server.once("exit", (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${said.join("\n")}`)));
  });
}

/** PostgreSQL refuses to run as root: its own user where there is one, else nobody. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    const id = (flag: string) =>
      Number(execFileSync("id", [flag, name], { stdio: ["ignore", "pipe", "ignore"] }));
    try {
      return { uid: id("-u"), gid: id("-g") };
    } catch {
      // There is no such user; the next one.
    }
  }
  throw new Error("PostgreSQL does not run as root, and there is neither a user postgres nor nobody.");
}

function script(name: string): string {
  return fileURLToPath(new URL(`../../../scripts/${name}`, import.meta.url));
}
