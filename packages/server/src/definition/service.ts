import { randomBytes } from "node:crypto";
import {
  type Definition,
  type DefinitionOf,
  DefinitionSet,
  definitionKey,
  type Fault,
  faultIn,
  type Kind,
  newAudienceId,
  notFound,
  PeregrineError,
  readDefinitions,
  referenceFaults,
} from "@peregrine/core";
import type { CatalogColumn, DefinitionRecord, Origin, Page, Random, Store } from "../store/index.ts";
import { definitionInvalid } from "./definition-invalid.ts";
import {
  type Answers,
  type CheckContext,
  Hooks,
  type KindHooks,
  type Note,
  type NumberedChange,
} from "./hooks.ts";
import { type DefinitionPlan, type PlannedChange, planChanges } from "./plan.ts";

export interface ApplyOptions extends Answers {
  readonly origin: Origin;
  /** Who does it: the name of a token. */
  readonly by: string;
  readonly dryRun?: boolean | undefined;
  readonly prune?: boolean | undefined;
  /** Refused when one of the documents is there already, instead of changing it. */
  readonly mustBeNew?: boolean | undefined;
  /** Refused when what is changed or deleted has another version by now: somebody saved it in between. */
  readonly ofVersion?: number | undefined;
  /** The same of each of several definitions; those that are not named are changed whatever their version. */
  readonly versions?: readonly ExpectedVersion[] | undefined;
}

/** What whoever changes a definition has seen of it. */
export interface ExpectedVersion {
  readonly kind: Kind;
  readonly id: string;
  /** 0: it was not there. */
  readonly version: number;
}

export interface ApplyResult {
  readonly dryRun: boolean;
  readonly changes: readonly Pick<PlannedChange, "action" | "body" | "fields">[];
  /** What came from files, stands in none any more, and was left because pruning was not asked for. */
  readonly left: readonly Definition[];
  readonly notes: readonly (Note & { readonly kind: Kind; readonly id: string })[];
}

interface ServiceOptions {
  readonly store: Store;
  readonly random?: Random;
  /** What an activation sends to, normalised, by its type; two activations may not send one audience there. */
  readonly targetOf?: (activation: DefinitionOf<"activation">) => string | undefined;
}

/** How often a change that another process's overtook is planned anew: each time, one of the others has succeeded. */
const ATTEMPTS = 20;

/** Definitions of all kinds: what they are, and the one way in which they change. */
export class DefinitionService {
  readonly #store: Store;
  readonly #random: Random;
  readonly #targetOf: NonNullable<ServiceOptions["targetOf"]>;
  readonly #hooks = new Hooks();
  /** Ends when every change of this process that was asked for so far has ended. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ store, random = randomBytes, targetOf = () => undefined }: ServiceOptions) {
    this.#store = store;
    this.#random = random;
    this.#targetOf = targetOf;
  }

  /**
   * Lets a domain take part in the changes of one kind; at the start, before anything is applied. Hooks must not
   * apply anything themselves: that would wait for the change of which they are part.
   */
  on<K extends Kind>(kind: K, hooks: KindHooks<K>): void {
    this.#hooks.add(kind, hooks);
  }

  /** Live definitions, by kind and id. @throws PeregrineError `cursorInvalid` */
  async page(options: {
    readonly kind?: Kind | undefined;
    readonly cursor?: string | undefined;
    readonly limit: number;
  }): Promise<Page<DefinitionRecord>> {
    return this.#store.definitions.page(options);
  }

