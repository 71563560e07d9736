import { CELL_TAGS, type Path } from "@peregrine/core";

/** Nobody nests lists deeper; what does is no list of values. */
const DEEPEST = 20;

/**
 * The value at a path of a row, as a tagged cell: empty where it is absent. A path that meets a list goes on in each of
 * its objects, and yields the list of what is found; missing ones are left out.
 */
export function cellAt(row: object, path: Path): string {
  let value: unknown = row;
  for (const [index, step] of path.entries()) {
    if (Array.isArray(value)) return listCell(value, path.slice(index));
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return "";
    value = (value as Readonly<Record<string, unknown>>)[step];
    if (value === null) return CELL_TAGS.null;
  }
  if (Array.isArray(value)) return listCell(value, []);
  return typeof value === "object" ? CELL_TAGS.object : CELL_TAGS.single + String(value);
}

function listCell(list: readonly unknown[], path: Path): string {
  const texts: string[] = [];
  return gather(list, path, texts, 0) ? CELL_TAGS.list + JSON.stringify(texts) : CELL_TAGS.objects;
}

/** Adds the texts of a list's values; false when there is one that is no value. */
function gather(list: readonly unknown[], path: Path, texts: string[], depth: number): boolean {
  if (depth > DEEPEST) return false;
  return list.every((element) => {
    if (Array.isArray(element)) return gather(element, path, texts, depth + 1);
    let value: unknown = element;
    for (const [index, step] of path.entries()) {
      if (Array.isArray(value)) return gather(value, path.slice(index), texts, depth + 1);
      if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return true;
      value = (value as Readonly<Record<string, unknown>>)[step];
    }
    if (Array.isArray(value)) return gather(value, [], texts, depth + 1);
    if (typeof value === "object" && value !== null) return false;
    if (value !== null) texts.push(String(value));
    return true;
  });
}
