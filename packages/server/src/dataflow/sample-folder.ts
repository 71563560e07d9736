import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Clock, type DataflowSource, dataflowSource, notFound, PeregrineError } from "@peregrine/core";
import { z } from "zod";
import { Spool } from "../ingest/index.ts";

/** Of a file that is larger only its first part is kept. */
export const SAMPLE_BYTES = 16 * 1024 * 1024;
export const SAMPLE_KEPT_MS = 24 * 3_600_000;
/** Together with their size that bounds what samples take of the disk; the oldest goes first. */
const MOST_SAMPLES = 20;

const record = z.object({
  id: z.uuid(),
  fileName: z.string(),
  size: z.number(),
  part: z.boolean(),
  createdAt: z.number(),
  source: dataflowSource,
  kept: z.boolean().default(false),
});

/** A file that was sent to be looked at. */
export interface Sample {
  readonly id: string;
  /** For people to recognise it by; never a name on the disk. */
  readonly fileName: string;
  /** Bytes that are kept. */
  readonly size: number;
  /** There was more than is kept. */
  readonly part: boolean;
  readonly createdAt: number;
  /** What was said about how it is written. */
  readonly source: DataflowSource;
  /** Rows that came earlier, written down here: of how they are written the dataflow's `source` says nothing. */
  readonly kept: boolean;
}

/** A sample with where its bytes lie. */
export interface KeptSample extends Sample {
  readonly path: string;
}

/** Samples in a folder of the server's own: the bytes under a random name, and beside them what is known of them. */
export class SampleFolder {
  readonly #folder: string;
  readonly #clock: Clock;
  readonly #spool: Spool;

  constructor(folder: string, clock: Clock) {
    this.#folder = folder;
    this.#clock = clock;
    this.#spool = new Spool(folder);
  }

  /** Where a sample's bytes lie. */
  path(id: string): string {
    return join(this.#folder, id);
  }

  /**
   * Keeps the first part of a body; the rest is read and thrown away.
   *
   * @param kept of rows that came earlier: how they are written here
   * @throws PeregrineError `fileEmpty`, `diskFull`, `uploadBroken`
   */
  async take(
    fileName: string,
    body: AsyncIterable<Uint8Array>,
    kept?: Partial<DataflowSource>,
  ): Promise<Sample> {
    await this.sweep(MOST_SAMPLES - 1);
    const whole = { part: false };
    const file = await this.#spool.take(firstPart(body, whole));
    if (file.size === 0) {
      await this.#spool.discard(file);
      throw new PeregrineError("fileEmpty", { detail: "The file is empty." });
    }
    const sample: Sample = {
      id: basename(file.path),
      fileName,
      size: file.size,
      part: whole.part,
      createdAt: this.#clock.now(),
      source: dataflowSource.parse(kept ?? {}),
      kept: kept !== undefined,
    };
    await this.#write(sample);
    return sample;
  }

  /** @throws PeregrineError `notFound`, also when it is older than a day */
  async get(id: string): Promise<Sample> {
    const known = z.uuid().safeParse(id).success ? await this.#read(`${id}.json`) : undefined;
    if (known === undefined || this.#isOld(known)) throw notFound("sample", `There is no sample ${id}.`);
    return known;
  }

  /** Says how a sample is written; what was said before no longer counts. @throws PeregrineError `notFound` */
  async describe(id: string, source: DataflowSource): Promise<Sample> {
    const sample = { ...(await this.get(id)), source };
    await this.#write(sample);
    return sample;
  }

  /** @throws PeregrineError `notFound` */
  async remove(id: string): Promise<void> {
    await this.get(id);
    await this.#drop(id);
  }

  /** Removes what is old, what was never finished, and the oldest beyond so many. */
  async sweep(most = MOST_SAMPLES): Promise<void> {
    const names = await namesIn(this.#folder);
    const samples = (
      await Promise.all(names.filter((name) => name.endsWith(".json")).map((name) => this.#read(name)))
    ).filter((one) => one !== undefined);
    const live = samples
      .filter((one) => !this.#isOld(one))
      .sort((one, other) => other.createdAt - one.createdAt);
    const kept = new Set(live.slice(0, most).map(({ id }) => id));
    for (const { id } of samples) if (!kept.has(id)) await this.#drop(id);
  }

  #isOld({ createdAt }: Sample): boolean {
    return this.#clock.now() - createdAt > SAMPLE_KEPT_MS;
  }

  async #drop(id: string): Promise<void> {
    await rm(join(this.#folder, `${id}.json`), { force: true });
    await rm(this.path(id), { force: true });
  }

  /** In one step, so that nobody reads half of it. */
  async #write(sample: Sample): Promise<void> {
    const path = join(this.#folder, `${sample.id}.json`);
    await writeFile(`${path}.new`, JSON.stringify(sample), { mode: 0o600 });
    await rename(`${path}.new`, path);
  }

  async #read(name: string): Promise<Sample | undefined> {
    try {
      return record.parse(JSON.parse(await readFile(join(this.#folder, name), "utf8")));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

async function* firstPart(
  body: AsyncIterable<Uint8Array>,
  whole: { part: boolean },
): AsyncGenerator<Uint8Array> {
  let size = 0;
  for await (const piece of body) {
    const room = SAMPLE_BYTES - size;
    if (piece.length > room) whole.part = true;
    if (room > 0) yield piece.subarray(0, room);
    size += piece.length;
  }
}
