import { useQuery } from "@tanstack/react-query";
import { DifferenceList } from "../shell/DifferenceList.tsx";
import { SavedMeanwhile } from "../shell/SavedMeanwhile.tsx";
import { activationQuery, type ShownActivation } from "./queries.ts";

interface Props {
  /** As it was when the editing began. */
  readonly began: ShownActivation;
  readonly error: Error;
  readonly isDeletion?: boolean;
  readonly onSaveOver: (theirs: ShownActivation) => void;
  readonly onTakeTheirs: (theirs: ShownActivation) => void;
}

/** Somebody else saved the activation in between: what did they change, and whose holds? */
export function ActivationConflict({ began, error, isDeletion, onSaveOver, onTakeTheirs }: Props) {
  const { data } = useQuery({ ...activationQuery(began.id), refetchOnMount: "always" });
  const theirs = data?.version === began.version ? undefined : data;
  return (
    <SavedMeanwhile
      what="activation"
      error={error}
      isDeletion={isDeletion}
      isKnown={theirs !== undefined}
      onSaveOver={() => theirs !== undefined && onSaveOver(theirs)}
      onTakeTheirs={() => theirs !== undefined && onTakeTheirs(theirs)}
    >
      {theirs === undefined ? null : <DifferenceList before={told(began)} after={told(theirs)} />}
    </SavedMeanwhile>
  );
}

/** What people can change of an activation, each setting by its own name. */
function told({ name, description, settings, audiences, guard, state }: ShownActivation) {
  return { name, description, audiences, guard, state, ...settings };
}
