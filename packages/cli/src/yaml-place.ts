import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from "yaml";

/**
 * Where in a document's text the thing that a path names begins: at its name in a mapping, at itself in a list.
 * Of what is not there, the nearest thing around it.
 *
 * @returns an offset into the text of the whole file
 */
export function offsetOf(document: Document, path: readonly string[]): number | undefined {
  let node = document.contents;
  let offset = node?.range?.[0];
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(document) ?? null;
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      if (pair === undefined || !isScalar(pair.key)) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = (pair.value as Node | null) ?? null;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (item === undefined) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}
