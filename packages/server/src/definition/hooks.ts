import {
  type Definition,
  type DefinitionOf,
  type DefinitionSet,
  type Fault,
  faultIn,
  isOfKind,
  type Kind,
  PeregrineError,
} from "@peregrine/core";
import type { Transaction } from "kysely";
import type { CatalogColumn, Database } from "../store/index.ts";
import { definitionInvalid } from "./definition-invalid.ts";
import type { Action } from "./plan.ts";

/** What a definition is checked in the light of. */
export interface CheckContext {
  /** All definitions as they would be. */
  readonly wanted: DefinitionSet;
  /** As they are now. */
  readonly live: DefinitionSet;
  /** All columns of all wanted schemas; those that are new have the number 0. */
  readonly columns: readonly CatalogColumn[];
  /** The names of the secrets that the definition would have: stored before or given now. */
  readonly secrets: readonly string[];
  readonly answers: Answers;
}

export interface NoteContext {
  readonly answers: Answers;
  /** The secrets that are given now; those that are stored stay. Never to be told. */
  readonly given: Readonly<Record<string, string>>;
}

/** A consequence, or something that works and is likely a mistake. */
export interface Note {
  /** Below the definition: `/settings/baseUrl`. */
  readonly path: string;
  readonly message: string;
}

/** What the caller says of consequences that a definition itself cannot tell. */
export interface Answers {
  /** An activation's address changes: is it the same destination, or one that starts from nothing accepted? */
  readonly destination?: "same" | "different" | undefined;
  /** An activation or an audience of it goes: are its people taken out of the segment first, or left there? */
  readonly people?: "takeOut" | "leave" | undefined;
}

/** One definition on its way; `unchanged` ones are only checked. */
export interface DefinitionChange<Body extends Definition = Definition> {
  readonly action: Action;
  /** As it will be; when it is deleted, as it was. */
  readonly body: Body;
  /** As it is now; absent when it is created. */
  readonly before: Body | undefined;
}

export interface NumberedChange<Body extends Definition = Definition> extends DefinitionChange<Body> {
  readonly number: number;
  /** A schema's columns with their numbers; empty for other kinds. */
  readonly columns: readonly CatalogColumn[];
}

/** A definition without its secrets, with all that its domain fills in. */
export interface OpenedDefinition<Body extends Definition = Definition> {
  readonly body: Body;
  readonly secrets: Readonly<Record<string, string>>;
  /** Below the definition: `/settings/baseUrl`. */
  readonly faults: readonly Fault[];
}

/**
 * What a domain has to do with the definitions of a kind. In this order: `open` and `check` look and change
 * nothing, also in a dry run; `prepare` makes the data plane ready and may happen in vain or twice (also for a deletion); `write` is
 * part of the transaction that publishes; `written` hears of it afterwards.
 */
export interface KindHooks<K extends Kind> {
  /** Takes the secrets out and fills in what the kind's own schema does not know. */
  open?(body: DefinitionOf<K>): OpenedDefinition<DefinitionOf<K> & Definition>;
  /** Faults with paths below the definition. May throw a PeregrineError that says more than a fault. */
  check?(
    change: DefinitionChange<DefinitionOf<K> & Definition>,
    context: CheckContext,
  ): Promise<readonly Fault[]> | readonly Fault[];
  /** What whoever changes it should know, also in a dry run; asked for what changes and has no faults. */
  notes?(
    change: DefinitionChange<DefinitionOf<K> & Definition>,
    context: NoteContext,
  ): Promise<readonly Note[]>;
  prepare?(change: NumberedChange<DefinitionOf<K> & Definition>, context: CheckContext): Promise<void>;
  /** The secrets of a deleted definition stay until its domain deletes them, here or later. */
  write?(
    change: NumberedChange<DefinitionOf<K> & Definition>,
    transaction: Transaction<Database>,
    context: CheckContext,
  ): Promise<void>;
  written?(change: NumberedChange<DefinitionOf<K> & Definition>): void;
}

/** The hooks of all domains, called by the kind of what comes. */
export class Hooks {
  readonly #hooks: Required<GeneralHooks>[] = [];

