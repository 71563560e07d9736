import { z } from "zod";

const count = z.int().min(0);

/** A value with how often it stands in rows. */
const valueInRows = z.object({ value: z.string(), rows: count });

const valueOfDataflow = valueInRows.extend({ dataflow: z.string() });

/** Rows of one dataflow, or of all; every row is in exactly one of the parts. */
const rowParts = z.object({
  rows: count.describe("rows = named + blocked + without + contradictory + leftOut + refused"),
  named: count.describe("Rows with a value that names somebody"),
  blocked: count.describe("Rows that have blocked values only"),
  without: count.describe("Rows without a value"),
  contradictory: count.describe("Rows with two values, where a person has only one"),
  leftOut: count.describe("Rows that the dataflow leaves out"),
  refused: count.describe("Rows that could not be read or mapped"),
});
export type RowParts = z.output<typeof rowParts>;

const dataflowFigures = rowParts.extend({
  dataflow: z.string(),
  parent: z.enum(["PersonalData", "Interaction", "Catalog"]),
  isExport: z
    .boolean()
    .describe("It brings people, and its schema's Person Identifier is this one: one row is one person"),
  values: count.describe("Different values"),
});

/** Everything that is counted of one kind of identifier. Examples are few; the counts are exact. */
export const identifierFigures = z
  .object({
    identifier: z.string(),
    available: z.object({
      isAvailable: z.boolean(),
      reason: z.string().describe("Why it is not; empty when it is"),
    }),
    profiles: z.object({ all: count, withIdentifier: count, withoutIdentifier: count }),
    rows: rowParts,
    dataflows: z.array(dataflowFigures).readonly(),
    notNumeric: z
      .object({ values: count, rows: count, examples: z.array(valueOfDataflow).readonly() })
      .nullable()
      .describe("null: values of this identifier need not be numbers"),
    doubled: z
      .object({ values: count, rows: count, examples: z.array(valueOfDataflow).readonly() })
      .describe("Values in several rows of the latest import of a dataflow in which one row is one person"),
    spellings: z
      .object({
        values: count,
        examples: z
          .array(z.object({ value: z.string(), dataflow: z.string(), raws: z.array(z.string()).readonly() }))
          .readonly(),
      })
      .describe("Values that one such dataflow spells in several ways"),
    blocked: z.object({
      rows: count,
      values: z.array(valueInRows).readonly(),
      stillOwned: z
        .array(z.object({ value: z.string(), profile: z.int() }))
        .readonly()
        .describe("Blocked values by which a profile is still known: they came before they were blocked"),
    }),
    seenIn: z
      .object({
        both: count,
        onlyEvents: z.object({ values: count, examples: z.array(valueInRows).readonly() }),
        onlyExport: z.object({ values: count, examples: z.array(valueInRows).readonly() }),
      })
      .nullable()
      .describe("Values of events against those of Ibexa's export; null: one of the two is not there yet"),
    standsOut: z
      .array(
        z.object({
          value: z.string(),
          eventRows: count,
          share: z.number().describe("Of all event rows that name somebody by this identifier"),
          otherIdentifiers: count.describe("That belong to the same profile, such as cookies"),
        }),
      )
      .readonly(),
    conflicts: z.object({
      count,
      values: count,
      examples: z
        .array(z.object({ value: z.string(), from: z.int(), to: z.int().nullable(), arrival: z.int() }))
        .readonly(),
      ofOthers: z.array(z.object({ identifier: z.string(), count })).readonly(),
    }),
    resolvedOtherwise: z.object({
      imports: count.describe("Imports that were unified by other settings of this identifier"),
    }),
  })
  .meta({ id: "IdentifierFigures" });

export type IdentifierFigures = z.output<typeof identifierFigures>;

/** Identifiers whose values are whole numbers at the destination: the ids of Ibexa's users. */
export const NUMERIC_IDENTIFIERS: ReadonlySet<string> = new Set(["userid"]);

const NOTHING: RowParts = {
  rows: 0,
  named: 0,
  blocked: 0,
  without: 0,
  contradictory: 0,
  leftOut: 0,
  refused: 0,
};

/** The parts of all dataflows together. */
export function sumOfParts(parts: readonly RowParts[]): RowParts {
  const names = Object.keys(NOTHING) as (keyof RowParts)[];
  const sum = { ...NOTHING };
  for (const part of parts) for (const name of names) sum[name] += part[name];
  return sum;
}

/** One value's weight among the events, and how many other identifiers hang on it. */
export interface Weight {
  readonly eventRows: number;
  readonly otherIdentifiers: number;
}

/** All values together. */
export interface Weights {
  readonly eventRows: number;
  readonly eventValues: number;
  readonly otherIdentifiers: number;
  readonly owners: number;
}

/** Fewer rows or cookies than this say nothing, however small a shop is. */
const LEAST_ROWS = 100;
const LEAST_OTHERS = 20;

/**
 * Whether a value is probably not one person: it has a large share of the events and many times as many as others, or
 * many times as many cookies. So looks the user by which a shop names all its visitors.
 */
export function standsOut(value: Weight, all: Weights): boolean {
  const meanRows = all.eventRows / Math.max(1, all.eventValues);
  const meanOthers = all.otherIdentifiers / Math.max(1, all.owners);
  const manyRows =
    value.eventRows >= LEAST_ROWS &&
    value.eventRows >= 0.05 * all.eventRows &&
    value.eventRows >= 3 * meanRows;
  return manyRows || (value.otherIdentifiers >= LEAST_OTHERS && value.otherIdentifiers >= 10 * meanOthers);
}
