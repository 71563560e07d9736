/** Says of a normalised value whether it named somebody who was deleted, and is not to come back yet. */
export type IsForgotten = (kind: number, value: string) => boolean;

/** Why a row is refused whose deciding identifier is forgotten; such rows are counted, and nothing of them is kept. */
export const FORGOTTEN = "names a person who was deleted";
