import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { type Document, LineCounter, parseAllDocuments, visit } from "yaml";
import { CommandFailed, EXIT } from "./exit.ts";
import { reasonOf } from "./unreadable-file.ts";
import { yamlFaults } from "./yaml-fault.ts";
import { offsetOf } from "./yaml-place.ts";

/** One definition as it stands in a file. */
export interface FileDocument {
  readonly file: string;
  readonly value: unknown;
  /**
   * The line, from 1, on which what a path names stands; of the nearest thing around it when it is not there.
   *
   * @param path names and places, such as `["rule", "all", "0"]`
   */
  lineOf(path: readonly string[]): number;
}

type Environment = Readonly<Record<string, string | undefined>>;

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
  environment: Environment,
): Promise<FileDocument[]> {
  const files = [...new Set((await Promise.all(places.map(filesAt))).flat())];
  const faults: string[] = [];
  const documents: FileDocument[] = [];
  for (const file of files)
    documents.push(...documentsOf(file, await textOf(file, faults), environment, faults));
  if (faults.length > 0) {
    throw new CommandFailed(EXIT.badInput, "The files can't be read as definitions.", {
      lines: [...faults, "Correct the places named; nothing was sent."],
    });
  }
  if (documents.length === 0) {
    throw new CommandFailed(EXIT.noInput, `There are no definitions in ${places.join(", ")}.`, {
      lines: [
        "A definition is a YAML document with `kind` and `id`, in a file that ends in .yaml or .yml; see docs/getting-started.md.",
      ],
    });
  }
  return documents;
}

async function filesAt(place: string): Promise<string[]> {
  return reading(place, async () => {
    if (!(await stat(place)).isDirectory()) return [place];
    const names = await readdir(place);
    return names
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(place, name));
  });
}

async function textOf(file: string, faults: string[]): Promise<string> {
  const bytes = await reading(file, () => readFile(file));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    faults.push(`  ${file}: is not text in UTF-8, so it holds no definitions.`);
    return "";
  }
}

async function reading<Result>(place: string, read: () => Promise<Result>): Promise<Result> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    throw new CommandFailed(EXIT.noInput, `${place} can't be read: ${reasonOf(String(error.code))}.`, {
      lines: ["Check the path and that you may read it."],
    });
  }
}

function documentsOf(file: string, text: string, environment: Environment, faults: string[]): FileDocument[] {
  const lines = new LineCounter();
  const found: FileDocument[] = [];
  for (const document of parseAllDocuments(text, { lineCounter: lines, prettyErrors: false })) {
    if (!("errors" in document)) continue;
    const at = (offset: number | undefined) => lines.linePos(offset ?? 0).line;
    for (const fault of yamlFaults([...document.errors, ...document.warnings], lines)) {
      faults.push(`  ${file}:${fault}`);
    }
    if (document.errors.length > 0) continue;
    for (const { name, offset } of fillIn(document, environment)) {
      faults.push(`  ${file}:${at(offset)}: the environment has no ${name}.`);
    }
    const value = plainValue(document, (message) =>
      faults.push(`  ${file}:${at(document.contents?.range?.[0])}: ${message}.`),
    );
    if (value === null) continue;
    found.push({ file, value, lineOf: (path) => at(offsetOf(document, path)) });
  }
  return found;
}

/** @returns null for an empty document, and for one that was told to be wrong */
function plainValue(document: Document, wrong: (message: string) => void): unknown {
  try {
    return document.toJS() ?? null;
  } catch (error) {
    // An alias without its anchor, or one that grows without end.
    if (!(error instanceof ReferenceError)) throw error;
    wrong(error.message);
    return null;
  }
}

/** Puts the environment's values into a document's texts, and tells which are missing, and where. */
function fillIn(
  document: Document,
  environment: Environment,
): { name: string; offset: number | undefined }[] {
  const missing: { name: string; offset: number | undefined }[] = [];
  visit(document, {
    Scalar(_, scalar) {
      if (typeof scalar.value !== "string") return;
      scalar.value = scalar.value.replace(VARIABLE, (whole, name: string) => {
        const found = environment[name];
        if (found === undefined) missing.push({ name, offset: scalar.range?.[0] });
        return found ?? whole;
      });
    },
  });
  return missing;
}
