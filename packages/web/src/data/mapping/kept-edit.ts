import { useCallback, useEffect, useState } from "react";
import type { DataflowStanding } from "../queries.ts";
import type { Mapping } from "./mapping.ts";

/** A mapping that is being changed. */
export interface MappingEdit {
  /** The dataflow as it was when the editing began: what others save meanwhile is told, not overwritten. */
  readonly began: Pick<DataflowStanding, "definition" | "version">;
  /** By whose rows it is shown; empty while there is none. */
  readonly sample: string;
  /** Null while there is no sample. */
  readonly mapping: Mapping | null;
}

function keyOf(id: string): string {
  return `peregrine.mapping.${id}`;
}

function beginning({ definition, version }: MappingEdit["began"]): MappingEdit {
  return { began: { definition, version }, sample: "", mapping: null };
}

function stored(dataflow: DataflowStanding): MappingEdit {
  try {
    const read: unknown = JSON.parse(sessionStorage.getItem(keyOf(dataflow.definition.id)) ?? "null");
    return typeof read === "object" && read !== null
      ? { ...beginning(dataflow), ...read }
      : beginning(dataflow);
  } catch (error) {
    if (error instanceof SyntaxError) return beginning(dataflow);
    throw error;
  }
}

/** What is being changed, which survives a reload of this window. */
export function useMappingEdit(dataflow: DataflowStanding) {
  const { id } = dataflow.definition;
  const [edit, setEdit] = useState(() => stored(dataflow));
  useEffect(() => sessionStorage.setItem(keyOf(id), JSON.stringify(edit)), [id, edit]);
  const change = useCallback(
    (patch: Partial<MappingEdit>) => setEdit((before) => ({ ...before, ...patch })),
    [],
  );
  /** Begins with what is saved, and the rows that are looked at stay. */
  const begin = useCallback(
    (of: MappingEdit["began"]) => setEdit(({ sample }) => ({ ...beginning(of), sample })),
    [],
  );
  const forget = useCallback(() => sessionStorage.removeItem(keyOf(id)), [id]);
  return { edit, change, begin, forget };
}
