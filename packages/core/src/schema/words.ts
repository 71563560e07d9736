// What the pages call the things of data, once. The keys are those of the API.

/** What a schema describes. */
export const PARENT_WORDS = {
  PersonalData: "People",
  Interaction: "What people do",
  Catalog: "Things",
} as const;

export const COLUMN_TYPE_WORDS = {
  text: "Text",
  number: "Number",
  boolean: "Yes or no",
  time: "Date and time",
  list: "List",
} as const;

/** What a boolean is, in rules as in data. */
export function truthWord(value: boolean): string {
  return value ? "yes" : "no";
}

export const DATAFLOW_STATE_WORDS = { draft: "Draft", active: "Active", paused: "Paused" } as const;

export const WRITE_MODE_WORDS = { append: "Append", overwrite: "Overwrite" } as const;

export const IMPORT_STATE_WORDS = {
  queued: "Waiting",
  running: "Importing",
  published: "Imported",
  unchanged: "Same file again",
  refused: "Refused",
  failed: "Failed",
  validated: "Checked only",
} as const;

export const IMPORT_SOURCE_WORDS = {
  file: "File",
  stream: "Stream",
  draft: "Draft rows of a stream",
  snapshot: "Complete delivery of a stream",
} as const;

/** The parts of the rows that were read; together they are all of them. */
export const IMPORT_PART_WORDS = {
  personRows: "about people",
  events: "events",
  leftOut: "left out",
  noIdentifier: "naming nobody",
  refused: "refused",
} as const;

/** What becomes of a row. */
export const ROW_OUTCOME_WORDS = {
  person: "Person",
  event: "Event",
  leftOut: "Left out",
  refused: "Refused",
} as const;

export const FILE_FORMAT_WORDS = {
  csv: "CSV",
  jsonLines: "JSON, a row on each line",
  jsonArray: "JSON, one list of rows",
  parquet: "Parquet",
  stream: "Stream",
} as const;

export const FILE_ENCODING_WORDS = {
  "utf-8": "UTF-8",
  "utf-16le": "UTF-16, little-endian",
  "utf-16be": "UTF-16, big-endian",
  "windows-1252": "Windows-1252 (Western European)",
} as const;

/** The steps by which spellings of an identifier become one. */
export const NORMALISATION_WORDS = {
  trim: "without spaces at the ends",
  lowercase: "in small letters",
  unicode: "accents spelled one way",
  digits: "digits only",
  integer: "17850.0 is 17850",
} as const;

/** How many values of an identifier one profile may have. */
export const LIMIT_WORDS = { one: "One per person", many: "Several per person" } as const;
