import { type AudienceDefinition, type Clock, type Fault, resolveRule } from "@peregrine/core";
import type { DefinitionRecord, Store } from "../store/index.ts";
import { audienceNotFound } from "./audience-not-found.ts";
import type { CatalogSource } from "./catalog.ts";
import type { Explanations, PersonExplanation } from "./explain.ts";
import type { Preview, Previews } from "./preview.ts";
import { namesOf, sentenceOf } from "./sentence.ts";

interface PreviewOptions {
  readonly personIdentifier?: string | undefined;
  /** Milliseconds UTC. */
  readonly asOf?: number | undefined;
  readonly audience?: string | undefined;
  /** Of many rows an estimate will do; `exact` says which it was. */
  readonly estimate?: boolean | undefined;
}

interface ExplainOptions {
  /** Number of the profile, or kind and value of an identifier. */
  readonly person: string;
  readonly asOf?: number | undefined;
}

/** What a rule would find, and why; of one that is saved or of any other. Nothing is written. */
export class RuleQuestions {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #catalog: CatalogSource;
  readonly #previews: Previews;
  readonly #explanations: Explanations;

  constructor(options: {
    readonly store: Store;
    readonly clock: Clock;
    readonly catalog: CatalogSource;
    readonly previews: Previews;
    readonly explanations: Explanations;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#catalog = options.catalog;
    this.#previews = options.previews;
    this.#explanations = options.explanations;
  }

  /**
   * Everything that is wrong with a rule, shape, names and types together; paths below the rule.
   *
   * @param audience the rule would be this audience's, so it must not lead back to it
   */
  async validate(
    rule: unknown,
    audience?: string,
  ): Promise<{ readonly valid: boolean; readonly sentence: string | null; readonly faults: Fault[] }> {
    const catalog = await this.#catalog.read("refused");
    const resolved = resolveRule(rule, catalog, audience);
    if ("ok" in resolved) return { valid: true, sentence: sentenceOf(rule, namesOf(catalog)), faults: [] };
    return { valid: false, sentence: null, faults: [...resolved.faults] };
  }

  /**
   * Whom a rule that need not be saved finds, as of `asOf` (ms UTC) or now.
   *
   * @param audience the rule would be this audience's: who would join and leave is told too
   * @throws PeregrineError `ruleInvalid`, `notFound` for the audience
   */
  async preview(
    rule: unknown,
    { personIdentifier, asOf = this.#clock.now(), audience, estimate }: PreviewOptions = {},
  ): Promise<Preview> {
    if (audience !== undefined) await this.#record(audience);
    return this.#previews.of({ rule, asOf, personIdentifier, audience, estimate, unseen: "refused" });
  }

  /** The same of the rule that is saved, against the audience's members. @throws PeregrineError `notFound`, `ruleInvalid` */
  async previewOf(
    id: string,
    { personIdentifier, asOf = this.#clock.now(), estimate }: Omit<PreviewOptions, "audience"> = {},
  ): Promise<Preview> {
    const { rule } = (await this.#record(id)).body;
    return this.#previews.of({ rule, asOf, personIdentifier, audience: id, estimate, unseen: "accepted" });
  }

  /**
   * Why a person is in an audience or is not, as of `asOf` (ms UTC) or now.
   *
   * @throws PeregrineError `notFound` for the audience or the person, `requestInvalid`, `ruleInvalid`
   */
  async explainOf(
    id: string,
    { person, asOf = this.#clock.now() }: ExplainOptions,
  ): Promise<PersonExplanation> {
    const { body } = await this.#record(id);
    return this.#explanations.of({ rule: body.rule, person, asOf, audience: id, unseen: "accepted" });
  }

  /** The same for a rule that need not be saved. @throws PeregrineError as above */
  async explain(
    rule: unknown,
    {
      person,
      asOf = this.#clock.now(),
      audience,
    }: ExplainOptions & { readonly audience?: string | undefined },
  ): Promise<PersonExplanation> {
    if (audience !== undefined) await this.#record(audience);
    return this.#explanations.of({ rule, person, asOf, audience, unseen: "refused" });
  }

  async #record(id: string): Promise<DefinitionRecord<AudienceDefinition>> {
    const record = await this.#store.definitions.get("audience", id);
    if (record === undefined) throw await audienceNotFound(this.#store, id);
    return record;
  }
}
