export const TEMPLATE_NAMES = ["lapsed", "basket", "spenders", "new", "loyal"] as const;
export type TemplateName = (typeof TEMPLATE_NAMES)[number];

/** What a new rule starts from: a template or nothing. */
export const STARTS = ["empty", ...TEMPLATE_NAMES] as const;
export type Start = (typeof STARTS)[number];
