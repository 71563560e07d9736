import { z } from "zod";
import { definitionId } from "../definition-id.ts";
import { EMPTY_CELLS, FILE_ENCODINGS, FILE_FORMATS } from "./file-format.ts";
import { columnName } from "./schema.ts";

/** An expression of the mapping language; see `schema/mapping/`. */
export const expression = z.string().min(1).max(4000);

/** How files are written; what is not said is recognised from each file's first part. */
export const dataflowSource = z
  .strictObject({
    format: z.enum(FILE_FORMATS).optional(),
    encoding: z.enum(FILE_ENCODINGS).optional(),
    /** CSV only, as the rest: in JSON, absent, `null` and `""` are three things already. */
    emptyCells: z.enum(EMPTY_CELLS).default("absent"),
    /** What stands between cells. */
    delimiter: z
      .string()
      .regex(/^[\t !#-/:-@[-`{-~]$/, "one sign, such as , ; | or a tab")
      .optional(),
    /** Whether the first line names the columns. */
    header: z.boolean().optional(),
    /** The columns of files without a header line. */
    columns: z.array(columnName).min(1).max(2000).optional(),
  })
  .superRefine(({ format, delimiter, header, columns }, context) => {
    const fault = (member: string, message: string) =>
      context.addIssue({ code: "custom", path: [member], message });
    if (format !== undefined && format !== "csv") {
      for (const [member, value] of Object.entries({ delimiter, header, columns })) {
        if (value !== undefined) fault(member, `is for CSV, and the format is ${format}`);
      }
    }
    if (columns === undefined) return;
    if (header === true) fault("columns", "a file with a header line names its columns itself");
    if (new Set(columns).size < columns.length) fault("columns", "names a column twice");
  });
export type DataflowSource = z.infer<typeof dataflowSource>;

/** What opens a stream; whoever has it may send rows. Those that we make have 256 bits. */
export const streamId = z
  .string()
  .regex(/^[A-Za-z0-9_-]{8,128}$/, "8 to 128 letters, digits, hyphens or underscores");

/** `paused`: what comes is taken and kept, and imported when the dataflow is active again. */
export const DATAFLOW_STATES = ["draft", "active", "paused"] as const;
export const WRITE_MODES = ["append", "overwrite"] as const;

/** A source of rows with its mapping to a schema. */
export const dataflow = z.strictObject({
  kind: z.literal("dataflow"),
  id: definitionId,
  name: z.string().min(1).max(200).optional(),
  schema: definitionId,
  /** A draft's rows are validated and shown, and never enter profiles. */
  state: z.enum(DATAFLOW_STATES).default("active"),
  /** `overwrite`: every file is a complete snapshot that replaces what the dataflow brought before. */
  write: z.enum(WRITE_MODES).default("append"),
  source: dataflowSource.prefault({}),
  /** Of a stream that exists already. A secret: it is taken in, kept as a hash, and never shown. */
  streamId: streamId.optional(),
  /** Rows for which this holds are left out; a condition. */
  leaveOut: expression.optional(),
  /** Schema column → expression over the file's columns. */
  map: z
    .record(columnName, expression)
    .refine((map) => Object.keys(map).length > 0, "maps at least one column of the schema"),
  /** When the row was true or the event happened; without it the time of the import. */
  time: expression.optional(),
  /** Decides between rows of equal time: the larger text wins; without it the later row. */
  tieBreak: expression.optional(),
  /** Interaction only: the type of the event. */
  event: expression.optional(),
  /** Interaction only: what makes an event the same event when it comes again; else import and row number. */
  key: expression.optional(),
  /** Above this share of refused rows nothing of an import is published. */
  refuseAbove: z.number().min(0).max(1).default(0.1),
});
export type Dataflow = z.infer<typeof dataflow>;
/** A dataflow as people write it, before defaults are filled in. */
export type DataflowInput = z.input<typeof dataflow>;
