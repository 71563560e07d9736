import { type AudienceDefinition, type Clock, notFound, readsOf, resolveRule } from "@peregrine/core";
import type { ApplyOptions, DefinitionService } from "../definition/index.ts";
import type { Engine } from "../engine/index.ts";
import { ProfileService } from "../identity/index.ts";
import {
  type DefinitionRecord,
  Keyset,
  type Origin,
  type Page,
  type Snapshot,
  type Store,
  type StoredFailure,
} from "../store/index.ts";
import { audienceNotFound } from "./audience-not-found.ts";
import { CatalogSource } from "./catalog.ts";
import { audienceHooks } from "./definition.ts";
import { Evaluation, type EvaluationOptions, type EvaluationResult } from "./evaluation.ts";
import { EvaluationTurn } from "./evaluation-turn.ts";
import { Explanations } from "./explain.ts";
import { MembersNow } from "./members-now.ts";
import { MembershipRepository, type PieceSize } from "./membership-repository.ts";
import { Movements } from "./movements.ts";
import { PersonRepository } from "./person-repository.ts";
import { Previews, type SampleSize } from "./preview.ts";
import { PreviewRepository } from "./preview-repository.ts";
import { AudienceRepository, type EvaluationOf, type Fragment, membersAndPersons } from "./repository.ts";
import { RuleQuestions } from "./rule-questions.ts";
import { SeenValuesSource } from "./seen-values.ts";
import { sentenceOf } from "./sentence.ts";
import { Suggestions } from "./suggestions.ts";
import { ValueRepository } from "./value-repository.ts";
import { AudienceVersions } from "./versions.ts";

/** An audience as it is shown. */
export interface AudienceView extends Omit<AudienceDefinition, "kind"> {
  /** The rule as a sentence; null when its words are not known to this version. */
  readonly sentence: string | null;
  /** Members after the last evaluation. */
  readonly size: number;
  /** Who is a member now and was none 24 hours ago, and the other way round. */
  readonly lastDay: { readonly joined: number; readonly left: number };
  /** The last check, ms UTC; null before the first. */
  readonly checkedAt: number | null;
  /** What a refresh counted last, and when. */
  readonly counted: { readonly size: number; readonly at: number } | null;
  /** Why the last check could not evaluate it; its members stay as they were. */
  readonly error: { readonly code: string; readonly detail: string } | null;
  readonly version: number;
  readonly origin: Origin;
  readonly updatedAt: number;
  readonly updatedBy: string;
}

/** How an audience stands with its checks. */
export interface AudienceStanding {
  /** The last check, ms UTC; null before the first. */
  readonly checkedAt: number | null;
  /** The publication of the last evaluation that let somebody in or out; 0: there was none. */
  readonly changedBy: number;
  /** Members after the last evaluation. */
  readonly size: number;
  /** Why the last check could not evaluate it; its members stay as they were. */
  readonly error: StoredFailure | null;
}

interface AudienceServiceOptions {
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: Clock;
  /** Every change of an audience goes through it; the service adds its checks to it. */
  readonly definitions: DefinitionService;
  /** Whose midnight begins a month's window. */
  readonly timeZone: string;
  /** Names this process among all that share the control plane. */
  readonly instance: string;
  /** How much one statement of an evaluation takes on; by default what needs less than a gigabyte. */
  readonly piece?: PieceSize;
  /** Of how many people a preview makes an estimate. */
  readonly sample?: SampleSize;
}

const LIST = new Keyset("audiences", ["string"]);

/** Audiences: their definitions, who belongs to them, and who would. */
export class AudienceService {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #definitions: DefinitionService;
  readonly #repository: AudienceRepository;
  readonly #movements: Movements;
  readonly #catalog: CatalogSource;
  readonly #evaluation: Evaluation;
  readonly #membersNow: MembersNow;
  /** What a rule would find, and why. */
  readonly rules: RuleQuestions;
  /** What rules may name, and which values there are. */
  readonly suggestions: Suggestions;
  /** What the audiences were before, and the way back. */
  readonly versions: AudienceVersions;

