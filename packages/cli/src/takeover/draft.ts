import { audienceDefinition, RULE_TO_WRITE } from "@peregrine/core";
import { stringify } from "yaml";
import type { ForeignAudience } from "./cdp-answer.ts";

/** A file for `peregrine apply`, or why the audience can't become one. */
export type Draft =
  | { readonly id: string; readonly file: string; readonly text: string }
  | { readonly id: string; readonly fault: string };

/** An audience with its id, name, description and tags; its rule is to be written, and `apply` refuses it before. */
export function draftOf({ rule, ...audience }: ForeignAudience): Draft {
  const hint = rule ?? "see the audience in the other CDP";
  const body = { kind: "audience" as const, ...audience, rule: { [RULE_TO_WRITE]: hint } };
  const checked = audienceDefinition.safeParse(body);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    return { id: audience.id, fault: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "is not valid"}` };
  }
  const texts = [audience.name, audience.description ?? "", ...audience.tags, hint];
  // `apply` would put the environment in its place.
  if (texts.some((text) => /\$\{[A-Za-z_]/.test(text)))
    return {
      id: audience.id,
      fault: "a text has a variable of `apply` in it: a dollar sign and a name in braces",
    };
  const head = [
    "# Taken over from another CDP. The id is fixed for life: Ibexa's segment and its Targeting blocks name it.",
    `# Write the rule in place of \`${RULE_TO_WRITE}\` (docs/rules.md); until then \`peregrine apply\` refuses this file.`,
  ];
  return { id: audience.id, file: `${audience.id}.yaml`, text: `${head.join("\n")}\n${stringify(body)}` };
}
