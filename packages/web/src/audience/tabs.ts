/** The parts of an audience's page. */
export const AUDIENCE_TABS = ["rule", "people", "history"] as const;
export type AudienceTab = (typeof AUDIENCE_TABS)[number];
