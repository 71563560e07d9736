import { type Dataflow, notFound, PeregrineError, type SchemaParent } from "@peregrine/core";
import type { ApplyOptions, DefinitionService } from "../definition/index.ts";
import type { Engine } from "../engine/index.ts";
import type { DefinitionRecord, ImportRecord, Origin, Page, Store } from "../store/index.ts";
import { type Activity, activityLog } from "./activity-log.ts";
import { countWithdrawal, type Withdrawal, withdrawingHooks } from "./deletion.ts";

interface DataflowServiceOptions {
  readonly store: Store;
  readonly engine: Engine;
  readonly definitions: DefinitionService;
  /** The audiences whose rules read any of this data. */
  readonly audiencesReading: (data: Withdrawal["names"]) => Promise<readonly NamedAudience[]>;
  /** Called when a dataflow was changed or deleted: what waits for it may go on, and data may be gone. */
  readonly onChanged: () => void;
}

interface NamedAudience {
  readonly id: string;
  readonly name: string;
}

/** A dataflow as it is shown. */
export interface DataflowView {
  readonly definition: Dataflow;
  readonly parent: SchemaParent | null;
  readonly version: number;
  readonly origin: Origin;
  readonly updatedAt: number;
  readonly updatedBy: string;
  /** Imports that have not ended; of a paused one they wait until it is resumed. */
  readonly waiting: number;
  readonly lastImport: Pick<
    ImportRecord,
    "id" | "fileName" | "state" | "counts" | "createdAt" | "finishedAt"
  > | null;
}

/** What a deletion does, told before it is done. */
export interface DeletionView extends Omit<Withdrawal, "names"> {
  /** Imports that are queued, and would come to nothing. */
  readonly waiting: number;
  readonly audiences: readonly NamedAudience[];
  /** Why it can't be deleted as things are. */
  readonly faults: readonly {
    readonly path: string;
    readonly message: string;
    readonly remedy?: string | undefined;
  }[];
}

/** Dataflows once they are there: how they stand, and what can be done with them. */
export class DataflowService {
  readonly #options: DataflowServiceOptions;

  constructor(options: DataflowServiceOptions) {
    this.#options = options;
    options.definitions.on("dataflow", withdrawingHooks(options.store, options.onChanged));
  }

