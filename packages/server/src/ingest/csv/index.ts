export { type CsvFile, openCsv } from "./file.ts";
export type { RefusedRecord } from "./scanner.ts";
