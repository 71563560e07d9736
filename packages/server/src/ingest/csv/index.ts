export { readCsv } from "./file.ts";