  /** One live definition, and the names of the secrets that are stored for it. @throws PeregrineError `notFound` */
  async get(kind: Kind, id: string): Promise<DefinitionRecord & { readonly secrets: readonly string[] }> {
    const record: DefinitionRecord | undefined = await this.#store.definitions.get(kind, id);
    if (record === undefined) {
      const known = (await this.#store.definitions.list(kind)).map((one) => one.id);
      throw notFound(kind, `There is no ${kind} ${id}.`, { asked: id, known });
    }
    return { ...record, secrets: await this.#store.secrets.names(secretOwner(kind, id)) };
  }

  /**
   * Brings definitions to what documents say, all together or not at all.
   *
   * @param documents as people write them; an audience that is made by the API may go without an id
   * @throws PeregrineError `definitionInvalid` with every fault of every document; whatever a domain's check
   *   throws. Then nothing was changed.
   */
  async apply(documents: readonly unknown[], options: ApplyOptions): Promise<ApplyResult> {
    const named = options.origin === "api" ? documents.map((one) => this.#withId(one)) : documents;
    return this.#inTurn(() => this.#carryOut(named, options, []));
  }

  /** Deletes one definition, unless others need it. @throws PeregrineError `notFound`, `definitionInvalid` */
  async delete(kind: Kind, id: string, options: ApplyOptions): Promise<ApplyResult> {
    await this.get(kind, id);
    return this.#inTurn(() => this.#carryOut([], options, [{ kind, id }]));
  }

  /** One after the other in this process: changes that overtake one another would only be planned anew. */
  #inTurn(work: () => Promise<ApplyResult>): Promise<ApplyResult> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #carryOut(
    documents: readonly unknown[],
    options: ApplyOptions,
    remove: readonly { readonly kind: Kind; readonly id: string }[],
  ): Promise<ApplyResult> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const draft = await this.#draft(documents, options, remove);
      const { changes, left } = draft.plan;
      const due = changes.filter(({ action }) => action !== "unchanged");
      // Of what is there now: once it is changed, who is taken out is on the way already.
      const notes = await this.#notes(due, draft);
      const result = { dryRun: options.dryRun ?? false, changes, left, notes };
      if (result.dryRun || due.length === 0) return result;
      const prepared = await this.#prepare(due, draft);
      if (await this.#publish(draft, prepared, options)) {
        for (const change of prepared) this.#hooks.written(change);
        return result;
      }
    }
    throw new PeregrineError("storeBusy", { detail: "Others keep changing definitions at the same time." });
  }

