import {
  type Definition,
  type DefinitionOf,
  DefinitionSet,
  definitionKey,
  type Fault,
  faultIn,
  type Kind,
  PeregrineError,
  readDefinitions,
  referenceFaults,
} from "@peregrine/core";
import type { CatalogColumn, DefinitionRecord, Store } from "../store/index.ts";
import type { ApplyOptions } from "./apply-options.ts";
import { definitionInvalid } from "./definition-invalid.ts";
import type { CheckContext, Hooks } from "./hooks.ts";
import { type DefinitionPlan, planChanges } from "./plan.ts";
import { secretOwner } from "./secret-owner.ts";

interface DraftsOptions {
  readonly store: Store;
  readonly hooks: Hooks;
  readonly targetOf: (activation: DefinitionOf<"activation">) => string | undefined;
}

/** What would change, checked, as of one revision of all definitions. */
export interface Draft {
  readonly revision: number;
  readonly plan: DefinitionPlan;
  readonly context: Omit<CheckContext, "secrets">;
  /** What was given now, by {@link definitionKey}. */
  readonly secrets: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

/** Works out what documents would change, and whether they may; changes nothing. */
export class Drafts {
  readonly #options: DraftsOptions;

  constructor(options: DraftsOptions) {
    this.#options = options;
  }

  /** @throws PeregrineError `definitionInvalid` with every fault, `idTaken`, `savedMeanwhile`, and whatever a domain's check throws */
  async of(
    documents: readonly unknown[],
    options: ApplyOptions,
    remove: readonly { readonly kind: Kind; readonly id: string }[],
  ): Promise<Draft> {
    const { definitions: repository } = this.#options.store;
    // Read first: a change that is published while the rest is read makes this number an old one.
    const revision = await repository.revision();
    const stored = await repository.all();
    const { definitions, unreadable, faults } = readDefinitions(documents);
    const opened = definitions.map((body) => this.#options.hooks.open(body));
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
        targetOf: this.#options.targetOf,
      }),
    ];
    refuse(found, await this.#checkAll(plan, context, secrets));
    return { revision, plan, context, secrets };
  }

  /** Names of the secrets that a definition would have. @param given what is given now */
  async secretNames({ kind, id }: Definition, given: Draft["secrets"]): Promise<string[]> {
    const stored =
      kind === "activation" ? await this.#options.store.secrets.names(secretOwner(kind, id)) : [];
    return [...new Set([...stored, ...Object.keys(given.get(definitionKey(kind, id)) ?? {})])];
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
      const complete = { ...context, secrets: await this.secretNames(body, secrets) };
      const error = await this.#options.hooks.check({ action, body, before }, complete);
      if (error !== undefined) found.push(error);
    }
    return found;
  }

  async #changedSecrets(given: Draft["secrets"]): Promise<Map<string, readonly string[]>> {
    const changed = new Map<string, readonly string[]>();
    for (const [key, secrets] of given) {
      if (Object.keys(secrets).length === 0) continue;
      const [kind = "", id = ""] = key.split(" ");
      const stored = await this.#options.store.secrets.of(`${kind}/${id}`);
      const names = Object.keys(secrets).filter((name) => stored[name] !== secrets[name]);
      if (names.length > 0) changed.set(key, names);
    }
    return changed;
  }
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
