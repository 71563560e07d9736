/** The tabs of an activation's page, in their order; which one is open stands in the address. */
export const TABS = [
  { id: "audiences", label: "Audiences" },
  { id: "syncs", label: "Syncs" },
  { id: "refused", label: "Refused people" },
  { id: "settings", label: "Settings" },
  { id: "history", label: "History" },
] as const;

export type Tab = (typeof TABS)[number]["id"];

export function tabOf(value: unknown): Tab {
  return TABS.find(({ id }) => id === value)?.id ?? "audiences";
}
