import { readdirSync } from "node:fs";
import { join } from "node:path";
import { AudienceService } from "../../../packages/server/src/audience/index.ts";
import { DataflowService, SampleService } from "../../../packages/server/src/dataflow/index.ts";
import { DefinitionService } from "../../../packages/server/src/definition/index.ts";
import type { Engine } from "../../../packages/server/src/engine/index.ts";
import type { ImportView } from "../../../packages/server/src/ingest/index.ts";
import { createWorld, type IngestWorld } from "../ingest/world.ts";

/** An installation in which dataflows are set up and live. */
export interface DataflowWorld {
  readonly ingest: IngestWorld;
  readonly definitions: DefinitionService;
  readonly samples: SampleService;
  readonly dataflows: DataflowService;
  /** Rows that came as drafts of a stream. */
  readonly drafts: string[];
  /** What lies in the folder of the samples. */
  sampleFiles(): string[];
  apply(documents: readonly unknown[]): Promise<unknown>;
  /** Sends a file and does not wait for its end. */
  upload(dataflow: string, content: string): Promise<ImportView>;
  /** Runs an import again and waits for its end. */
  runAgain(id: number): Promise<ImportView>;
  close(): Promise<void>;
}

export async function createDataflowWorld(engine: Engine): Promise<DataflowWorld> {
  const ingest = await createWorld(engine);
  const { store, clock } = ingest;
  const definitions = new DefinitionService({ store });
  const audiences = new AudienceService({
    store,
    engine,
    clock,
    definitions,
    timeZone: "Europe/Berlin",
    instance: "test",
  });
  const folder = join(ingest.folder, "samples");
  const drafts: string[] = [];
  return {
    ingest,
    definitions,
    samples: new SampleService({
      store,
      engine,
      definitions,
      clock,
      folder,
      timeZone: "Europe/Berlin",
      takesIn: true,
      draftRows: async () => ({ rows: drafts }),
      latestRows: (id) => ingest.service.latestRows(id),
    }),
    dataflows: new DataflowService({
      store,
      engine,
      definitions,
      audiencesReading: (data) => audiences.reading(data),
      onChanged: () => ingest.service.wake(),
    }),
    drafts,
    sampleFiles: () => readdirSync(folder),
    apply: (documents) => definitions.apply(documents, { origin: "api", by: "test" }),
    upload: (dataflow, content) => ingest.service.upload(dataflow, "test.csv", body(content), "test"),
    async runAgain(id) {
      return ingest.ended((await ingest.service.runAgain(id, "test")).id);
    },
    close: () => ingest.close(),
  };
}

/** A body as it comes over a network. */
export async function* body(...pieces: readonly (string | Buffer)[]): AsyncGenerator<Buffer> {
  for (const piece of pieces) yield Buffer.from(piece);
}
