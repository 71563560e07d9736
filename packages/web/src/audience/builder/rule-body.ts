import type { Schemas } from "../../api/schemas.ts";

/** A rule as it is sent, finished or not: the API takes any JSON here and tells everything that is wrong with it. */
export function ruleBody(rule: unknown): Schemas["RuleInput"] {
  return rule as Schemas["RuleInput"];
}
