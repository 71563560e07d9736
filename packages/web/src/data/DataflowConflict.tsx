import { useQuery } from "@tanstack/react-query";
import { DifferenceList } from "../shell/DifferenceList.tsx";
import { SavedMeanwhile } from "../shell/SavedMeanwhile.tsx";
import { type DataflowStanding, dataflowQuery } from "./queries.ts";

interface Props {
  readonly id: string;
  /** As it was when the editing began. */
  readonly began: Pick<DataflowStanding, "definition" | "version">;
  readonly error: Error;
  readonly isDeletion?: boolean;
  readonly onSaveOver: (theirs: DataflowStanding) => void;
  readonly onTakeTheirs: (theirs: DataflowStanding) => void;
}

/** Somebody else saved the dataflow in between: what did they change, and whose holds? */
export function DataflowConflict({ id, began, error, isDeletion, onSaveOver, onTakeTheirs }: Props) {
  const { data } = useQuery({ ...dataflowQuery(id), refetchOnMount: "always" });
  const theirs = data?.version === began.version ? undefined : data;
  return (
    <SavedMeanwhile
      what="dataflow"
      error={error}
      isDeletion={isDeletion}
      isKnown={theirs !== undefined}
      onSaveOver={() => theirs !== undefined && onSaveOver(theirs)}
      onTakeTheirs={() => theirs !== undefined && onTakeTheirs(theirs)}
    >
      {theirs === undefined ? null : (
        <DifferenceList before={told(began.definition)} after={told(theirs.definition)} />
      )}
    </SavedMeanwhile>
  );
}

/** What people can change of a dataflow, each column's expression by the column's name. */
function told({ map, ...rest }: DataflowStanding["definition"]) {
  return {
    ...rest,
    ...Object.fromEntries(Object.entries(map).map(([name, made]) => [`map › ${name}`, made])),
  };
}
