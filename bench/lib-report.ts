import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

/** The machine that the numbers were taken on. */
export function machine(): string {
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${cpus()[0]?.model.trim() ?? "unknown"}, ${memory} GB, Node ${process.version}`;
}

/** The commit that was measured; "unknown" outside a repository, with a mark when files differ from it. */
export function commit(): string {
  try {
    const git = (...args: string[]) =>
      execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    const head = git("rev-parse", "--short", "HEAD");
    const changed = git("status", "--porcelain") !== "";
    return changed ? `${head}+changes` : head;
  } catch {
    return "unknown";
  }
}

/** Samples this process's resident memory until `end` gives the highest value, in MB. */
export function watchMemory(): { end(): number } {
  let peak = 0;
  const sample = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  sample();
  const timer = setInterval(sample, 200);
  return {
    end() {
      clearInterval(timer);
      sample();
      return Math.round(peak / 1024 ** 2);
    },
  };
}

/** Seconds of processor time (user and system) that another process has taken so far; 0 where the system does not say. */
export function processorSeconds(pid: number | undefined): number {
  const path = `/proc/${pid}/stat`;
  if (pid === undefined || !existsSync(path)) return 0;
  // The program's name stands in brackets and may hold anything; the 14th and 15th field count hundredths.
  const fields = readFileSync(path, "utf8").split(") ").at(-1)?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The one in the middle; of an even number the mean of the two there. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.slice(Math.floor((sorted.length - 1) / 2), Math.floor(sorted.length / 2) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

/** A number as it is printed. */
export function rounded(value: number, places = 2): number {
  return Number(value.toFixed(places));
}

/** Seconds that something took. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