  /** Plans and checks; changes nothing. */
  async #draft(
    documents: readonly unknown[],
    options: ApplyOptions,
    remove: readonly { readonly kind: Kind; readonly id: string }[],
  ): Promise<Draft> {
    const { definitions: repository } = this.#store;
    // Read first: a change that is published while the rest is read makes this number an old one.
    const revision = await repository.revision();
    const stored = await repository.all();
    const { definitions, unreadable, faults } = readDefinitions(documents);
    const opened = definitions.map((body) => this.#hooks.open(body));
    const secrets = new Map(opened.map(({ body, secrets }) => [definitionKey(body.kind, body.id), secrets]));
    const plan = planChanges(
      stored,
      opened.map(({ body }) => body),
      {
        origin: options.origin,
        prune: options.prune ?? false,
        remove,
        unreadable,
        changedSecrets: await this.#changedSecrets(secrets),
      },
    );
    if (options.mustBeNew === true) refuseTaken(plan);
    refuseOvertaken(plan, stored, options);
    const live = new DefinitionSet(stored.filter(({ state }) => state === "live").map(({ body }) => body));
    const context = {
      wanted: plan.wanted,
      live,
      columns: columnsOf(plan.wanted, await repository.columns()),
      answers: { destination: options.destination, people: options.people },
    };
    const found = [
      ...faults,
      ...opened.flatMap(({ body, faults }) => faults.map((fault) => faultIn(body.kind, body.id, fault))),
      ...plan.faults,
      ...referenceFaults({
        wanted: plan.wanted,
        live,
        deleted: new DefinitionSet(stored.filter(({ state }) => state === "deleted").map(({ body }) => body)),
        unreadable,
        targetOf: this.#targetOf,
      }),
    ];
    refuse(found, await this.#checkAll(plan, context, secrets));
    return { revision, plan, context, secrets };
  }

  /**
   * What the domains find. Also in what stays as it is: a deletion, or another schema, may have taken away what
   * it needs.
   */
  async #checkAll(
    plan: DefinitionPlan,
    context: Omit<CheckContext, "secrets">,
    secrets: Draft["secrets"],
  ): Promise<PeregrineError[]> {
    const named = new Set(plan.changes.map(({ body }) => definitionKey(body.kind, body.id)));
    const others = [...plan.wanted]
      .filter(({ kind, id }) => !named.has(definitionKey(kind, id)))
      .map((body) => ({ action: "unchanged" as const, body, before: body }));
    const found: PeregrineError[] = [];
    for (const { action, body, before } of [...plan.changes, ...others]) {
      const complete = { ...context, secrets: await this.#secretNames(body, secrets) };
      const error = await this.#hooks.check({ action, body, before }, complete);
      if (error !== undefined) found.push(error);
    }
    return found;
  }

  async #notes(
    due: readonly PlannedChange[],
    { context: { answers }, secrets }: Draft,
  ): Promise<ApplyResult["notes"]> {
    const found: ApplyResult["notes"][number][] = [];
    for (const { action, body, before } of due) {
      const { kind, id } = body;
      const given = secrets.get(definitionKey(kind, id)) ?? {};
      const notes = await this.#hooks.notes({ action, body, before }, { answers, given });
      found.push(...notes.map((note) => ({ kind, id, ...note })));
    }
    return found;
  }

  /** Numbers what is new and makes the data plane ready. May be in vain, when the publication fails. */
  async #prepare(due: readonly PlannedChange[], { context, secrets }: Draft): Promise<NumberedChange[]> {
    const prepared: NumberedChange[] = [];
    for (const { action, body, before, number } of due) {
      const change = {
        action,
        body,
        before,
        number: number ?? (await this.#store.definitions.reserveNumber()),
        columns:
          body.kind === "schema" ? await this.#store.definitions.numberColumns(body.id, body.columns) : [],
      };
      await this.#hooks.prepare(change, { ...context, secrets: await this.#secretNames(body, secrets) });
      prepared.push(change);
    }
    return prepared;
  }

  /** Everything in one transaction; `false` when somebody else's change came in between. */
  async #publish(
    { revision, context, secrets }: Draft,
    prepared: readonly NumberedChange[],
    { origin, by }: ApplyOptions,
  ): Promise<boolean> {
    return this.#store.db
      .transaction()
      .execute(async (trx) => {
        const definitions = this.#store.definitions.with(trx);
        const stored = this.#store.secrets.with(trx);
        // Thrown, so that the number that was just drawn is given back.
        if ((await definitions.nextRevision()) !== revision + 1) throw OVERTAKEN;
        for (const change of prepared) {
          const { kind, id } = change.body;
          const owner = secretOwner(kind, id);
          if (change.action === "deleted") {
            await definitions.delete(kind, id, by);
          } else {
            await definitions.put(change.body, { origin, by, number: change.number });
            await stored.set(owner, secrets.get(definitionKey(kind, id)) ?? {});
          }
          await this.#hooks.write(change, trx, { ...context, secrets: await stored.names(owner) });
        }
        return true;
      })
      .catch((error: unknown) => {
        if (error === OVERTAKEN) return false;
        throw error;
      });
  }

  async #changedSecrets(given: Draft["secrets"]): Promise<Map<string, readonly string[]>> {
    const changed = new Map<string, readonly string[]>();
    for (const [key, secrets] of given) {
      if (Object.keys(secrets).length === 0) continue;
      const [kind = "", id = ""] = key.split(" ");
      const stored = await this.#store.secrets.of(`${kind}/${id}`);
      const names = Object.keys(secrets).filter((name) => stored[name] !== secrets[name]);
      if (names.length > 0) changed.set(key, names);
    }
    return changed;
  }

  async #secretNames({ kind, id }: Definition, given: Draft["secrets"]): Promise<string[]> {
    const stored = kind === "activation" ? await this.#store.secrets.names(secretOwner(kind, id)) : [];
    return [...new Set([...stored, ...Object.keys(given.get(definitionKey(kind, id)) ?? {})])];
  }

  #withId(document: unknown): unknown {
    if (document === null || typeof document !== "object" || "id" in document) return document;
    if (!("kind" in document) || document.kind !== "audience") return document;
    return { ...document, id: newAudienceId(this.#random) };
  }
}

