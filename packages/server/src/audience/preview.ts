import { type Catalog, type CompiledRules, compileRules, PeregrineError, resolveRule } from "@peregrine/core";
import type { Snapshot, Store } from "../store/index.ts";
import type { CatalogSource, UnseenEvents } from "./catalog.ts";
import type { AttributeColumns, AudienceRepository } from "./repository.ts";

const PEOPLE = 25;
/** So many attributes are shown of each person: those of the rule first. */
const ATTRIBUTES = 6;

/** One of the people whom a rule finds. */
interface PreviewPerson {
  readonly profile: number;
  /** By id of the identifier; the first values where there are many. */
  readonly identifiers: Record<string, string[]>;
  /** Texts, decimals and instants as text; true or false; lists of texts. */
  readonly attributes: Record<string, unknown>;
}

/** Whom a rule finds now. */
export interface Preview {
  /** Milliseconds UTC. */
  readonly asOf: number;
  readonly size: number;
  /** The identifier that is asked about; null where none is defined. */
  readonly personIdentifier: string | null;
  /** How many of `size` have no value of it, and so would not be sent. */
  readonly withoutIdentifier: number;
  /** The first 25 by number of the profile. */
  readonly people: PreviewPerson[];
}

/** Counts and shows whom a rule finds, saved or not; changes nothing. */
export class Previews {
  readonly #store: Store;
  readonly #repository: AudienceRepository;
  readonly #catalog: CatalogSource;
  readonly #timeZone: string;

  constructor(options: {
    readonly store: Store;
    readonly repository: AudienceRepository;
    readonly catalog: CatalogSource;
    readonly timeZone: string;
  }) {
    this.#store = options.store;
    this.#repository = options.repository;
    this.#catalog = options.catalog;
    this.#timeZone = options.timeZone;
  }

  /**
   * @param rule as JSON
   * @param personIdentifier id of the identifier to ask about; the one of highest priority unless told otherwise
   * @throws PeregrineError `ruleInvalid` with all faults, `requestInvalid` for an unknown identifier
   */
  async of(
    rule: unknown,
    asOf: number,
    personIdentifier: string | undefined,
    unseen: UnseenEvents,
  ): Promise<Preview> {
    const snapshot = await this.#store.operations.snapshot();
    const [catalog, identifiers] = await Promise.all([
      this.#catalog.read(unseen),
      this.#store.definitions.list("identifier"),
    ]);
    const resolved = resolveRule(rule, catalog);
    if ("faults" in resolved) {
      const count = resolved.faults.length;
      const detail = count === 1 ? "The rule has a fault." : `The rule has ${count} faults.`;
      throw new PeregrineError("ruleInvalid", { detail, faults: resolved.faults });
    }
    const byPriority = identifiers.toSorted((left, right) => right.body.priority - left.body.priority);
    const asked =
      personIdentifier === undefined ? byPriority[0] : identifiers.find(({ id }) => id === personIdentifier);
    if (personIdentifier !== undefined && asked === undefined) {
      throw new PeregrineError("requestInvalid", {
        detail: `There is no identifier \`${personIdentifier}\`.`,
        faults: [{ path: "/personIdentifier", message: `there is no identifier \`${personIdentifier}\`` }],
      });
    }
    const compiled = compileRules([resolved.ok], { asOf, timeZone: this.#timeZone });
    const found = await this.#repository.preview(snapshot, compiled, asked?.number, PEOPLE);
    const names = new Map(identifiers.map(({ id, number }) => [number, id]));
    return {
      asOf,
      size: found.size,
      personIdentifier: asked?.id ?? null,
      withoutIdentifier: asked === undefined ? found.size : found.withoutIdentifier,
      people: await this.#people(
        snapshot,
        found.profiles,
        names,
        shownAttributes(catalog, compiled, new Set(names.values())),
      ),
    };
  }

  async #people(
    snapshot: Snapshot,
    profiles: readonly number[],
    identifierNames: ReadonlyMap<number, string>,
    attributes: readonly AttributeColumns[],
  ): Promise<PreviewPerson[]> {
    const [identifiers, values] = await Promise.all([
      this.#repository.identifiersOf(snapshot, profiles, [...identifierNames.keys()]),
      this.#repository.attributesOf(snapshot, profiles, attributes),
    ]);
    return profiles.map((profile) => {
      const own: Record<string, string[]> = {};
      for (const { kind, value } of identifiers.filter((row) => row.profile === profile)) {
        const name = identifierNames.get(kind);
        if (name === undefined) continue;
        const list = own[name] ?? [];
        if (list.length < MOST_VALUES) list.push(value);
        own[name] = list;
      }
      const shown = values.filter((row) => row.profile === profile).map(({ name, value }) => [name, value]);
      return { profile, identifiers: own, attributes: Object.fromEntries(shown) };
    });
  }
}

/** A shared device may have thousands of cookies. */
const MOST_VALUES = 5;

/** Those of the rule first; columns named like an identifier are shown as identifiers already. */
function shownAttributes(
  catalog: Catalog,
  compiled: CompiledRules,
  identifiers: ReadonlySet<string>,
): readonly AttributeColumns[] {
  const inRule = new Set(compiled.needs.attributes);
  const all = [...catalog.attributes].map(([name, { type, numbers }]) => ({ name, type, numbers }));
  const named = all.filter(({ numbers }) => numbers.some((number) => inRule.has(number)));
  const others = all.filter(
    ({ name, numbers }) => !identifiers.has(name) && !numbers.some((number) => inRule.has(number)),
  );
  return [...named, ...others].slice(0, Math.max(ATTRIBUTES, named.length));
}
