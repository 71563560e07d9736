import { execFileSync } from "node:child_process";
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
