import { ERRORS } from "@peregrine/core";
import { CommanderError } from "commander";
import { afterEach, expect, test, vi } from "vitest";
import { asRun } from "./invocation.ts";
import { program } from "./program.ts";

type Commands = ReturnType<typeof program>;

/** A command that somebody without the program on the path could not copy. */
const BARE = /(?<!npx |\/)peregrine [a-z[-].*/g;

afterEach(() => {
  vi.restoreAllMocks();
});

function paths(command: Commands, path: readonly string[] = []): string[][] {
  return [[...path], ...command.commands.flatMap((one) => paths(one, [...path, one.name()]))];
}

async function help(path: readonly string[], environment: Record<string, string>): Promise<string> {
  const written: string[] = [];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => written.push(String(text)) > 0);
  const asked = program(environment).parseAsync(["node", "peregrine", ...path, "--help"]);
  await expect(asked).rejects.toThrow(CommanderError);
  vi.restoreAllMocks();
  return written.join("");
}

test("the help of every command names commands as this program was run", async () => {
  const all = paths(program({}));
  expect(all.length).toBeGreaterThan(50);
  for (const path of all) {
    const npx = await help(path, { npm_command: "run-script" });
    expect(npx.match(BARE), path.join(" ")).toBeNull();
    expect(npx).toContain(`Usage: npx ${["peregrine", ...path].join(" ")}`);
    expect(await help(path, {})).not.toContain("npx");
  }
});

test("every remedy of the table of errors names commands as this program was run", () => {
  const named = Object.values(ERRORS).map(({ remedy }) => asRun(remedy, "npx peregrine"));
  expect(named.filter((remedy) => remedy.includes("npx peregrine"))).not.toEqual([]);
  expect(named.flatMap((remedy) => remedy.match(BARE) ?? [])).toEqual([]);
});
