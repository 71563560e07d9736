import { join } from "node:path";
import type { ActivationType, Clock } from "@peregrine/core";
import type { Logger } from "pino";
import type { AccessService } from "./access/index.ts";
import {
  ActivationScheduler,
  ActivationService,
  type AudienceChecks,
  createOutgoing,
  DELIVERY_POLICY,
  runJournal,
  targetOf,
  wait,
} from "./activation/index.ts";
import { AudienceService, type PieceSize, type SampleSize } from "./audience/index.ts";
import type { Config } from "./config.ts";
import { DataflowService, SampleService } from "./dataflow/index.ts";
import { DefinitionService } from "./definition/index.ts";
import { ProfileService, RebuildService, ReportService } from "./identity/index.ts";
import {
  areDerivedTogether,
  deriveAgain,
  IngestService,
  keptIdentifiers,
  StreamService,
  streamHooks,
} from "./ingest/index.ts";
import { personSource } from "./person-source.ts";
import type { Planes } from "./planes.ts";
import { DeletionService } from "./privacy/index.ts";
import type { Services } from "./routes.ts";
import { TakeoverService } from "./takeover/index.ts";
import { VERSION } from "./version.ts";

/** What works without being asked. */
export interface Workers {
  start(): Promise<void>;
  /** Ends what is under way in order. */
  close(): Promise<void>;
}

export interface Surroundings {
  readonly planes: Planes;
  readonly access: AccessService;
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Logger;
  readonly types: readonly ActivationType[];
  /** Names this process among all that share the control plane. */
  readonly instance: string;
  /** In [0, 1). */
  readonly random: () => number;
  readonly randomBytes: (bytes: number) => Buffer;
  /** Of how many people a preview makes an estimate. */
  readonly sample?: SampleSize | undefined;
  /** How much one statement of an evaluation takes on. */
  readonly piece?: PieceSize | undefined;
}

/** Puts the domains together: the one place where they learn of each other. */
export function createServices(surroundings: Surroundings): { services: Services; workers: Workers } {
  const { planes, access, config, clock, log, types, instance, random, randomBytes, sample, piece } =
    surroundings;
  const { store, engine } = planes;
  const definitions = new DefinitionService({ store, random: randomBytes, targetOf: targetOf(types) });
  const { asOf } = config;
  const evaluationClock: Clock = asOf === undefined ? clock : { now: () => asOf };
  const audiences = new AudienceService({
    store,
    engine,
    clock: evaluationClock,
    definitions,
    timeZone: config.timeZone,
    instance,
    ...(sample === undefined ? {} : { sample }),
    ...(piece === undefined ? {} : { piece }),
  });
  const profiles = new ProfileService({ store, engine });
  const checks: AudienceChecks = {
    evaluate: (ids) => audiences.evaluate(ids, evaluationClock.now()),
    standing: (ids) => audiences.standing(ids),
    firstChanges: (asked) => audiences.firstChanges(asked),
    membersAndPersons: (...of) => audiences.membersAndPersons(...of),
    membersNow: (ids, _, identifier) => audiences.membersNow(ids, evaluationClock.now(), identifier),
  };
  const activations = new ActivationService({
    store,
    engine,
    clock,
    random,
    randomBytes,
    wait,
    types,
    definitions,
    outgoing: createOutgoing(clock),
    audiences: checks,
    persons: personSource({ store, profiles, audiences }),
    policy: DELIVERY_POLICY,
  });
  const scheduler = new ActivationScheduler({
    service: activations,
    check: () => audiences.checkAll(evaluationClock.now()),
    clock,
    random,
    log,
  });
  const sends = config.roles.includes("worker");
  const takesIn = config.roles.includes("ingest");
  // A process without the role leaves the runs to those that have it; they look every minute.
  const wake = (trigger: string) => {
    if (sends) scheduler.wake(trigger);
  };
  activations.onChanged = () => wake("changed");
  const journal = runJournal(log);
  activations.onEnded = (id, run) => {
    journal(id, run);
    deletions.wake();
  };
  audiences.onChecked = () => wake("checked");
  audiences.onSaved = () => wake("changed");
  const streamFolder = join(config.folder, "streams");
  definitions.on("dataflow", streamHooks(store));
  const streams = new StreamService({
    store,
    folder: streamFolder,
    takesIn,
    accountId: config.accountId,
    mostBody: config.streamBodyBytes,
    mostWaiting: config.streamWaitingBytes,
    clock,
    log,
    onImport: () => ingest.wake(),
  });
  const ingest = new IngestService({
    engine,
    store,
    folder: join(config.folder, "uploads"),
    streamFolder,
    takesIn,
    clock,
    holder: instance,
    log,
    onEnded: async (record) => {
      if (record.state === "published") wake("import");
      await streams.log.ended(record);
    },
  });
  const dataflows = new DataflowService({
    store,
    engine,
    definitions,
    audiencesReading: (data) => audiences.reading(data),
    onChanged: () => {
      ingest.wake();
      wake("dataflow");
    },
  });
  const samples = new SampleService({
    store,
    engine,
    definitions,
    clock,
    folder: join(config.folder, "samples"),
    timeZone: config.timeZone,
    takesIn,
    draftRows: (dataflowId) => streams.draftRows(dataflowId),
    latestRows: (dataflowId) => ingest.latestRows(dataflowId),
  });
  const rebuilds = new RebuildService({
    engine,
    store,
    clock,
    instance,
    derive: deriveAgain,
    together: areDerivedTogether,
    log,
    onPublished: () => wake("rebuild"),
  });
  const deletions = new DeletionService({
    engine,
    store,
    clock,
    holder: instance,
    profiles,
    activations,
    readKeptRows: keptIdentifiers,
    refuseForMs: config.refuseDeletedForMs,
    log,
    onPurged: () => wake("deletion"),
  });
  const reports = new ReportService({
    engine,
    store,
    clock,
    instance,
    readKeptRows: keptIdentifiers,
    log,
  });
  return {
    services: {
      access,
      definitions,
      audiences,
      activations,
      ingest,
      streams,
      dataflows,
      samples,
      profiles,
      rebuilds,
      reports,
      deletions,
      takeovers: new TakeoverService({ engine, store, clock, audiences: checks, activations }),
      vitals: {
        version: VERSION,
        controlPlane: store.dialect,
        enginePid: () => engine.process?.pid ?? null,
        engineRestarts: () => engine.process?.restarts ?? 0,
        underWay: () => store.operations.underWay(),
        ping: async () => {
          await engine.query("SELECT 1");
          await store.counters.get("operation");
        },
      },
    },
    workers: {
      async start() {
        // Segments before imports: one that has failed is queued again.
        if (takesIn) await streams.start();
        if (takesIn) await ingest.start();
        if (sends) scheduler.start();
        if (sends) deletions.start();
      },
      async close() {
        await Promise.all([
          scheduler.close(),
          activations.close(),
          ingest.close(),
          rebuilds.close(),
          deletions.close(),
          reports.close(),
        ]);
        await streams.close();
      },
    },
  };
}
