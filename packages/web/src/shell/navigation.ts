import type { Schemas } from "../api/schemas.ts";

type Role = Schemas["User"]["role"];

/** The sections of the navigation, in their order; only pages that exist stand here. */
export const NAVIGATION = [
  {
    title: "Customer Data Platform",
    pages: [
      { label: "Overview", to: "/", role: "viewer" },
      { label: "Profiles", to: "/profiles", role: "viewer" },
      { label: "Audiences", to: "/audiences", role: "viewer" },
      { label: "Activations", to: "/activations", role: "viewer" },
    ],
  },
  {
    title: "Data",
    pages: [
      { label: "Dataflows", to: "/dataflows", role: "viewer" },
      { label: "Imports", to: "/imports", role: "viewer" },
      { label: "Schemas", to: "/schemas", role: "viewer" },
      { label: "Person identifiers", to: "/identifiers", role: "viewer" },
    ],
  },
  {
    title: "Administration",
    pages: [
      { label: "Users", to: "/users", role: "admin" },
      { label: "API tokens", to: "/tokens", role: "admin" },
      { label: "Audit log", to: "/audit", role: "admin" },
      { label: "Settings", to: "/settings", role: "viewer" },
    ],
  },
] as const;

const ROLES: readonly Role[] = ["viewer", "editor", "admin"];

/** Whether a page is for somebody: what the API would refuse is left out. */
export function isFor(page: { readonly role: Role }, role: Role | undefined): boolean {
  return ROLES.indexOf(role ?? "viewer") >= ROLES.indexOf(page.role);
}