  /** Adds a domain's hooks for one kind. */
  add<K extends Kind>(kind: K, hooks: KindHooks<K>): void {
    const narrow = <Change extends DefinitionChange>(change: Change) => narrowed(change, kind);
    this.#hooks.push({
      open: (body) => (isOfKind(body, kind) ? hooks.open?.(body) : undefined),
      check: async (change, context) => {
        const own = narrow(change);
        return own === undefined ? [] : ((await hooks.check?.(own, context)) ?? []);
      },
      notes: async (change, context) => {
        const own = narrow(change);
        return own === undefined ? [] : ((await hooks.notes?.(own, context)) ?? []);
      },
      prepare: async (change, context) => {
        const own = narrow(change);
        if (own !== undefined) await hooks.prepare?.(own, context);
      },
      write: async (change, transaction, context) => {
        const own = narrow(change);
        if (own !== undefined) await hooks.write?.(own, transaction, context);
      },
      written: (change) => {
        const own = narrow(change);
        if (own !== undefined) hooks.written?.(own);
      },
    });
  }

  open(body: Definition): OpenedDefinition {
    const nothing: OpenedDefinition = { body, secrets: {}, faults: [] };
    return this.#hooks.reduce((so, hooks) => {
      const opened = hooks.open(so.body);
      if (opened === undefined) return so;
      const secrets = { ...so.secrets, ...opened.secrets };
      return { body: opened.body, secrets, faults: [...so.faults, ...opened.faults] };
    }, nothing);
  }

  /**
   * What is wrong with one definition, with paths below its key; `definitionInvalid` unless a domain threw
   * another code.
   */
  async check(change: DefinitionChange, context: CheckContext): Promise<PeregrineError | undefined> {
    const { kind, id } = change.body;
    const found: Fault[] = [];
    let thrown: PeregrineError | undefined;
    for (const hooks of this.#hooks) {
      try {
        found.push(...(await hooks.check(change, context)));
      } catch (error) {
        if (!(error instanceof PeregrineError) || error.actor !== "user") throw error;
        thrown ??= error;
        const { detail: message } = error;
        found.push(...(error.faults.length > 0 ? error.faults : [{ path: "", message }]));
      }
    }
    const faults = found.map((fault) => faultIn(kind, id, fault));
    if (thrown !== undefined) {
      return new PeregrineError(thrown.code, { detail: thrown.detail, faults, cause: thrown });
    }
    return faults.length === 0 ? undefined : definitionInvalid(faults);
  }

  async notes(change: DefinitionChange, context: NoteContext): Promise<readonly Note[]> {
    const found: Note[] = [];
    for (const hooks of this.#hooks) found.push(...(await hooks.notes(change, context)));
    return found;
  }

  async prepare(change: NumberedChange, context: CheckContext): Promise<void> {
    for (const hooks of this.#hooks) await hooks.prepare(change, context);
  }

  async write(
    change: NumberedChange,
    transaction: Transaction<Database>,
    context: CheckContext,
  ): Promise<void> {
    for (const hooks of this.#hooks) await hooks.write(change, transaction, context);
  }

  written(change: NumberedChange): void {
    for (const hooks of this.#hooks) hooks.written(change);
  }
}

/** Hooks that look at the kind themselves. */
interface GeneralHooks {
  open(body: Definition): OpenedDefinition | undefined;
  check(change: DefinitionChange, context: CheckContext): Promise<readonly Fault[]>;
  notes(change: DefinitionChange, context: NoteContext): Promise<readonly Note[]>;
  prepare(change: NumberedChange, context: CheckContext): Promise<void>;
  write(change: NumberedChange, transaction: Transaction<Database>, context: CheckContext): Promise<void>;
  written(change: NumberedChange): void;
}

/** The change with the type of its kind; `undefined` for a change of another kind. */
function narrowed<Change extends DefinitionChange, K extends Kind>(
  change: Change,
  kind: K,
):
  | (Omit<Change, "body" | "before"> & {
      readonly body: DefinitionOf<K> & Definition;
      readonly before: (DefinitionOf<K> & Definition) | undefined;
    })
  | undefined {
  const { body, before } = change;
  if (!isOfKind(body, kind)) return undefined;
  return { ...change, body, before: before !== undefined && isOfKind(before, kind) ? before : undefined };
}
