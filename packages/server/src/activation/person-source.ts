/** Why somebody is a member of an audience, or is not; what the audiences' domain tells of it. */
export interface RuleExplanation {
  readonly profile: number;
  readonly holds: boolean;
  /** What decided, condition by condition. */
  readonly sentences: readonly string[];
  readonly membership: {
    readonly member: boolean;
    /** ISO 8601. */
    readonly since: string | null;
    /** ms UTC; null: never. */
    readonly evaluatedAsOf: number | null;
    /** Whether that is what the rule says now. */
    readonly agrees: boolean;
  } | null;
}

/** Somebody whom the platform knows. */
export interface KnownPerson {
  readonly profile: number;
  /** As the destination knows the person; undefined: not at all. */
  readonly personId: string | undefined;
  /** Of which audiences, and since when (ISO 8601). */
  readonly memberships: readonly { readonly id: string; readonly name: string; readonly since: string }[];
}

/** What the delivery asks other domains about one person. */
export interface PersonSource {
  /**
   * @param person number of a profile, or `kind:value`
   * @param identifier number of the definition of the identifier by which a destination knows people
   * @returns undefined: nobody is known by that
   * @throws PeregrineError `requestInvalid`
   */
  find(person: string, identifier: number): Promise<KnownPerson | undefined>;
  /** @throws PeregrineError `ruleInvalid`, `notFound` */
  explain(audienceId: string, profile: number): Promise<RuleExplanation>;
}
