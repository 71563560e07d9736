import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { remedyOf } from "../exit.ts";
import { faultLine, sentence, table } from "../output.ts";
import type { Session } from "../session.ts";
import { countLines } from "./import.ts";

type Import = components["schemas"]["Import"];

/** Where rows come from. */
export const IMPORT_SOURCES = ["file", "stream", "draft", "snapshot"] as const satisfies Import["source"][];
export type ImportSource = Import["source"];

/** The API gives so many at once. */
const PAGE = 200;

/** Imports, the newest first. */
export async function listImports(
  { api, output }: Session,
  {
    dataflow,
    source,
    limit,
  }: { readonly dataflow?: string; readonly source?: ImportSource; readonly limit: number },
): Promise<void> {
  const items: Import[] = [];
  for (let cursor: string | null | undefined; cursor !== null && items.length < limit; ) {
    const query = {
      limit: Math.min(PAGE, limit - items.length),
      ...(dataflow === undefined ? {} : { dataflow }),
      ...(source === undefined ? {} : { source }),
      ...(cursor === undefined ? {} : { cursor }),
    };
    const page = dataOf(await api.GET("/api/v1/imports", { params: { query } }));
    items.push(...page.items);
    cursor = page.next;
  }
  const lines =
    items.length === 0
      ? ["There are none. `peregrine import <dataflow> <file>` takes a file in."]
      : table(
          ["Id", "Dataflow", "File", "State", "Sent", "Rows", "Refused"],
          items.map(({ id, dataflowId, fileName, state, createdAt, counts }) => [
            String(id),
            dataflowId,
            fileName,
            state,
            createdAt,
            counts?.read ?? 0,
            counts?.refused ?? 0,
          ]),
        );
  output.result({ items }, lines);
}

/** One import with its numbers, and why nothing of it was published if so. */
export async function showImport({ api, output }: Session, id: number): Promise<void> {
  const record = dataOf(await api.GET("/api/v1/imports/{id}", { params: { path: { id } } }));
  const { error, counts, repeats } = record;
  output.result(record, [
    `Import ${id}: ${record.fileName} for ${record.dataflowId}, ${record.state}`,
    `  sent ${record.createdAt}, ended ${record.finishedAt ?? "not yet"}`,
    ...(repeats === null ? [] : [`  import ${repeats} brought the same file already; nothing changed`]),
    ...(counts === null ? [] : countLines(id, counts)),
    ...(error === null
      ? []
      : [`  ${sentence(error.detail)} ${remedyOf(error.code)}`.trimEnd(), ...error.faults.map(faultLine)]),
  ]);
}
