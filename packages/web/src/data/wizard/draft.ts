import { useCallback, useEffect, useRef, useState } from "react";
import type { Mapping, SavedAs } from "../mapping/mapping.ts";
import type { DataflowStanding } from "../queries.ts";
import type { StepName } from "./steps.ts";

export type Parent = NonNullable<DataflowStanding["parent"]>;
export type WriteMode = DataflowStanding["definition"]["write"];

/** What has been said of the new dataflow so far. */
export interface Draft {
  readonly name: string;
  /** Made of the name; fixed as soon as the dataflow is there. */
  readonly id: string;
  readonly parent: Parent;
  /** Of a schema that is there; empty: a new one is made. */
  readonly schema: string;
  /** Empty: it is found in the file. */
  readonly personIdentifier: string;
  readonly write: WriteMode;
  readonly source: "file" | "stream";
  /** Of the file, or of the rows that came as drafts; empty while there is none. */
  readonly sample: string;
  /** The dataflow as it is saved already, as a draft, so that it can be gone on with; null: nothing of it is. */
  readonly saved: Pick<DataflowStanding, "definition" | "version"> | null;
  /** What is saved has a mapping that was looked at, and not the least that a stream needs. */
  readonly isMapped: boolean;
  readonly mapping: Mapping | null;
  /** Where it was left. */
  readonly step: StepName;
}

const EMPTY: Draft = {
  name: "",
  id: "",
  parent: "PersonalData",
  schema: "",
  personIdentifier: "",
  write: "append",
  source: "file",
  sample: "",
  saved: null,
  isMapped: false,
  mapping: null,
  step: "general",
};
const KEY = "peregrine.dataflow-draft";

/** A new one has one place; each that is saved as a draft has its own, so that it can be gone on with. */
function keyOf(id: string | undefined): string {
  return id === undefined ? KEY : `${KEY}.${id}`;
}

/** Of this window alone. A stream id is a secret and no part of it. */
function stored(id: string | undefined): Draft | undefined {
  const text = sessionStorage.getItem(keyOf(id));
  if (text === null) return undefined;
  try {
    const read: unknown = JSON.parse(text);
    return typeof read === "object" ? { ...EMPTY, ...read } : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What this window has kept of the setting up of a dataflow that is saved as a draft. */
export function keptDraft(id: string): Draft | undefined {
  return stored(id);
}

/** Drops what this window has kept of a dataflow's setting up. */
export function dropDraft(id: string): void {
  sessionStorage.removeItem(keyOf(id));
}

function keep(draft: Draft): void {
  sessionStorage.setItem(keyOf(draft.saved === null ? undefined : draft.id), JSON.stringify(draft));
}

/** A saved dataflow as a draft of the wizard. */
export function draftOf(
  { definition, parent, version }: DataflowStanding,
  { isStream, sample }: { readonly isStream: boolean; readonly sample: string },
): Draft {
  const { id, name = id, schema, write, map } = definition;
  // For its stream id it was saved with the least that a dataflow must have.
  const isMapped = !isStream || version > 1 || Object.keys(map).length > 1;
  return {
    ...EMPTY,
    id,
    name,
    parent: parent ?? EMPTY.parent,
    schema,
    write,
    source: isStream ? "stream" : "file",
    sample,
    saved: { definition, version },
    isMapped,
    step: sample === "" ? "source" : isMapped ? "activate" : "mapping",
  };
}

/** Whether it is activated already, so that nothing of it is a draft any more. */
export function isActivated({ saved }: Pick<Draft, "saved">): boolean {
  return saved !== null && saved.definition.state !== "draft";
}

/** What the dataflow is saved as, in one state or another. */
export function savedAs({ name, write }: Draft, state: SavedAs["state"]): SavedAs {
  return { name: name.trim(), write, state };
}

export type ChangeDraft = (patch: Partial<Draft>) => void;

/** The half-filled wizard, which survives a reload. @param id of the dataflow that is gone on with */
export function useDraft(id: string | undefined) {
  const [draft, setDraft] = useState(() => (id === undefined ? (stored(undefined) ?? EMPTY) : EMPTY));
  const latest = useRef(draft);
  useEffect(() => {
    // As soon as a new one is saved it is kept in its own place.
    if (draft.saved !== null && latest.current.saved === null) sessionStorage.removeItem(KEY);
    latest.current = draft;
    if (draft !== EMPTY) keep(draft);
  }, [draft]);
  const change: ChangeDraft = useCallback((patch) => setDraft((before) => ({ ...before, ...patch })), []);
  const forget = useCallback(() => {
    const { saved, id: known } = latest.current;
    sessionStorage.removeItem(keyOf(saved === null ? undefined : known));
    setDraft(EMPTY);
  }, []);
  return { draft, change, forget };
}
