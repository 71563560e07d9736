export { arrayElements, readJsonArray } from "./array.ts";
export { JsonBlocks } from "./block.ts";
export { readJsonLines } from "./lines.ts";
export { parseRow } from "./parse-row.ts";
