import { type Clock, type Fault, faultIn, type IdentityConfig, normalise } from "@peregrine/core";
import type { DefinitionService } from "../definition/index.ts";
import type { Engine } from "../engine/index.ts";
import { foreseePeople } from "../identity/index.ts";
import { type MappedSample, type MappedSampleRow, mapSample } from "../ingest/index.ts";
import type { FileReading, ImportCounts, Store } from "../store/index.ts";
import { type Draft, distinct, readDraft } from "./draft.ts";
import type { KeptSample } from "./sample-folder.ts";
import { REFUSED_SHOWN, type RefusedSampleRow, SAMPLE_ROWS } from "./sample-view.ts";

interface TrialDependencies {
  readonly store: Store;
  readonly engine: Engine;
  readonly definitions: DefinitionService;
  readonly clock: Clock;
}

interface PreviewedRow extends Omit<MappedSampleRow, "identifiers"> {
  readonly identifiers: readonly {
    readonly identifier: string;
    readonly value: string;
    /** As it names a person; empty where it names nobody. */
    readonly normalised: string;
    readonly blocked: boolean;
  }[];
}

export interface SamplePreview {
  readonly dataflow: string;
  readonly reading: FileReading;
  readonly faults: readonly Fault[];
  readonly rows: readonly PreviewedRow[];
  readonly unread: readonly RefusedSampleRow[];
}

export interface SampleValidation {
  readonly dataflow: string;
  readonly faults: readonly Fault[];
  /** The sample is a part, or has more rows than are looked at. */
  readonly more: boolean;
  readonly counts: ImportCounts;
  /** Different people among the rows. */
  readonly people: number;
  /** By `refuseAbove` an import of these rows would be refused as a whole. */
  readonly tooManyRefused: boolean;
  readonly refused: readonly RefusedSampleRow[];
}

/**
 * What definitions that need not be saved make of the sample's first rows.
 *
 * @throws PeregrineError `definitionInvalid`, and what makes the file unreadable
 */
export async function previewOf(
  dependencies: TrialDependencies,
  sample: KeptSample,
  documents: readonly unknown[],
  rows: number,
): Promise<SamplePreview> {
  const { draft, mapped } = await mapBy(dependencies, sample, documents, { most: rows });
  return {
    dataflow: draft.definition.dataflow.id,
    reading: mapped.reading,
    faults: faultsOf(draft, mapped),
    rows: mapped.rows.map((row) => ({ ...row, identifiers: namedBy(row, draft.definition.identity) })),
    unread: mapped.unread,
  };
}

/** The same for all of the sample, as numbers. @throws PeregrineError as {@link previewOf} */
export async function validationOf(
  dependencies: TrialDependencies,
  sample: KeptSample,
  documents: readonly unknown[],
): Promise<SampleValidation> {
  const { store, engine } = dependencies;
  const { draft, mapped } = await mapBy(dependencies, sample, documents, {
    most: SAMPLE_ROWS + 1,
    values: false,
  });
  const rows = mapped.rows.slice(0, SAMPLE_ROWS);
  const named = rows.filter(({ outcome }) => outcome === "person" || outcome === "event");
  const foreseen = await foreseePeople(
    engine,
    await store.operations.snapshot(),
    draft.definition.identity,
    named.map(({ identifiers }) => identifiers),
  );
  const byMapping = rows.flatMap(({ line, refusal }) => (refusal === null ? [] : [{ line, ...refusal }]));
  const byIdentity = foreseen.refused.map(({ row, reason }) => ({
    line: named[row]?.line ?? 0,
    column: "",
    reason,
    raw: "",
  }));
  const refused = [...mapped.unread, ...byMapping, ...byIdentity].sort((one, other) => one.line - other.line);
  const identified = named.length - foreseen.noIdentifier.length - foreseen.refused.length;
  const events = draft.definition.schema.parent === "Interaction";
  const read = rows.length + mapped.unread.length;
  return {
    dataflow: draft.definition.dataflow.id,
    faults: faultsOf(draft, mapped),
    more: sample.part || mapped.rows.length > SAMPLE_ROWS,
    counts: {
      read,
      personRows: events ? 0 : identified,
      events: events ? identified : 0,
      repeatedEvents: 0,
      leftOut: rows.filter(({ outcome }) => outcome === "leftOut").length,
      noIdentifier: foreseen.noIdentifier.length,
      refused: refused.length,
      newProfiles: foreseen.newProfiles,
      merges: foreseen.merges,
      conflicts: foreseen.conflicts,
    },
    people: foreseen.people,
    tooManyRefused: refused.length > draft.definition.dataflow.refuseAbove * read,
    refused: refused.slice(0, REFUSED_SHOWN),
  };
}

async function mapBy(
  { store, engine, definitions, clock }: TrialDependencies,
  sample: KeptSample,
  documents: readonly unknown[],
  of: { readonly most: number; readonly values?: boolean },
): Promise<{ draft: Draft; mapped: MappedSample }> {
  const draft = await readDraft(store, definitions, documents);
  const { dataflow } = draft.definition;
  const source = sample.kept ? { ...sample.source, emptyCells: dataflow.source.emptyCells } : dataflow.source;
  const file = { path: sample.path, part: sample.part, source };
  const definition = { ...draft.definition, dataflow: { ...dataflow, source } };
  return { draft, mapped: await mapSample(engine, file, definition, { ...of, now: clock.now() }) };
}

function faultsOf({ definition, faults }: Draft, mapped: MappedSample): Fault[] {
  const { id } = definition.dataflow;
  return distinct([...faults, ...mapped.faults.map((fault) => faultIn("dataflow", id, fault))]);
}

function namedBy({ identifiers }: MappedSampleRow, { kinds }: IdentityConfig): PreviewedRow["identifiers"] {
  return identifiers.flatMap(([number, value]) => {
    const kind = kinds.find((one) => one.number === number);
    if (kind === undefined) return [];
    const normalised = normalise(value, kind.normalise);
    return [{ identifier: kind.id, value, normalised, blocked: kind.blocked.includes(normalised) }];
  });
}
