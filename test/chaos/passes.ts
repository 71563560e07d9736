import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { type Installation, pause } from "./installation.ts";

/** Where an evaluation in passes is, as its engine tells it. */
interface PassesUnderWay {
  /** The table that the passes fill. */
  readonly table: string;
  /** So many passes are in it. */
  readonly done: number;
  /** So many run. */
  readonly running: number;
}

/** Looks at the passes of an installation's evaluations past its server, and counts the kills that fell among them. */
export class PassesWatch {
  /** Of each such kill how many passes were done and how many ran, as last seen before it. */
  readonly cutOff: string[] = [];
  readonly #installation: Installation;
  #seen: PassesUnderWay | undefined;

  constructor(installation: Installation) {
    this.#installation = installation;
  }

  /** Waits for the next moment at which passes run; false when the evaluation is over before. */
  async run(evaluation: number): Promise<boolean> {
    const pid = await this.#installation.enginePid();
    for (let tries = 0; ; tries += 1) {
      this.#seen = await passesUnderWay(this.#installation.dataFolder, pid);
      if (this.#seen !== undefined && this.#seen.running > 0) return true;
      if (tries % LOOKS_PER_ASKING === 0) {
        if ((await this.#installation.underWay("evaluation")) !== evaluation) return false;
      }
      await pause(LOOK_MS);
    }
  }

  /** Notes whether what has just been killed was among passes: their table stands as it was last seen. */
  killed(): void {
    if (this.#seen === undefined) return;
    const { table, done, running } = this.#seen;
    this.#seen = undefined;
    if (!tablesOfPasses(this.#installation.dataFolder).includes(table)) return;
    this.cutOff.push(`${done} done, ${running} running`);
  }
}

const LOOK_MS = 5;
const LOOKS_PER_ASKING = 10;
const TABLE = /^(rule_passes_\d+)\.sql$/;

/** The tables of passes that an engine has, or had when it died. */
function tablesOfPasses(dataFolder: string): string[] {
  return readdirSync(join(dataFolder, "engine", "metadata", "peregrine")).flatMap((file) => {
    const [, table] = TABLE.exec(file) ?? [];
    return table === undefined ? [] : [table];
  });
}

/** Undefined when no evaluation is in passes now. */
async function passesUnderWay(dataFolder: string, enginePid: number): Promise<PassesUnderWay | undefined> {
  // The latest: one that an engine's death left stays beside it until the next start.
  const table = tablesOfPasses(dataFolder).toSorted((a, b) => operationOf(b) - operationOf(a))[0];
  if (table === undefined) return undefined;
  // A pass that is done has left its row of profile 0.
  const answer = await asked(
    enginePid,
    `SELECT (SELECT count() FROM ${table} WHERE profile = 0) AS done,
      (SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO ${table} %') AS running
    FORMAT TabSeparated`,
  );
  const [done, running] = answer?.split("\t").map(Number) ?? [];
  return done === undefined || running === undefined ? undefined : { table, done, running };
}

function operationOf(table: string): number {
  return Number(table.slice("rule_passes_".length));
}

/** The engine's answer; undefined when it refuses, as it does of a table that was dropped meanwhile. */
function asked(enginePid: number, sql: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(
      { socketPath: socketOf(enginePid), method: "POST", path: "/?database=peregrine", agent: false },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (part: string) => {
          text += part;
        });
        response.once("end", () => resolve(response.statusCode === 200 ? text.trim() : undefined));
        response.once("error", reject);
      },
    );
    asking.once("error", reject);
    asking.end(sql);
  });
}

/** The socket that a process listens on. */
function socketOf(pid: number): string {
  const held = new Set(
    readdirSync(`/proc/${pid}/fd`).flatMap((file) => {
      try {
        return [/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${file}`))?.[1]];
      } catch {
        return [];
      }
    }),
  );
  for (const line of readFileSync("/proc/net/unix", "utf8").split("\n")) {
    const [, , , , , , inode, path] = line.split(" ").filter((field) => field !== "");
    if (path?.endsWith("/engine.sock") && held.has(inode)) return path;
  }
  throw new Error(`the process ${pid} has no socket of an engine`);
}
