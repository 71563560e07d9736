export { readJsonArray } from "./array.ts";
export { readJsonLines } from "./lines.ts";
