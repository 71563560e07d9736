import {
  compileRules,
  describeRule,
  PeregrineError,
  parseRule,
  resolvedBlocks,
  resolveRule,
} from "@peregrine/core";
import type { Store } from "../store/index.ts";
import type { CatalogSource, UnseenEvents } from "./catalog.ts";
import { type PreviewPerson, previewPeople, shownAttributes } from "./preview-people.ts";
import type { PreviewRepository } from "./preview-repository.ts";
import { resolvedOrThrow } from "./resolved-rule.ts";

const PEOPLE = 25;

/** How many people one node of a rule finds by itself. */
interface BlockSize {
  /** JSON pointer below the rule; the rule itself is the empty text. */
  readonly path: string;
  readonly sentence: string;
  readonly size: number;
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
  /** The identifier that is asked about; null where none is defined. */
  readonly personIdentifier: string | null;
  /** How many of `size` have no value of it, and so would not be sent. */
  readonly withoutIdentifier: number;
  /** Every node of the rule, each before what stands below it. */
  readonly blocks: BlockSize[];
  /** Against the members that an audience has by its last evaluation; null where none is compared with. */
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
  readonly unseen: UnseenEvents;
}

/** Counts and shows whom a rule finds, saved or not; changes nothing. */
export class Previews {
  readonly #store: Store;
  readonly #repository: PreviewRepository;
  readonly #catalog: CatalogSource;
  readonly #timeZone: string;

  constructor(options: {
    readonly store: Store;
    readonly repository: PreviewRepository;
    readonly catalog: CatalogSource;
    readonly timeZone: string;
  }) {
    this.#store = options.store;
    this.#repository = options.repository;
    this.#catalog = options.catalog;
    this.#timeZone = options.timeZone;
  }

  /** @throws PeregrineError `ruleInvalid` with all faults, `requestInvalid` for an unknown identifier */
  async of({ rule, asOf, personIdentifier, audience, unseen }: PreviewRequest): Promise<Preview> {
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
    const found = await this.#repository.counts(snapshot, compiled, asked?.number, audience, PEOPLE);
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
      size: found.size,
      personIdentifier: asked?.id ?? null,
      withoutIdentifier: asked === undefined ? found.size : found.withoutIdentifier,
      people: people(found.first),
      blocks: blocks.map(({ path, rule: node }, at) => ({
        path,
        sentence: describeRule(node, names),
        size: found.sizes[at] ?? 0,
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
}
