import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LineCounter, parseAllDocuments } from "yaml";
import { CommandFailed, EXIT } from "./exit.ts";

/** One definition as it stands in a file. */
export interface FileDocument {
  readonly file: string;
  /** Where the document begins, from 1. */
  readonly line: number;
  readonly value: unknown;
}

/** What may be missing in the environment: a place in a document that names a variable. */
const VARIABLE = /\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/**
 * The documents of YAML files, `${NAME}` replaced from the environment.
 *
 * @param places files, or folders whose `.yaml` and `.yml` files are read in the order of their names
 * @throws CommandFailed with every fault of every file
 */
export async function readDefinitionFiles(
  places: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Promise<FileDocument[]> {
  const files = (await Promise.all(places.map(filesAt))).flat();
  const faults: string[] = [];
  const documents: FileDocument[] = [];
  for (const file of files) {
    const lines = new LineCounter();
    for (const document of parseAllDocuments(await readFile(file, "utf8"), { lineCounter: lines })) {
      if (!("errors" in document)) continue;
      const line = lines.linePos(document.contents?.range?.[0] ?? document.range?.[0] ?? 0).line;
      for (const error of [...document.errors, ...document.warnings]) {
        faults.push(`  ${file}:${error.linePos?.[0].line ?? line}: ${error.message.split("\n")[0] ?? ""}`);
      }
      const value: unknown = document.errors.length === 0 ? document.toJS() : null;
      if (value === null) continue;
      const missing = new Set<string>();
      documents.push({ file, line, value: fillIn(value, environment, missing) });
      for (const name of missing) faults.push(`  ${file}:${line}: the environment has no ${name}`);
    }
  }
  if (faults.length > 0) {
    throw new CommandFailed(EXIT.badInput, "The files can't be read as definitions.", [
      ...faults,
      "Correct the places named; nothing was sent.",
    ]);
  }
  if (documents.length === 0) {
    throw new CommandFailed(EXIT.noInput, `There are no definitions in ${places.join(", ")}.`, [
      "A definition is a YAML document with `kind` and `id`; see docs/getting-started.md.",
    ]);
  }
  return documents;
}

async function filesAt(place: string): Promise<string[]> {
  try {
    if (!(await stat(place)).isDirectory()) return [place];
    const names = await readdir(place);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(place, name));
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "EACCES")) {
      throw new CommandFailed(EXIT.noInput, `${place} can't be read: ${error.message}.`);
    }
    throw error;
  }
}

function fillIn(
  value: unknown,
  environment: Readonly<Record<string, string | undefined>>,
  missing: Set<string>,
): unknown {
  if (typeof value === "string") {
    return value.replace(VARIABLE, (whole, name: string) => {
      const found = environment[name];
      if (found === undefined) missing.add(name);
      return found ?? whole;
    });
  }
  if (Array.isArray(value)) return value.map((item) => fillIn(item, environment, missing));
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, fillIn(item, environment, missing)]),
    );
  }
  return value;
}
