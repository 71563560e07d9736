import {
  type CompiledRules,
  compileRules,
  describeRule,
  PeregrineError,
  parseRule,
  readsOf,
  resolvedBlocks,
  resolveRule,
} from "@peregrine/core";
import type { Snapshot, Store } from "../store/index.ts";
import type { CatalogSource, UnseenEvents } from "./catalog.ts";
import { type Estimate, estimateOf } from "./estimate.ts";
import { type PreviewPerson, previewPeople, shownAttributes } from "./preview-people.ts";
import type { Found, PreviewCounts, PreviewRepository, StretchCounts } from "./preview-repository.ts";
import { resolvedOrThrow } from "./resolved-rule.ts";

const PEOPLE = 25;

/** When an estimate is made, and of how many people. */
export interface SampleSize {
  readonly stretches: number;
  readonly width: number;
  /** Fewer rows than that are counted. */
  readonly fromRows: number;
}

/**
 * A sample of 32,768 numbers, however many people there are: what 1 % of all have is known to about a tenth. Three
 * million rows are counted in half a second on two cores.
 */
const SAMPLE: SampleSize = { stretches: 64, width: 512, fromRows: 3_000_000 };
/** All people are at least so many times the sample, or it saves too little. */
const LEAST_TIMES = 10;

/** How many people one node of a rule finds by itself. */
interface BlockSize {
  /** JSON pointer below the rule; the rule itself is the empty text. */
  readonly path: string;
  readonly sentence: string;
  readonly size: number;
  /** See {@link Estimate}. */
  readonly margin: number;
}

interface People {
  readonly size: number;
  /** The first 25 by number of the profile. */
  readonly people: PreviewPerson[];
}

/** Whom a rule finds now. */
export interface Preview extends People {
  /** Milliseconds UTC. */
  readonly asOf: number;
  /** Everybody was counted. Otherwise a sample was: `size`, `withoutIdentifier` and the sizes of `blocks` are estimates. */
  readonly exact: boolean;
  /** Of `size`; see {@link Estimate}. */
  readonly margin: number;
  /** The identifier that is asked about; null where none is defined. */
  readonly personIdentifier: string | null;
  /** How many of `size` have no value of it, and so would not be sent. */
  readonly withoutIdentifier: number;
  /** Every node of the rule, each before what stands below it. */
  readonly blocks: BlockSize[];
  /**
   * Against the members that an audience has by its last evaluation; null where none is compared with, and beside an
   * estimate.
   */
  readonly change: {
    readonly audience: string;
    /** As of when its members were evaluated, ms UTC; null: never. */
    readonly evaluatedAsOf: number | null;
    readonly members: number;
    readonly joins: People;
    readonly leaves: People;
  } | null;
}

export interface PreviewRequest {
  /** As JSON. */
  readonly rule: unknown;
  /** Milliseconds UTC. */
  readonly asOf: number;
  /** Id of the identifier to ask about; the one of highest priority unless told otherwise. */
  readonly personIdentifier?: string | undefined;
  /** Id of the audience whose members are compared with, and whose rule it would be. */
  readonly audience?: string | undefined;
  /** Of many rows a sample will do. */
  readonly estimate?: boolean | undefined;
  readonly unseen: UnseenEvents;
}

/** What was counted, of all people or of a sample. */
interface Counted extends Found {
  readonly exact: boolean;
  /** Of the rule itself and of every node, in their order. */
  readonly sizes: readonly Estimate[];
  readonly withoutIdentifier: number;
  readonly change: PreviewCounts["change"];
}

/** Counts and shows whom a rule finds, saved or not; changes nothing. */
export class Previews {
  readonly #store: Store;
  readonly #repository: PreviewRepository;
  readonly #catalog: CatalogSource;
  readonly #timeZone: string;
  readonly #sample: SampleSize;

  constructor(options: {
    readonly store: Store;
    readonly repository: PreviewRepository;
    readonly catalog: CatalogSource;
    readonly timeZone: string;
    readonly sample?: SampleSize | undefined;
  }) {
    this.#store = options.store;
    this.#repository = options.repository;
    this.#catalog = options.catalog;
    this.#timeZone = options.timeZone;
    this.#sample = options.sample ?? SAMPLE;
  }

