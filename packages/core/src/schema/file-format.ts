/** What an empty cell of a CSV file means: nothing known, known to be nothing, or an empty text. */
export const EMPTY_CELLS = ["absent", "empty", "null"] as const;
export type EmptyCells = (typeof EMPTY_CELLS)[number];

/** How a file writes its rows down. In JSON, an object is a row: one on each line, or in one array. */
export const FILE_FORMATS = ["csv", "jsonLines", "jsonArray", "parquet"] as const;
export type FileFormat = (typeof FILE_FORMATS)[number];

/** What Latin-1 has, Windows-1252 has in the same places. */
export const FILE_ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type FileEncoding = (typeof FILE_ENCODINGS)[number];
