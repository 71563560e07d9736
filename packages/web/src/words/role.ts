import type { Schemas } from "../api/schemas.ts";

type Role = Schemas["User"]["role"];

/** What the roles are called. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  admin: "Administrator",
  editor: "Editor",
  viewer: "Viewer",
};

/** The roles to choose from. */
export const ROLES = (Object.keys(ROLE_WORDS) as Role[]).map((role) => ({
  value: role,
  label: ROLE_WORDS[role],
}));

/** The role of a choice; the least one where nothing was chosen. */
export function roleOf(value: string | null): Role {
  return ROLES.find((role) => role.value === value)?.value ?? "viewer";
}
