/** The sections of the navigation, in their order; only pages that exist stand here. */
export const NAVIGATION = [
  {
    title: "Customer Data Platform",
    pages: [
      { label: "Audiences", to: "/audiences" },
      { label: "Activations", to: "/activations" },
    ],
  },
  { title: "Administration", pages: [{ label: "Users", to: "/users" }] },
] as const;
