import { randomBytes } from "node:crypto";
import {
  type Definition,
  type DefinitionOf,
  definitionKey,
  type Kind,
  newAudienceId,
  notFound,
  PeregrineError,
} from "@peregrine/core";
import type { DefinitionRecord, Page, Random, Store } from "../store/index.ts";
import type { ApplyOptions } from "./apply-options.ts";
import { type Draft, Drafts } from "./draft.ts";
import { Hooks, type KindHooks, type Note, type NumberedChange } from "./hooks.ts";
import type { PlannedChange } from "./plan.ts";
import { secretOwner } from "./secret-owner.ts";

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
  readonly #hooks = new Hooks();
  readonly #drafts: Drafts;
  /** Ends when every change of this process that was asked for so far has ended. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor({ store, random = randomBytes, targetOf = () => undefined }: ServiceOptions) {
    this.#store = store;
    this.#random = random;
    this.#drafts = new Drafts({ store, hooks: this.#hooks, targetOf });
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
      const draft = await this.#drafts.of(documents, options, remove);
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
      await this.#hooks.prepare(change, {
        ...context,
        secrets: await this.#drafts.secretNames(body, secrets),
      });
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

  #withId(document: unknown): unknown {
    if (document === null || typeof document !== "object" || "id" in document) return document;
    if (!("kind" in document) || document.kind !== "audience") return document;
    return { ...document, id: newAudienceId(this.#random) };
  }
}

const OVERTAKEN = new Error("another change was published first");
