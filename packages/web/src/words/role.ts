import type { Schemas } from "../api/schemas.ts";

/** What the roles are called. */
export const ROLE_WORDS: Readonly<Record<Schemas["User"]["role"], string>> = {
  admin: "Administrator",
  editor: "Editor",
  viewer: "Viewer",
};
