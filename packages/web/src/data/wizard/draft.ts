import { useCallback, useEffect, useState } from "react";
import type { DataflowStanding } from "../queries.ts";
import type { Mapping } from "./mapping.ts";

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
  /** The dataflow is there already as a draft, so that it could be given a stream id. */
  readonly isSaved: boolean;
  readonly mapping: Mapping | null;
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
  isSaved: false,
  mapping: null,
};
const KEY = "peregrine.dataflow-draft";

/** Of this window alone. A stream id is a secret and no part of it. */
function stored(): Draft {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(KEY) ?? "{}");
    return { ...EMPTY, ...(typeof read === "object" ? read : {}) };
  } catch (error) {
    if (error instanceof SyntaxError) return EMPTY;
    throw error;
  }
}

export type ChangeDraft = (patch: Partial<Draft>) => void;

/** The half-filled wizard, which survives a reload. */
export function useDraft() {
  const [draft, setDraft] = useState(stored);
  useEffect(() => sessionStorage.setItem(KEY, JSON.stringify(draft)), [draft]);
  const change: ChangeDraft = useCallback((patch) => setDraft((before) => ({ ...before, ...patch })), []);
  const forget = useCallback(() => {
    setDraft(EMPTY);
    sessionStorage.removeItem(KEY);
  }, []);
  return { draft, change, forget };
}
