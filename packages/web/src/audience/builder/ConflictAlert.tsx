import { useQuery } from "@tanstack/react-query";
import { SavedMeanwhile } from "../../shell/SavedMeanwhile.tsx";
import { VersionComparison } from "../page/VersionComparison.tsx";
import { type AudienceView, audienceQuery } from "../queries.ts";

interface Props {
  /** As it was when the editing began. */
  readonly saved: AudienceView;
  readonly error: Error;
  readonly isDeletion?: boolean;
  readonly onSaveOver: (version: number) => void;
  readonly onTakeTheirs: (theirs: AudienceView) => void;
}

/** Somebody else saved the audience in between: what did they change, and whose holds? */
export function ConflictAlert({ saved, error, isDeletion, onSaveOver, onTakeTheirs }: Props) {
  const { data } = useQuery({ ...audienceQuery(saved.id), refetchOnMount: "always" });
  const theirs = data?.version === saved.version ? undefined : data;
  return (
    <SavedMeanwhile
      what="audience"
      error={error}
      isDeletion={isDeletion}
      isKnown={theirs !== undefined}
      onSaveOver={() => theirs !== undefined && onSaveOver(theirs.version)}
      onTakeTheirs={() => theirs !== undefined && onTakeTheirs(theirs)}
    >
      {theirs === undefined ? null : (
        <VersionComparison id={saved.id} from={saved.version} to={theirs.version} />
      )}
    </SavedMeanwhile>
  );
}
