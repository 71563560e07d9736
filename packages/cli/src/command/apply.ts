import { adviceOn, dataOf, problemFailure, problemOf } from "../client.ts";
import { type FileDocument, readDefinitionFiles } from "../definition-files.ts";
import { CommandFailed } from "../exit.ts";
import { counted, faultLine } from "../output.ts";
import type { Session } from "../session.ts";

export interface ApplyOptions {
  readonly files: readonly string[];
  readonly dryRun: boolean;
  readonly prune: boolean;
  readonly destination: "same" | "different" | undefined;
  /** What becomes of the people of audiences that are taken off; unless told otherwise they are taken out. */
  readonly people?: "takeOut" | "leave" | undefined;
  /** `api`: what is applied is changed on the pages afterwards, and not in the files; unless told otherwise `file`. */
  readonly origin?: "api" | "file";
}

const SIGNS = { created: "+", changed: "~", deleted: "-", unchanged: " " } as const;

/** Brings definitions to what files say, or shows what that would change. */
export async function apply(session: Session, options: ApplyOptions): Promise<void> {
  const documents = await readDefinitionFiles(options.files, session.environment);
  const result = await send(session, documents, options);
  const { changes, left, dryRun, notes } = result;
  const lines = changes
    .filter(({ action }) => action !== "unchanged")
    .map(
      ({ action, kind, id, fields }) =>
        `${SIGNS[action]} ${kind} ${id}${fields.length > 0 ? `  ${fields.join(" ")}` : ""}`,
    );
  const number = (wanted: keyof typeof SIGNS) => changes.filter(({ action }) => action === wanted).length;
  const summary = `${number("created")} created, ${number("changed")} changed, ${number("deleted")} deleted, ${number("unchanged")} unchanged`;
  const kept =
    left.length === 0
      ? []
      : [
          `  ${counted(left.length, "definition")} of other files ${left.length === 1 ? "stays" : "stay"} as ${left.length === 1 ? "it is" : "they are"}; --prune --dry-run shows what pruning would delete`,
        ];
  session.output.result(result, [
    ...lines,
    ...notes.map(
      ({ kind, id, path, message }) => `! ${kind} ${id}${path === "" ? "" : ` ${path}`}: ${message}`,
    ),
    ...kept,
    dryRun ? `${summary} (nothing was changed: --dry-run)` : summary,
  ]);
}

async function send(session: Session, documents: readonly FileDocument[], options: ApplyOptions) {
  try {
    return dataOf(
      await session.api.POST("/api/v1/apply", {
        body: {
          documents: documents.map(({ value }) => value),
          dryRun: options.dryRun,
          prune: options.prune,
          origin: options.origin ?? "file",
          ...(options.destination === undefined ? {} : { destination: options.destination }),
          ...(options.people === undefined ? {} : { people: options.people }),
        },
      }),
    );
  } catch (error) {
    const problem = error instanceof CommandFailed ? problemOf(error) : undefined;
    if (problem === undefined) throw error;
    const faults = problem.faults.map((fault) => ({ ...fault, place: placeOf(fault.path, documents) }));
    const lines = faults.map(({ place, ...fault }) =>
      place === undefined ? faultLine(fault) : faultLine({ ...fault, path: `${place}: ${fault.path}` }),
    );
    const told = { ...problem, faults };
    throw problemFailure(told, [...lines, adviceOn(problem)]);
  }
}

/**
 * A fault's path begins with `/<kind> <id>` or `/document <n>`, from 1; the person looks for a file and a line.
 *
 * @returns `file:line`; undefined for what stands in none of the files
 */
export function placeOf(path: string, documents: readonly FileDocument[]): string | undefined {
  const [, head = "", rest = ""] = /^\/([^/]*)(?:\/(.*))?$/.exec(path) ?? [];
  const [kind = "", id = ""] = head.split(" ");
  const document =
    kind === "document"
      ? documents[Number(id) - 1]
      : documents.findLast(({ value }) => named(value, "kind") === kind && named(value, "id") === id);
  if (document === undefined) return undefined;
  const steps =
    rest === "" ? [] : rest.split("/").map((step) => step.replaceAll("~1", "/").replaceAll("~0", "~"));
  return `${document.file}:${document.lineOf(steps)}`;
}

function named(value: unknown, key: "kind" | "id"): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  return String(Object.entries(value).find(([name]) => name === key)?.[1]);
}
