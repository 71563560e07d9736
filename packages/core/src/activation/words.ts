// What the pages say of activations, without the rest of this package: they load it first of all.
export type { PersonState } from "./person-state.ts";
export { PERSON_STATES } from "./person-state.ts";
export { waitingText } from "./waiting.ts";
