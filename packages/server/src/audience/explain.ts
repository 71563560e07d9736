import {
  compileRules,
  type Explanation,
  explainRule,
  PeregrineError,
  parseRule,
  type Rule,
  resolveRule,
} from "@peregrine/core";
import type { ProfileService } from "../identity/index.ts";
import type { Store } from "../store/index.ts";
import type { CatalogSource, UnseenEvents } from "./catalog.ts";
import type { PersonRepository } from "./person-repository.ts";
import { resolvedOrThrow } from "./resolved-rule.ts";

/** Why a person is in an audience, or is not. */
export interface PersonExplanation extends Explanation {
  readonly profile: number;
  /** Milliseconds UTC. */
  readonly asOf: number;
  /** By the audience's last evaluation; null where no audience is asked about. */
  readonly membership: {
    readonly audience: string;
    readonly member: boolean;
    /** ISO 8601. */
    readonly since: string | null;
    /** As of when it was evaluated, ms UTC; null: never. */
    readonly evaluatedAsOf: number | null;
    /** Whether that is what the rule says now. */
    readonly agrees: boolean;
  } | null;
}

export interface ExplainRequest {
  /** As JSON. */
  readonly rule: unknown;
  /** Number of the profile, or kind and value of an identifier: `email:jo@example.com`. */
  readonly person: string;
  /** Milliseconds UTC. */
  readonly asOf: number;
  /** Id of the audience whose rule it is, or would be. */
  readonly audience?: string | undefined;
  readonly unseen: UnseenEvents;
}

/** Decides one person in memory and tells by what; changes nothing. */
export class Explanations {
  readonly #store: Store;
  readonly #profiles: ProfileService;
  readonly #repository: PersonRepository;
  readonly #catalog: CatalogSource;
  readonly #timeZone: string;

  constructor(options: {
    readonly store: Store;
    readonly profiles: ProfileService;
    readonly repository: PersonRepository;
    readonly catalog: CatalogSource;
    readonly timeZone: string;
  }) {
    this.#store = options.store;
    this.#profiles = options.profiles;
    this.#repository = options.repository;
    this.#catalog = options.catalog;
    this.#timeZone = options.timeZone;
  }

  /** @throws PeregrineError `ruleInvalid` with all faults, `notFound` and `requestInvalid` for the person */
  async of({ rule, person, asOf, audience, unseen }: ExplainRequest): Promise<PersonExplanation> {
    const { definitions, operations, audienceChecks } = this.#store;
    const catalog = await this.#catalog.read(unseen);
    const resolved = resolvedOrThrow(resolveRule(rule, catalog, audience));
    const written = readRule(rule);
    if (written === undefined) throw new PeregrineError("ruleInvalid");
    const snapshot = await operations.snapshot();
    const { number, merged } = await this.#profiles.numbersOf(person, snapshot);
    const numbers = [number, ...merged];
    const moment = { asOf, timeZone: this.#timeZone };
    const [columns, dataflows] = await Promise.all([definitions.columns(), definitions.list("dataflow")]);
    const found = await this.#repository.person(snapshot, numbers, compileRules([resolved], moment).needs, {
      types: new Map(columns.map((column) => [column.number, column.type])),
      dataflows: new Map(dataflows.map((dataflow) => [dataflow.number, dataflow.id])),
    });
    const explanation = explainRule(written, resolved, found, moment, (id) =>
      readRule(catalog.audiences.get(id)?.rule),
    );
    if (audience === undefined) return { ...explanation, profile: number, asOf, membership: null };
    const [{ member, since }, checks] = await Promise.all([
      this.#repository.membership(snapshot, audience, numbers),
      audienceChecks.of([audience]),
    ]);
    const evaluatedAsOf = checks.get(audience)?.evaluation?.asOf ?? null;
    const agrees = member === explanation.holds;
    const membership = { audience, member, since, evaluatedAsOf, agrees };
    return { ...explanation, profile: number, asOf, membership };
  }
}

function readRule(rule: unknown): Rule | undefined {
  const parsed = parseRule(rule);
  return "ok" in parsed ? parsed.ok : undefined;
}
