export { type CsvFile, openCsv, readCsv } from "./file.ts";
export type { RefusedRecord } from "./scanner.ts";
