export { arrayElements, readJsonArray } from "./array.ts";
export { escaped, JsonBlocks } from "./block.ts";
export { cellAt } from "./cell.ts";
export { readJsonLines } from "./lines.ts";
export { parseRow } from "./parse-row.ts";
