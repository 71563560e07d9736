export { isNested, type RefusedRecord, type RowsFile } from "./block.ts";
export { openFile } from "./open.ts";