  async list(): Promise<DataflowView[]> {
    const dataflows = await this.#options.store.definitions.list("dataflow");
    return Promise.all(dataflows.map((record) => this.#view(record)));
  }

  /** @throws PeregrineError `notFound` */
  async get(id: string): Promise<DataflowView> {
    return this.#view(await this.#record(id));
  }

  /**
   * Lets a draft or a paused dataflow take rows in.
   *
   * @throws PeregrineError `notFound`, `definitionInvalid` with all that keeps it from being active
   */
  async activate(id: string, by: string): Promise<DataflowView> {
    return this.#turn(id, "active", by);
  }

  /**
   * Keeps what comes from now on until the dataflow is resumed; an import that runs goes on to its end.
   *
   * @throws PeregrineError `notFound`, `dataflowDraft`
   */
  async pause(id: string, by: string): Promise<DataflowView> {
    const { body } = await this.#record(id);
    if (body.state === "draft")
      throw new PeregrineError("dataflowDraft", { detail: `\`${id}\` is a draft.` });
    return this.#turn(id, "paused", by);
  }

  /** Takes in what has waited, in its order. @throws PeregrineError `notFound`, `dataflowDraft` */
  async resume(id: string, by: string): Promise<DataflowView> {
    const { body } = await this.#record(id);
    if (body.state === "draft")
      throw new PeregrineError("dataflowDraft", { detail: `\`${id}\` is a draft.` });
    return this.#turn(id, "active", by);
  }

  /**
   * A new draft with the same mapping to the same schema; without what belongs to the first alone, such as the id of
   * its stream.
   *
   * @throws PeregrineError `notFound`, `idTaken`
   */
  async clone(
    id: string,
    copy: { readonly id: string; readonly name?: string | undefined },
    by: string,
  ): Promise<DataflowView> {
    const { name, ...body } = (await this.#record(id)).body;
    const named = copy.name ?? (name === undefined ? undefined : `${name.slice(0, 190)} (copy)`);
    const document = {
      ...body,
      id: copy.id,
      state: "draft",
      ...(named === undefined ? {} : { name: named }),
    };
    await this.#options.definitions.apply([document], { origin: "api", by, mustBeNew: true });
    return this.get(copy.id);
  }

  /** Also of one that is deleted. @throws PeregrineError `notFound`, `cursorInvalid` */
  async log(
    id: string,
    page: { readonly limit: number; readonly cursor?: string | undefined },
  ): Promise<Page<Activity>> {
    const log = await activityLog(this.#options.store, id, page);
    if (log.items.length === 0 && page.cursor === undefined) await this.#record(id);
    return log;
  }

  /** What a deletion would withdraw. @throws PeregrineError `notFound` */
  async deletion(id: string): Promise<DeletionView> {
    const { store, engine, definitions, audiencesReading } = this.#options;
    const { number } = await this.#record(id);
    const [schemas, waiting] = await Promise.all([
      store.imports.filledSchemas(number),
      store.imports.waiting(number),
    ]);
    const { names, ...counted } = await countWithdrawal(
      engine,
      await store.operations.snapshot(),
      number,
      schemas,
    );
    const audiences = await audiencesReading(names);
    try {
      await definitions.delete("dataflow", id, { origin: "api", by: "", dryRun: true });
      return { ...counted, waiting, audiences, faults: [] };
    } catch (error) {
      if (!(error instanceof PeregrineError) || error.actor !== "user") throw error;
      const faults = error.faults.length > 0 ? error.faults : [{ path: "", message: error.detail }];
      return { ...counted, waiting, audiences, faults };
    }
  }

  /**
   * Deletes a dataflow, and with it all that it has brought, at once. Profiles and what links them stay.
   *
   * @param only `ofVersion`: not one that somebody else saved since
   * @returns what was withdrawn, as it was counted just before
   * @throws PeregrineError `notFound`, `definitionInvalid` while something needs it, `savedMeanwhile`
   */
  async delete(id: string, by: string, only: Pick<ApplyOptions, "ofVersion"> = {}): Promise<DeletionView> {
    const deletion = await this.deletion(id);
    await this.#options.definitions.delete("dataflow", id, { origin: "api", by, ...only });
    return deletion;
  }

  async #turn(id: string, state: Dataflow["state"], by: string): Promise<DataflowView> {
    const { body } = await this.#record(id);
    await this.#options.definitions.apply([{ ...body, state }], { origin: "api", by });
    return this.get(id);
  }

  async #record(id: string): Promise<DefinitionRecord<Dataflow>> {
    const { definitions } = this.#options.store;
    const record = await definitions.get("dataflow", id);
    if (record !== undefined) return record;
    const known = (await definitions.list("dataflow")).map((one) => one.id);
    throw notFound("dataflow", `There is no dataflow \`${id}\`.`, { asked: id, known });
  }

  async #view({
    body,
    number,
    version,
    origin,
    updatedAt,
    updatedBy,
  }: DefinitionRecord<Dataflow>): Promise<DataflowView> {
    const { definitions, imports } = this.#options.store;
    const [schema, waiting, latest] = await Promise.all([
      definitions.get("schema", body.schema),
      imports.waiting(number),
      imports.page({ dataflowId: body.id, limit: 1 }),
    ]);
    const [last] = latest.items;
    return {
      definition: body,
      parent: schema?.body.parent ?? null,
      version,
      origin,
      updatedAt,
      updatedBy,
      waiting,
      lastImport:
        last === undefined
          ? null
          : {
              id: last.id,
              fileName: last.fileName,
              state: last.state,
              counts: last.counts,
              createdAt: last.createdAt,
              finishedAt: last.finishedAt,
            },
    };
  }
}
