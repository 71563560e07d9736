/** The sections of the navigation, in their order; only pages that exist stand here. */
export const NAVIGATION = [
  {
    title: "Customer Data Platform",
    pages: [
      { label: "Profiles", to: "/profiles" },
      { label: "Audiences", to: "/audiences" },
      { label: "Activations", to: "/activations" },
    ],
  },
  {
    title: "Data",
    pages: [
      { label: "Dataflows", to: "/dataflows" },
      { label: "Imports", to: "/imports" },
      { label: "Schemas", to: "/schemas" },
      { label: "Person identifiers", to: "/identifiers" },
    ],
  },
  { title: "Administration", pages: [{ label: "Users", to: "/users" }] },
] as const;
