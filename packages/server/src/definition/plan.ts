import { isDeepStrictEqual } from "node:util";
import {
  type Definition,
  DefinitionSet,
  definitionKey,
  type Fault,
  faultIn,
  KINDS,
  type Kind,
} from "@peregrine/core";
import type { DefinitionRecord, Origin } from "../store/index.ts";

export type Action = "created" | "changed" | "unchanged" | "deleted";

/** What happens to one definition. */
export interface PlannedChange {
  readonly action: Action;
  /** As it will be; when it is deleted, as it was. */
  readonly body: Definition;
  /** As it is now; absent when it is created. */
  readonly before: Definition | undefined;
  /** Its number, unless it is new. */
  readonly number: number | undefined;
  /** JSON pointers of what differs; only of a changed one. */
  readonly fields: readonly string[];
}

export interface DefinitionPlan {
  /** In the order in which they are carried out: what is built on comes first, deletions last and backwards. */
  readonly changes: readonly PlannedChange[];
  /** All definitions as they will be. */
  readonly wanted: DefinitionSet;
  /** What came from files and stands in them no more, and stays because pruning was not asked for. */
  readonly left: readonly Definition[];
  readonly faults: readonly Fault[];
}

export interface PlanOptions {
  readonly origin: Origin;
  /** Also deletes what came from files and is not among the wanted. */
  readonly prune: boolean;
  /** What is to be deleted by name. */
  readonly remove?: readonly { readonly kind: Kind; readonly id: string }[];
  /** Keys of definitions that were given with faults of their own; they stay as they are. */
  readonly unreadable: ReadonlySet<string>;
  /** Names of secrets that get another value, by {@link definitionKey}. */
  readonly changedSecrets: ReadonlyMap<string, readonly string[]>;
}

/** Compares what is wanted with what is stored; pure. */
export function planChanges(
  stored: readonly DefinitionRecord[],
  wanted: readonly Definition[],
  options: PlanOptions,
): DefinitionPlan {
  const records = new Map(stored.map((record) => [definitionKey(record.kind, record.id), record]));
  const named = new Set(wanted.map(({ kind, id }) => definitionKey(kind, id)));
  const writes = wanted.map((body) => write(body, records.get(definitionKey(body.kind, body.id)), options));

  const remove = new Set((options.remove ?? []).map(({ kind, id }) => definitionKey(kind, id)));
  const live = stored.filter(({ state }) => state === "live");
  const unnamed = live.filter(({ kind, id }) => !named.has(definitionKey(kind, id)));
  const gone = unnamed.filter(({ kind, id, origin }) => {
    const key = definitionKey(kind, id);
    return remove.has(key) || (options.prune && origin === "file" && !options.unreadable.has(key));
  });
  const kept = unnamed.filter((record) => !gone.includes(record));
  const deletions = gone.map(
    ({ body, number }): PlannedChange => ({ action: "deleted", body, before: body, number, fields: [] }),
  );
  return {
    changes: [...inOrder(writes), ...inOrder(deletions).reverse()],
    wanted: new DefinitionSet([...kept.map(({ body }) => body), ...wanted]),
    left:
      options.origin === "file" ? kept.filter(({ origin }) => origin === "file").map(({ body }) => body) : [],
    faults: options.origin === "file" ? [] : fileFaults([...writes, ...deletions], records),
  };
}

function write(body: Definition, record: DefinitionRecord | undefined, options: PlanOptions): PlannedChange {
  const number = record?.number;
  if (record === undefined || record.state === "deleted") {
    return { action: "created", body, before: undefined, number, fields: [] };
  }
  const secrets = options.changedSecrets.get(definitionKey(body.kind, body.id)) ?? [];
  const takenOver = options.origin === "file" && record.origin === "api" ? ["/origin"] : [];
  const fields = [
    ...differences(record.body, body),
    ...secrets.map((name) => `/settings/${name}`),
    ...takenOver,
  ];
  const action = fields.length === 0 ? "unchanged" : "changed";
  return { action, body, before: record.body, number, fields };
}

/** What came from a file is changed there: else the next `apply` would take the change back. */
function fileFaults(
  changes: readonly PlannedChange[],
  records: ReadonlyMap<string, DefinitionRecord>,
): Fault[] {
  return changes
    .filter(({ action, body }) => {
      const record = records.get(definitionKey(body.kind, body.id));
      return (action === "changed" || action === "deleted") && record?.origin === "file";
    })
    .map(({ body: { kind, id } }) =>
      faultIn(kind, id, {
        path: "",
        message: "it stands in a file, and is changed there",
        remedy: "Edit the file and run `peregrine apply`; with `--prune` it also deletes.",
      }),
    );
}

function inOrder(changes: readonly PlannedChange[]): PlannedChange[] {
  return [...changes].sort((one, other) => KINDS.indexOf(one.body.kind) - KINDS.indexOf(other.body.kind));
}

/** JSON pointers of what differs between two objects: members of members, and lists as a whole. */
export function differences(before: object, after: object, path = ""): string[] {
  const then = new Map<string, unknown>(Object.entries(before));
  const now = new Map<string, unknown>(Object.entries(after));
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((name) => {
    const [one, other] = [then.get(name), now.get(name)];
    if (isDeepStrictEqual(one, other)) return [];
    const here = `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    return isObject(one) && isObject(other) ? differences(one, other, here) : [here];
  });
}

function isObject(value: unknown): value is object {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
