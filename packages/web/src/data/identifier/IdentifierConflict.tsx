import { useQuery } from "@tanstack/react-query";
import { DifferenceList } from "../../shell/DifferenceList.tsx";
import { SavedMeanwhile } from "../../shell/SavedMeanwhile.tsx";
import { type IdentifierRecord, identifiersQuery } from "../queries.ts";

interface Props {
  /** As it was when the editing began. */
  readonly began: Pick<IdentifierRecord, "definition" | "version">;
  readonly error: Error;
  readonly onSaveOver: (theirs: IdentifierRecord) => void;
  readonly onTakeTheirs: (theirs: IdentifierRecord) => void;
}

/** Somebody else saved the identifier in between: what did they change, and whose holds? */
export function IdentifierConflict({ began, error, onSaveOver, onTakeTheirs }: Props) {
  const { data } = useQuery({ ...identifiersQuery, refetchOnMount: "always" });
  const now = data?.find(({ id }) => id === began.definition.id);
  const theirs = now?.version === began.version ? undefined : now;
  return (
    <SavedMeanwhile
      what="identifier"
      error={error}
      isKnown={theirs !== undefined}
      onSaveOver={() => theirs !== undefined && onSaveOver(theirs)}
      onTakeTheirs={() => theirs !== undefined && onTakeTheirs(theirs)}
    >
      {theirs === undefined ? null : <DifferenceList before={began.definition} after={theirs.definition} />}
    </SavedMeanwhile>
  );
}
