import type { z } from "zod";
import { didYouMean } from "../did-you-mean.ts";
import { type Reporter, wordFor } from "../report.ts";

/** Whether an object has something under a key; what is undefined does not exist in JSON. */
export function has(value: Readonly<Record<string, unknown>>, key: string): boolean {
  return Object.hasOwn(value, key) && value[key] !== undefined;
}

/** Whether a value is an object of JSON, not a list and not null. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Reads an object part by part, so that one broken part does not hide faults of the others: each part that is
 * right is in the result, each that is wrong or unknown is reported.
 */
export function readParts<Parts extends Readonly<Record<string, z.ZodType>>>(
  value: unknown,
  parts: Parts,
  report: Reporter,
): { readonly [Key in keyof Parts]?: z.output<Parts[Key]> } | undefined {
  if (!isObject(value)) return report.fault(`an object is expected here, but ${wordFor(value)} stands here`);
  const result: { [Key in keyof Parts]?: z.output<Parts[Key]> } = {};
  for (const [key, part] of Object.entries(value)) {
    if (part === undefined) continue;
    if (!Object.hasOwn(parts, key)) {
      report
        .at(key)
        .fault(`\`${key}\` is not known here`, didYouMean(key, Object.keys(parts)) ?? listOf(parts));
      continue;
    }
    const name: keyof Parts = key;
    const parsed = parts[name]?.safeParse(part, { reportInput: true });
    if (parsed === undefined) continue;
    if (parsed.success) result[name] = parsed.data as z.output<Parts[typeof name]>;
    else report.at(key).issues(parsed.error.issues);
  }
  return result;
}

function listOf(parts: Readonly<Record<string, unknown>>): string {
  return `Known here: ${Object.keys(parts).join(", ")}.`;
}
