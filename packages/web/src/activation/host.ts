import type { ShownActivation } from "./queries.ts";

/** Where an activation sends to, without what doesn't matter to people. */
export function hostOf({ settings }: Pick<ShownActivation, "settings">): string {
  const url = settings["baseUrl"];
  return typeof url === "string" && URL.canParse(url) ? new URL(url).host : "";
}