  constructor(options: AudienceServiceOptions) {
    const { store, engine, clock, definitions, timeZone, instance, piece, sample } = options;
    const repository = new AudienceRepository(engine);
    const catalog = new CatalogSource(store, engine, repository);
    const turn = new EvaluationTurn(store.leases, clock, instance);
    this.#store = store;
    this.#clock = clock;
    this.#definitions = definitions;
    this.#repository = repository;
    this.#movements = new Movements(repository, clock);
    this.#catalog = catalog;
    const memberships = new MembershipRepository(engine, piece);
    this.#evaluation = new Evaluation({ store, repository, memberships, catalog, turn, timeZone });
    this.#membersNow = new MembersNow({ store, engine, catalog, timeZone });
    const previews = new Previews({
      store,
      repository: new PreviewRepository(engine),
      catalog,
      timeZone,
      sample,
    });
    const explanations = new Explanations({
      store,
      profiles: new ProfileService({ store, engine }),
      repository: new PersonRepository(engine),
      catalog,
      timeZone,
    });
    this.rules = new RuleQuestions({ store, clock, catalog, previews, explanations });
    this.suggestions = new Suggestions(catalog, new SeenValuesSource(store, new ValueRepository(engine)));
    this.versions = new AudienceVersions(store, definitions);
    definitions.on("audience", audienceHooks({ catalog, timeZone, onSaved: () => this.#noteSaved() }));
  }

  /** @throws PeregrineError `cursorInvalid` */
  async list(limit: number, cursor?: string): Promise<Page<AudienceView>> {
    const [after] = LIST.after(cursor) ?? [];
    const all = await this.#store.definitions.list("audience");
    const rest = all.filter(({ id }) => after === undefined || id > after).slice(0, limit + 1);
    const page = LIST.page(rest, limit, ({ id }) => [id]);
    return { items: await this.#views(page.items), next: page.next };
  }

  /** The audiences whose rules read any of this data, by id. */
  async reading(data: {
    readonly attributes: readonly number[];
    readonly events: readonly string[];
  }): Promise<{ readonly id: string; readonly name: string }[]> {
    const catalog = await this.#catalog.read("accepted");
    const audiences = await this.#store.definitions.list("audience");
    return audiences.flatMap(({ id, body: { name, rule } }) => {
      const resolved = resolveRule(rule, catalog);
      if ("faults" in resolved) return [];
      const reads = readsOf(resolved.ok);
      const any =
        reads.attributes.some((one) => data.attributes.includes(one)) ||
        reads.events.some((one) => data.events.includes(one));
      return any ? [{ id, name }] : [];
    });
  }

  /** @throws PeregrineError `notFound` */
  async get(id: string): Promise<AudienceView> {
    const [view] = await this.#views([await this.#record(id)]);
    if (view === undefined) throw await audienceNotFound(this.#store, id);
    return view;
  }

  /**
   * Saves an audience; without an id under a new one of 8 hex characters.
   *
   * @param by the name of the token that does it
   * @param only `mustBeNew`: an audience that has the id already is not changed; `ofVersion`: nor one that somebody
   *   else saved since
   * @throws PeregrineError `definitionInvalid` with all faults, `idTaken`, `savedMeanwhile`
   */
  async save(
    audience: Omit<AudienceDefinition, "kind" | "id"> & { readonly id?: string | undefined },
    by: string,
    only: Pick<ApplyOptions, "mustBeNew" | "ofVersion"> = {},
  ): Promise<{ readonly audience: AudienceView; readonly created: boolean }> {
    const { id, ...fields } = audience;
    const document = { kind: "audience", ...(id === undefined ? {} : { id }), ...fields };
    const { changes } = await this.#definitions.apply([document], { origin: "api", by, ...only });
    const change = changes.find(({ body }) => body.kind === "audience");
    if (change === undefined) throw new TypeError("an audience was applied, and no change came of it");
    return { audience: await this.get(change.body.id), created: change.action === "created" };
  }

  /**
   * @param only `ofVersion`: not one that somebody else saved since
   * @throws PeregrineError `notFound`, `definitionInvalid` while an activation carries it, `savedMeanwhile`
   */
  async delete(id: string, by: string, only: Pick<ApplyOptions, "ofVersion"> = {}): Promise<void> {
    await this.#definitions.delete("audience", id, { origin: "api", by, ...only });
  }

  /**
   * Checks audiences together, as of `asOf` (ms UTC) or now, and publishes who entered and who left. What can be
   * shown not to have changed, or is not to be checked yet by its own choice, is not evaluated, unless forced.
   *
   * @throws PeregrineError `evaluationBusy`, `leaseLost`, and what engine and store throw; then nothing changed
   */
  async evaluate(
    audienceIds: readonly string[],
    asOf?: number,
    options?: EvaluationOptions,
  ): Promise<EvaluationResult> {
    return this.#evaluation.run(audienceIds, asOf ?? this.#clock.now(), options);
  }

  /** Hears that somebody had an audience checked by hand; a scheduler sends what came of it. */
  onChecked: (audienceId: string) => void = () => {};

  /** Hears that audiences were saved, once of all that are saved together; a scheduler checks them. */
  onSaved: () => void = () => {};

  #isNoted = false;

  #noteSaved(): void {
    if (this.#isNoted) return;
    this.#isNoted = true;
    queueMicrotask(() => {
      this.#isNoted = false;
      this.onSaved();
    });
  }

  /** Checks every audience, as of `asOf` (ms UTC), as {@link evaluate} does. */
  async checkAll(asOf: number): Promise<EvaluationResult> {
    const all = await this.#store.definitions.list("audience");
    return this.evaluate(
      all.map(({ id }) => id),
      asOf,
    );
  }

  /**
   * Evaluates one audience now, whatever it has chosen and whether anything has changed.
   *
   * @throws PeregrineError `notFound`, `ruleInvalid`, and what {@link evaluate} throws
   */
  async check(id: string): Promise<AudienceView> {
    await this.#record(id);
    const { failed } = await this.evaluate([id], this.#clock.now(), { force: true });
    const [failure] = failed;
    if (failure !== undefined) throw failure.error;
    this.onChecked(id);
    return this.get(id);
  }

  /**
   * Counts whom the rule finds now. Nobody joins or leaves by it, so nothing is sent.
   *
   * @throws PeregrineError `notFound`, `ruleInvalid`
   */
  async refresh(id: string): Promise<AudienceView> {
    const { asOf, size } = await this.rules.previewOf(id);
    await this.#store.audienceChecks.counted(id, size, asOf);
    return this.get(id);
  }

  /** How audiences stand with their checks, by id; those that were never checked have no entry. */
  async standing(audienceIds: readonly string[]): Promise<ReadonlyMap<string, AudienceStanding>> {
    const states = await this.#store.audienceChecks.of(audienceIds);
    return new Map(
      [...states].map(([id, { checkedAt, evaluation, failure }]) => [
        id,
        {
          checkedAt,
          changedBy: evaluation?.changedBy ?? 0,
          size: evaluation?.size ?? 0,
          error: failure?.error ?? null,
        },
      ]),
    );
  }

  /**
   * Who belonged to an audience at its last evaluation, by number of profile.
   *
   * @throws PeregrineError `notFound` for an audience or an identifier that does not exist, `cursorInvalid`
   */
  async members(
    id: string,
    personIdentifier: string,
    { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<{ readonly profile: number; readonly value: string | null }>> {
    await this.#record(id);
    const identifier = await this.#store.definitions.get("identifier", personIdentifier);
    if (identifier === undefined) {
      throw notFound("identifier", `There is no identifier \`${personIdentifier}\`.`);
    }
    const keyset = new Keyset(`members/${id}`, ["number"]);
    const [after = 0] = keyset.after(cursor) ?? [];
    const snapshot = await this.#store.operations.snapshot();
    const rows = await this.#repository.members(snapshot, id, identifier.number, after, limit + 1);
    return keyset.page(rows, limit, ({ profile }) => [profile]);
  }

  /** Members after the evaluations that the snapshot sees, by audience. */
  async sizes(audienceIds: readonly string[], snapshot?: Snapshot): Promise<ReadonlyMap<string, number>> {
    return this.#repository.sizes(snapshot ?? (await this.#store.operations.snapshot()), audienceIds);
  }

  /**
   * The number of the first evaluation after one that let somebody in or out, by audience; those without have no entry.
   *
   * @param after by audience the number of an evaluation; 0: from the beginning
   */
  async firstChanges(
    asked: readonly EvaluationOf[],
  ): Promise<readonly (EvaluationOf & { readonly first: number })[]> {
    return this.#repository.firstChanges(await this.#store.operations.snapshot(), asked);
  }

  /**
   * `WITH … member(audience, profile), person(profile, value)` for whoever sends audiences somewhere.
   *
   * @param identifier number of the identifier's definition
   */
  membersAndPersons(snapshot: Snapshot, audienceIds: readonly string[], identifier: number): Fragment {
    return membersAndPersons(snapshot, audienceIds, identifier);
  }

  /** The same with the members whom a check as of `asOf` (ms UTC) would find; nothing is written. */
  membersNow(audienceIds: readonly string[], asOf: number, identifier: number): Promise<Fragment> {
    return this.#membersNow.of(audienceIds, asOf, identifier);
  }

  async #record(id: string): Promise<DefinitionRecord<AudienceDefinition>> {
    const record = await this.#store.definitions.get("audience", id);
    if (record === undefined) throw await audienceNotFound(this.#store, id);
    return record;
  }

  async #views(records: readonly DefinitionRecord<AudienceDefinition>[]): Promise<AudienceView[]> {
    const ids = records.map(({ id }) => id);
    const snapshot = await this.#store.operations.snapshot();
    const movements = await this.#movements.of(snapshot, ids);
    const checks = await this.#store.audienceChecks.of(ids);
    const all = await this.#store.definitions.list("audience");
    const names = new Map(all.map(({ id, body }) => [id, body.name]));
    return records.map(({ id, body: { kind: _, ...body }, version, origin, updatedAt, updatedBy }) => {
      const sentence = sentenceOf(body.rule, (named) => names.get(named));
      const { checkedAt = null, counted = null, failure = null, evaluation = null } = checks.get(id) ?? {};
      const error = failure && { code: failure.error.code, detail: failure.error.detail };
      const { joined = 0, left = 0 } = movements.get(id) ?? {};
      const seen = { size: evaluation?.size ?? 0, lastDay: { joined, left }, checkedAt, counted, error };
      return { ...body, sentence, ...seen, version, origin, updatedAt, updatedBy };
    });
  }
}
