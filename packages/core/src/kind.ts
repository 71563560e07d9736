/** Kinds of definitions, in the order in which they build on one another: each refers to earlier ones and to itself only. */
export const KINDS = ["identifier", "schema", "dataflow", "audience", "activation"] as const;
export type Kind = (typeof KINDS)[number];