interface Draft {
  readonly revision: number;
  readonly plan: DefinitionPlan;
  readonly context: Omit<CheckContext, "secrets">;
  /** What was given now, by {@link definitionKey}. */
  readonly secrets: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/**
 * Ends a draft that has faults. What a domain threw about one definition keeps its own code when nothing else is
 * wrong; together with other faults it is one of them.
 */
function refuse(faults: readonly Fault[], errors: readonly PeregrineError[]): void {
  const [only] = errors;
  if (faults.length === 0 && errors.length === 1 && only !== undefined) throw only;
  const all = [...faults, ...errors.flatMap((error) => error.faults)];
  if (all.length === 0) return;
  throw definitionInvalid(all);
}

/** @throws PeregrineError `idTaken` */
function refuseTaken({ changes }: DefinitionPlan): void {
  const taken = changes.find(({ before }) => before !== undefined);
  if (taken === undefined) return;
  const { kind, id } = taken.body;
  const name = taken.before !== undefined && "name" in taken.before ? ` (“${taken.before.name}”)` : "";
  throw new PeregrineError("idTaken", {
    detail: `There is an ${kind} \`${id}\` already${name}.`,
    faults: [{ path: "/id", message: `\`${id}\` is in use` }],
  });
}

/** @throws PeregrineError `savedMeanwhile` */
function refuseOvertaken(
  { changes }: DefinitionPlan,
  stored: readonly DefinitionRecord[],
  { ofVersion, versions = [] }: ApplyOptions,
): void {
  for (const { action, body } of changes) {
    const isThis = ({ kind, id }: { readonly kind: Kind; readonly id: string }) =>
      kind === body.kind && id === body.id;
    const version = ofVersion ?? versions.find(isThis)?.version;
    if (action === "unchanged" || version === undefined) continue;
    const record = stored.find(isThis);
    const isThere = record !== undefined && (record.state === "live" || version > 0);
    if (version === (isThere ? record.version : 0)) continue;
    const now = isThere ? `it has version ${record.version} now` : "it is not there";
    const seen = version === 0 ? "was not there" : `not ${version}`;
    const what = ofVersion === undefined ? `the ${body.kind} ${body.id}` : "it";
    const did = record?.state === "deleted" ? "deleted" : version === 0 ? "made" : "saved";
    throw new PeregrineError("savedMeanwhile", {
      detail: isThere
        ? `${record.updatedBy} ${did} ${what} in the meantime.`
        : `There is no ${body.kind} ${body.id}.`,
      faults: [{ path: "/version", message: `${now}, and ${seen}` }],
    });
  }
}

const OVERTAKEN = new Error("another change was published first");

/** The owner under which a definition's secrets are stored. */
export function secretOwner(kind: Kind, id: string): string {
  return `${kind}/${id}`;
}

/** The columns of the wanted schemas, with 0 where a number is not given yet. */
function columnsOf(wanted: DefinitionSet, known: readonly CatalogColumn[]): CatalogColumn[] {
  return wanted.list("schema").flatMap((schema) =>
    schema.columns.map(({ name, type }) => {
      const column = known.find(
        (one) => one.schemaId === schema.id && one.name === name && one.type === type,
      );
      return { number: column?.number ?? 0, schemaId: schema.id, name, type };
    }),
  );
}
