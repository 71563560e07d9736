import { Readable } from "node:stream";
import { type Clock, type DataflowSource, notFound, PeregrineError, type Proposal } from "@peregrine/core";
import type { DefinitionService } from "../definition/index.ts";
import type { Engine } from "../engine/index.ts";
import type { LatestRows } from "../ingest/index.ts";
import type { Store } from "../store/index.ts";
import { type KeptSample, type Sample, SampleFolder } from "./sample-folder.ts";
import { type ProposalRequest, proposalOf } from "./sample-proposal.ts";
import { previewOf, type SamplePreview, type SampleValidation, validationOf } from "./sample-trial.ts";
import { readRows, type SampleView, viewOf } from "./sample-view.ts";

interface SampleServiceOptions {
  readonly store: Store;
  readonly engine: Engine;
  readonly definitions: DefinitionService;
  readonly clock: Clock;
  /** Where samples lie; of this server alone. */
  readonly folder: string;
  /** By whose clock times without a zone are meant, unless a proposal is asked for another. */
  readonly timeZone: string;
  /** Whether this server takes files. */
  readonly takesIn: boolean;
  /** The latest rows that came as drafts for a dataflow, as JSON objects. */
  readonly draftRows: (dataflowId: string) => Promise<{ readonly rows: readonly string[] }>;
  /** The first rows of the latest import of a dataflow that has kept some. */
  readonly latestRows: (dataflowId: string) => Promise<LatestRows | undefined>;
}

/** Files that are looked at before they are imported: what they are, what could become of them, what would. */
export class SampleService {
  readonly #options: SampleServiceOptions;
  readonly #folder: SampleFolder;

  constructor(options: SampleServiceOptions) {
    this.#options = options;
    this.#folder = new SampleFolder(options.folder, options.clock);
  }

  /**
   * Keeps the first part of a file for a day and says what it is.
   *
   * @throws PeregrineError `uploadElsewhere`, `fileEmpty`, `diskFull`, `uploadBroken`
   */
  async take(fileName: string, body: AsyncIterable<Uint8Array>, rows: number): Promise<SampleView> {
    return this.#take(fileName, body, rows);
  }

  /**
   * Keeps the latest rows that came as drafts of a stream, as they are now; those that come later are another sample.
   *
   * @throws PeregrineError `notFound`, also where none has come, `uploadElsewhere`, `diskFull`
   */
  async takeDrafts(dataflowId: string, shown: number): Promise<SampleView> {
    const { rows } = await this.#options.draftRows(dataflowId);
    if (rows.length === 0) {
      throw notFound("sample", `No draft rows have come for \`${dataflowId}\` on this server.`);
    }
    const lines = rows.map((row) => Buffer.from(`${row}\n`));
    return this.#take(`${dataflowId}.jsonl`, Readable.from(lines), shown, { format: "jsonLines" });
  }

  /**
   * Keeps the first rows of the latest import of a dataflow that was published.
   *
   * @throws PeregrineError `notFound`, also where none was, `uploadElsewhere`, `diskFull`
   */
  async takeLatest(dataflowId: string, shown: number): Promise<SampleView> {
    const { store, latestRows } = this.#options;
    if ((await store.definitions.get("dataflow", dataflowId)) === undefined) {
      const known = (await store.definitions.list("dataflow")).map((one) => one.id);
      throw notFound("dataflow", `There is no dataflow \`${dataflowId}\`.`, { asked: dataflowId, known });
    }
    const latest = await latestRows(dataflowId);
    if (latest === undefined) {
      throw notFound("sample", `No import of \`${dataflowId}\` has kept rows.`);
    }
    return this.#take(latest.fileName, latest.body, shown, latest.source);
  }

  async #take(
    fileName: string,
    body: AsyncIterable<Uint8Array>,
    shown: number,
    kept?: Partial<DataflowSource>,
  ): Promise<SampleView> {
    if (!this.#options.takesIn) {
      throw new PeregrineError("uploadElsewhere", { detail: "This server runs without the role `ingest`." });
    }
    return this.#view(await this.#folder.take(fileName, body, kept), shown);
  }

  /** @throws PeregrineError `notFound` */
  async get(id: string, rows: number): Promise<SampleView> {
    return this.#view(await this.#folder.get(id), rows);
  }

  /** Corrects what was recognised. @throws PeregrineError `notFound` */
  async describe(id: string, source: DataflowSource, rows: number): Promise<SampleView> {
    return this.#view(await this.#folder.describe(id, source), rows);
  }

  /** @throws PeregrineError `notFound` */
  async remove(id: string): Promise<void> {
    await this.#folder.remove(id);
  }

  /** @throws PeregrineError `notFound`, `definitionInvalid`, and what makes the file unreadable */
  async propose(id: string, request: ProposalRequest): Promise<Proposal> {
    const sample = await this.#kept(id);
    return proposalOf(this.#options, sample, await readRows(this.#options.engine, sample), request);
  }

  /**
   * What definitions that need not be saved make of the sample's first rows.
   *
   * @throws PeregrineError `notFound`, `definitionInvalid`, and what makes the file unreadable
   */
  async preview(id: string, documents: readonly unknown[], rows: number): Promise<SamplePreview> {
    return previewOf(this.#options, await this.#kept(id), documents, rows);
  }

  /** The same for all of the sample, as numbers. @throws PeregrineError as {@link preview} */
  async validate(id: string, documents: readonly unknown[]): Promise<SampleValidation> {
    return validationOf(this.#options, await this.#kept(id), documents);
  }

  async #kept(id: string): Promise<KeptSample> {
    return this.#at(await this.#folder.get(id));
  }

  #at(sample: Sample): KeptSample {
    return { ...sample, path: this.#folder.path(sample.id) };
  }

  #view(sample: Sample, shown: number): Promise<SampleView> {
    return viewOf(this.#options, this.#at(sample), shown);
  }
}