  /** @throws PeregrineError `ruleInvalid` with all faults, `requestInvalid` for an unknown identifier */
  async of(request: PreviewRequest): Promise<Preview> {
    const { rule, asOf, personIdentifier, audience, unseen } = request;
    const snapshot = await this.#store.operations.snapshot();
    const [catalog, identifiers] = await Promise.all([
      this.#catalog.read(unseen),
      this.#store.definitions.list("identifier"),
    ]);
    const names = (id: string) => catalog.audiences.get(id)?.name;
    const resolved = resolvedOrThrow(resolveRule(rule, catalog, audience));
    const byPriority = identifiers.toSorted((left, right) => right.body.priority - left.body.priority);
    const asked =
      personIdentifier === undefined ? byPriority[0] : identifiers.find(({ id }) => id === personIdentifier);
    if (personIdentifier !== undefined && asked === undefined) {
      throw new PeregrineError("requestInvalid", {
        detail: `There is no identifier \`${personIdentifier}\`.`,
        faults: [{ path: "/personIdentifier", message: `there is no identifier \`${personIdentifier}\`` }],
      });
    }
    // All nodes in one statement, the rule itself first: equal conditions are computed once.
    const parsed = parseRule(rule);
    const blocks = "ok" in parsed ? resolvedBlocks(parsed.ok, resolved) : [];
    const rules = blocks.map((block) => block.resolved);
    const compiled = compileRules(
      rules,
      { asOf, timeZone: this.#timeZone },
      { tiedAttributes: await this.#repository.tiedAttributes(rules) },
    );
    const count = { snapshot, compiled, identifier: asked?.number };
    const types = rules[0] === undefined ? [] : readsOf(rules[0]).events;
    const found =
      (request.estimate === true ? await this.#estimate(count, types) : undefined) ??
      (await this.#count(count, audience));
    const { change } = found;
    const kinds = new Map(identifiers.map(({ id, number }) => [number, id]));
    const named = [...found.first, ...(change?.joins.first ?? []), ...(change?.leaves.first ?? [])];
    const shown = await previewPeople(
      this.#repository,
      snapshot,
      [...new Set(named)],
      kinds,
      shownAttributes(catalog, compiled, new Set(kinds.values())),
    );
    const people = (profiles: readonly number[]) => profiles.flatMap((profile) => shown.get(profile) ?? []);
    const checks = audience === undefined ? undefined : await this.#store.audienceChecks.of([audience]);
    return {
      asOf,
      exact: found.exact,
      size: found.size,
      margin: found.sizes[0]?.margin ?? 0,
      personIdentifier: asked?.id ?? null,
      withoutIdentifier: asked === undefined ? found.size : found.withoutIdentifier,
      people: people(found.first),
      blocks: blocks.map(({ path, rule: node }, at) => ({
        path,
        sentence: describeRule(node, names),
        size: found.sizes[at]?.size ?? 0,
        margin: found.sizes[at]?.margin ?? 0,
      })),
      change:
        change === undefined || audience === undefined
          ? null
          : {
              audience,
              evaluatedAsOf: checks?.get(audience)?.evaluation?.asOf ?? null,
              members: change.members,
              joins: { size: change.joins.size, people: people(change.joins.first) },
              leaves: { size: change.leaves.size, people: people(change.leaves.first) },
            },
    };
  }

  /** Everybody. */
  async #count({ snapshot, compiled, identifier }: Count, audience: string | undefined): Promise<Counted> {
    const counts = await this.#repository.counts(snapshot, compiled, identifier, audience, PEOPLE);
    return { ...counts, exact: true, sizes: counts.sizes.map((size) => ({ size, margin: 0 })) };
  }

  /** A sample; undefined where counting everybody takes no longer. */
  async #estimate(
    { snapshot, compiled, identifier }: Count,
    types: readonly string[],
  ): Promise<Counted | undefined> {
    const { people, last, rows } = await this.#repository.extent(snapshot, compiled.needs, types);
    const { stretches: count, width, fromRows } = this.#sample;
    const stride = Math.ceil(last / count);
    if (rows < fromRows || stride < width * LEAST_TIMES) return undefined;
    const sample = { stretches: count, width, stride };
    const stretches = await this.#repository.sampled(snapshot, compiled, identifier, sample, PEOPLE);
    const of = (found: (one: StretchCounts) => number) =>
      estimateOf(
        stretches.map((one) => ({ people: one.people, found: found(one) })),
        people,
      );
    const sizes = compiled.columns.map((_, at) => of((one) => one.sizes[at] ?? 0));
    return {
      exact: false,
      size: sizes[0]?.size ?? 0,
      sizes,
      first: stretches
        .flatMap(({ first }) => first)
        .sort((left, right) => left - right)
        .slice(0, PEOPLE),
      withoutIdentifier: of(({ without }) => without).size,
      change: undefined,
    };
  }
}

interface Count {
  readonly snapshot: Snapshot;
  readonly compiled: CompiledRules;
  /** Number of the identifier that is asked about. */
  readonly identifier: number | undefined;
}
