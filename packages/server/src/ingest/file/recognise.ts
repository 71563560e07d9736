import type { FileFormat } from "@peregrine/core";

/** How JSON begins; what is no JSON is taken for CSV, whose reader says what else it could be. */
const BEGINNINGS: readonly { readonly begins: RegExp; readonly format: FileFormat }[] = [
  { begins: /^(\xEF\xBB\xBF)?\s*\{\s*["}]/, format: "jsonLines" },
  { begins: /^(\xEF\xBB\xBF)?\s*\[\s*[[{"\]]/, format: "jsonArray" },
];

/** The format of a file, by its first bytes. */
export function formatOf(bytes: Buffer): FileFormat {
  const start = bytes.subarray(0, 512).toString("latin1");
  return BEGINNINGS.find(({ begins }) => begins.test(start))?.format ?? "csv";
}
