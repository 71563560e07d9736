import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

const PROGRAM = fileURLToPath(new URL("../../../packages/cli/bin/peregrine.js", import.meta.url));

/** What a command left behind. */
export interface Outcome {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Surroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Is told what the command says on standard error as it says it. */
  readonly hear?: (text: string) => void;
}

/** Runs the real command line in a process of its own, with an environment of its own, to its end. */
export async function peregrine(
  args: readonly string[],
  { environment = {}, cwd, hear = () => {} }: Surroundings,
): Promise<Outcome> {
  const child = spawn(process.execPath, [PROGRAM, ...args], {
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    // A command that hangs fails its test, and does not outlive it.
    timeout: 90_000,
    killSignal: "SIGKILL",
    ...(cwd === undefined ? {} : { cwd }),
  });
  const pieces = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (pieces.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    pieces.stderr += text;
    hear(text);
  });
  await once(child, "close");
  return { exit: child.exitCode, ...pieces };
}

/** A command that did not succeed, as `--json` tells it. */
export interface Refusal {
  readonly error: string;
  readonly exit: number;
  readonly code: string | null;
  readonly details: readonly string[];
  /** The message with its details, as a person reads it. */
  readonly text: string;
  /** Everything that stood on standard output, for what else it holds. */
  readonly json: Record<string, unknown>;
}

/**
 * Runs a command that must fail, and looks at what is the same for all of them: one JSON value on standard output,
 * the same message for people on standard error, the exit code in both, no trace of a stack.
 *
 * @param logs the command logs on standard error too, as `serve` does
 */
export async function refused(
  args: readonly string[],
  surroundings: Surroundings,
  logs = false,
): Promise<Refusal> {
  const { exit, stdout, stderr } = await peregrine([...args, "--json"], surroundings);
  const json = oneValue(stdout);
  const { error, exit: told, code, details } = json;
  if (typeof error !== "string" || !Array.isArray(details)) throw new Error(`no failure: ${stdout}${stderr}`);
  expect(told).toBe(exit);
  expect(code === null || typeof code === "string").toBe(true);
  const text = [error, ...details].join("\n");
  const said = stderr.split("\n").map((line) => line.trim());
  const lines = text.split("\n").map((line) => line.trim());
  if (logs) expect(said).toEqual(expect.arrayContaining(lines));
  else expect(said.filter((line) => line !== "")).toEqual(lines.filter((line) => line !== ""));
  expect(`${stdout}${stderr}`).not.toMatch(/^\s+at .+:\d+:\d+\)?$/m);
  expect(details.length, "it says what to do").toBeGreaterThan(0);
  return { error, exit: exit ?? -1, code: code === null ? null : String(code), details, text, json };
}

/** Standard output under `--json`: exactly one JSON value on one line. */
export function oneValue(stdout: string): Record<string, unknown> {
  expect(stdout.endsWith("\n")).toBe(true);
  const value: unknown = JSON.parse(stdout);
  expect(stdout.trimEnd()).not.toContain("\n");
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error(stdout);
  return Object.fromEntries(Object.entries(value));
}
