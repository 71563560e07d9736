import type { PersonDeletion } from "./queries.ts";

/** What the states of a person's deletion are called. */
export const DELETION_STATES: Readonly<Record<PersonDeletion["state"], string>> = {
  takingOut: "Being taken out of segments",
  purging: "Being removed",
  done: "Gone",
};
