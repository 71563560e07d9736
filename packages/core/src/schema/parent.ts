/** What a schema describes: people, what they do, or things. */
export const SCHEMA_PARENTS = ["PersonalData", "Interaction", "Catalog"] as const;
export type SchemaParent = (typeof SCHEMA_PARENTS)[number];
