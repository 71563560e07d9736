import type { Dataflow } from "@peregrine/core";
import { differences } from "../definition/index.ts";
import { type DefinitionVersion, type ImportRecord, Keyset, type Page, type Store } from "../store/index.ts";

/** One thing that happened to a dataflow. */
export interface Activity {
  /** Milliseconds UTC. */
  readonly at: number;
  readonly by: string | null;
  readonly what: "created" | "changed" | "activated" | "paused" | "resumed" | "deleted" | "import";
  /** Of the definition, after it. */
  readonly version: number | null;
  /** JSON pointers of what was changed. */
  readonly fields: readonly string[];
  readonly import: Pick<ImportRecord, "id" | "fileName" | "state" | "counts" | "againOf"> | null;
}

/** Entries of one instant: the definition's before the imports'. */
const IMPORT = 0;
const VERSION = 1;

/**
 * What happened to a dataflow, the latest first: who changed what, and the files that came. Imports stand where they
 * came, with what has become of them since.
 *
 * @throws PeregrineError `cursorInvalid`
 */
export async function activityLog(
  store: Store,
  id: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string | undefined },
): Promise<Page<Activity>> {
  const keyset = new Keyset(`dataflow-log/${id}`, ["number", "number", "number"]);
  const after = keyset.after(cursor);
  const [imports, versions] = await Promise.all([
    store.imports.before(
      id,
      after && { at: after[0], id: after[1] === IMPORT ? after[2] : Number.MAX_SAFE_INTEGER },
      limit + 1,
    ),
    // One more, to compare the last with.
    store.definitions.versions("dataflow", id, {
      limit: limit + 2,
      ...(after === undefined
        ? {}
        : { until: { at: after[0], version: after[1] === VERSION ? after[2] : 0 } }),
    }),
  ]);
  const entries = [
    ...imports.map((record) => ({
      key: [record.createdAt, IMPORT, record.id] as const,
      entry: ofImport(record),
    })),
    ...versions.slice(0, limit + 1).map((version, index) => ({
      key: [version.at, VERSION, version.version] as const,
      entry: ofVersion(version, versions[index + 1]),
    })),
  ].sort((one, other) => compare(other.key, one.key));
  const page = keyset.page(entries, limit, ({ key }) => [...key]);
  return { ...page, items: page.items.map(({ entry }) => entry) };
}

function compare(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  return at === -1 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
}

function ofImport({ createdAt, sentBy, id, fileName, state, counts, againOf }: ImportRecord): Activity {
  const record = { id, fileName, state, counts, againOf };
  return { at: createdAt, by: sentBy, what: "import", version: null, fields: [], import: record };
}

function ofVersion(
  { at, by, version, body }: DefinitionVersion<Dataflow>,
  before: DefinitionVersion<Dataflow> | undefined,
): Activity {
  const then = before?.body ?? null;
  const entry = { at, by, version, import: null };
  if (body === null) return { ...entry, what: "deleted", fields: [] };
  if (then === null) return { ...entry, what: "created", fields: [] };
  const fields = differences(then, body);
  if (then.state === body.state) return { ...entry, what: "changed", fields };
  const turned = {
    draft: "changed",
    paused: "paused",
    active: then.state === "draft" ? "activated" : "resumed",
  } as const;
  return { ...entry, what: turned[body.state], fields };
}
