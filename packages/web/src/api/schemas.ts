import type { components } from "./api.gen.ts";

/** The things of the API, by the names that its document gives them: `Schemas["User"]`. */
export type Schemas = components["schemas"];
