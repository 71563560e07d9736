import type { Rule } from "@peregrine/core";
import { parseRule } from "@peregrine/core";
import type { AudienceView } from "../queries.ts";
import type { CatalogIndex } from "../rule/catalog-index.ts";
import { readRule } from "../rule/read-rule.ts";
import { emptyRule, type RuleState, startRule } from "../rule/rule-state.ts";
import type { Template } from "../rule/templates.ts";
import type { Details } from "./DetailFields.tsx";

/** What is edited: an audience, or one that is to be. */
export interface Draft {
  /** As it is saved; undefined: it is new. */
  readonly saved: AudienceView | undefined;
  readonly details: Details;
  readonly rule: RuleState;
  /** The saved rule can't be read, so that one begins anew; why. */
  readonly unreadable: string | undefined;
}

/** A new audience, from a template or from nothing. */
export function newDraft(template: Template | undefined, catalog: CatalogIndex): Draft {
  return {
    saved: undefined,
    details: { name: template?.title ?? "", description: template?.about ?? "", tags: template?.tags ?? [] },
    rule: stateOf(template?.rule, catalog),
    unreadable: undefined,
  };
}

/** An audience as it is saved. */
export function draftOf(audience: AudienceView, catalog: CatalogIndex): Draft {
  const { name, description = "", tags, rule } = audience;
  const parsed = parseRule(rule);
  return {
    saved: audience,
    details: { name, description, tags },
    rule: stateOf("ok" in parsed ? parsed.ok : undefined, catalog),
    unreadable: "ok" in parsed ? undefined : parsed.faults[0]?.message,
  };
}

function stateOf(rule: Rule | undefined, { types }: CatalogIndex): RuleState {
  return startRule((newId) => (rule === undefined ? emptyRule(newId) : readRule(rule, types, newId)));
}
