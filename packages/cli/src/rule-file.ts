import type { components } from "./api.gen.ts";
import { adviceOn, problemFailure, problemOf } from "./client.ts";
import { type FileDocument, readDefinitionFiles } from "./definition-files.ts";
import { CommandFailed, EXIT } from "./exit.ts";
import { faultLine } from "./output.ts";

type Rule = components["schemas"]["Rule"];

/** A rule that stands in a file. */
export interface RuleInFile {
  /** As it stands there: what is wrong with it is found by the server. */
  readonly rule: Rule;
  /** Gives the faults of the rule, which the API tells below the rule, their lines in the file. */
  placed(error: unknown): unknown;
}

/**
 * Reads a rule: the file holds it alone, or an audience with it.
 *
 * @param id which of several audiences in the file is meant
 * @throws CommandFailed
 */
export async function readRule(
  file: string,
  environment: Readonly<Record<string, string | undefined>>,
  id: string | undefined,
): Promise<RuleInFile> {
  const documents = await readDefinitionFiles([file], environment);
  const found = documents.map((document) => ({ document, ...ruleOf(document.value) }));
  const wanted = found.filter((one) => one.id === undefined || id === undefined || one.id === id);
  const [only] = wanted;
  if (only === undefined || wanted.length > 1) {
    throw new CommandFailed(EXIT.badInput, `${file} does not hold one rule.`, {
      lines: ["Give a file with one rule, or with one audience, or the id of one of its audiences."],
    });
  }
  return { rule: only.rule as Rule, placed: (error) => placed(error, only.document, only.steps) };
}

interface Found {
  readonly rule: unknown;
  readonly id: string | undefined;
  /** Where the rule stands in the document. */
  readonly steps: readonly string[];
}

function ruleOf(value: unknown): Found {
  if (typeof value !== "object" || value === null || !("kind" in value)) {
    return { rule: value, id: undefined, steps: [] };
  }
  const rule = "rule" in value ? value.rule : undefined;
  return { rule, id: "id" in value ? String(value.id) : "", steps: ["rule"] };
}

function placed(error: unknown, { file, lineOf }: FileDocument, steps: readonly string[]): unknown {
  const problem = error instanceof CommandFailed ? problemOf(error) : undefined;
  if (problem?.code !== "ruleInvalid") return error;
  const faults = problem.faults.map((fault) => {
    const below = fault.path.split("/").slice(1);
    const names = below.map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
    return { ...fault, place: `${file}:${lineOf([...steps, ...names])}` };
  });
  const lines = faults.map(({ place, ...fault }) => faultLine({ ...fault, path: `${place}: ${fault.path}` }));
  return problemFailure({ ...problem, faults }, [...lines, adviceOn(problem)]);
}
