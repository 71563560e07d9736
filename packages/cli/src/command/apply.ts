import { dataOf } from "../client.ts";
import { type FileDocument, readDefinitionFiles } from "../definition-files.ts";
import { CommandFailed } from "../exit.ts";
import type { Session } from "../session.ts";

export interface ApplyOptions {
  readonly files: readonly string[];
  readonly dryRun: boolean;
  readonly prune: boolean;
  readonly destination: "same" | "different" | undefined;
}

const SIGNS = { created: "+", changed: "~", deleted: "-", unchanged: " " } as const;

/** Brings definitions to what files say, or shows what that would change. */
export async function apply(session: Session, options: ApplyOptions): Promise<void> {
  const documents = await readDefinitionFiles(options.files, session.environment);
  const result = await send(session, documents, options);
  const { changes, left, dryRun } = result;
  const lines = changes
    .filter(({ action }) => action !== "unchanged")
    .map(
      ({ action, kind, id, fields }) =>
        `${SIGNS[action]} ${kind} ${id}${fields.length > 0 ? `  ${fields.join(" ")}` : ""}`,
    );
  const number = (wanted: keyof typeof SIGNS) => changes.filter(({ action }) => action === wanted).length;
  const summary = `${number("created")} created, ${number("changed")} changed, ${number("deleted")} deleted, ${number("unchanged")} unchanged`;
  const kept = left.map(({ kind, id }) => `  ${kind} ${id} stands in no file any more; --prune deletes it`);
  session.output.result(result, [
    ...lines,
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
          origin: "file",
          ...(options.destination === undefined ? {} : { destination: options.destination }),
        },
      }),
    );
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const lines = error.lines.map((line) => placed(line, documents));
    throw new CommandFailed(error.exit, error.message, lines, error.problem);
  }
}

/** A fault's path begins with `/<kind> <id>/` or `/documents/<n>/`; the person looks for a file and a line. */
function placed(line: string, documents: readonly FileDocument[]): string {
  const [, kind, id] = /^\s*\/([a-z]+) ([^/:\s]+)/.exec(line) ?? [];
  const [, index] = /^\s*\/documents\/(\d+)/.exec(line) ?? [];
  const document =
    index === undefined
      ? documents.find(({ value }) => named(value, "kind") === kind && named(value, "id") === id)
      : documents[Number(index)];
  return document === undefined ? line : `  ${document.file}:${document.line}: ${line.trim()}`;
}

function named(value: unknown, key: "kind" | "id"): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  return String(Object.entries(value).find(([name]) => name === key)?.[1]);
}
