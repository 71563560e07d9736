/**
 * How a person can stand in a segment, in the words of the pages. The first five are of members and add up to the
 * audience's size; the others are of people who are no members any more and not out yet.
 */
export const PERSON_STATES = {
  accepted: "Accepted by Ibexa",
  waiting: "To be sent",
  refused: "Refused by Ibexa",
  withoutIdentifier: "No userid",
  suppressed: "Excluded (privacy request)",
  leavingWaiting: "Leaves: to be sent",
  leavingRefused: "Leaves: refused by Ibexa",
  leavingHeld: "Leaves: held for approval",
} as const;

export type PersonState = keyof typeof PERSON_STATES;
