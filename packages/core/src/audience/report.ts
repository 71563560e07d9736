import type { z } from "zod";
import type { Fault } from "../error.ts";

/** Collects faults, each with the place at which it stands. */
export interface Reporter {
  /** Notes a fault at this place. Gives `undefined`, so that a caller can return it as "no result". */
  fault(message: string, remedy?: string): undefined;
  /** The reporter of a place below this one. */
  at(...keys: readonly (string | number)[]): Reporter;
  /** Notes what zod found, one fault each, in words. */
  issues(issues: readonly z.core.$ZodIssue[]): undefined;
}

/** A reporter at the root, and the list that it fills. */
export function faultReport(): { readonly report: Reporter; readonly faults: readonly Fault[] } {
  const faults: Fault[] = [];
  return { report: reporterAt([], faults), faults };
}

function reporterAt(path: readonly (string | number)[], faults: Fault[]): Reporter {
  return {
    fault(message, remedy) {
      const place = jsonPointer(path);
      faults.push(remedy === undefined ? { path: place, message } : { path: place, message, remedy });
      return undefined;
    },
    at: (...keys) => reporterAt([...path, ...keys], faults),
    issues(issues) {
      for (const fault of faultsOfIssues(issues, path)) faults.push(fault);
      return undefined;
    },
  };
}

/** `["all", 0, "a/b"]` as `/all/0/a~1b` (RFC 6901); the root is the empty text. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/**
 * What zod found as faults that a person understands; the places are put below `base`. Parsed with
 * `reportInput: true`, they also say what stands there.
 */
export function faultsOfIssues(
  issues: readonly z.core.$ZodIssue[],
  base: readonly PropertyKey[] = [],
): Fault[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === "invalid_union") return faultsOfUnion(issue, path);
    if (issue.code !== "unrecognized_keys")
      return [{ path: jsonPointer(path), message: issueMessage(issue) }];
    return issue.keys.map((key) => ({
      path: jsonPointer([...path, key]),
      message: `\`${key}\` is not known here`,
      remedy: "Remove it, or look up its spelling.",
    }));
  });
}

/**
 * "Invalid union" tells nobody anything: if one branch has the type of what stands there, its faults are meant;
 * else the types of all branches are named.
 */
function faultsOfUnion(issue: z.core.$ZodIssueInvalidUnion, path: readonly PropertyKey[]): Fault[] {
  const expected = new Set<string>();
  const near = issue.errors.filter((branch) => {
    const [first] = branch;
    const otherType = first?.code === "invalid_type" && first.path.length === 0;
    if (otherType) expected.add(typeWord(first.expected));
    return !otherType;
  });
  const [only, another] = near;
  if (only !== undefined && another === undefined) return faultsOfIssues(only, path);
  const message = expected.size === 0 ? issue.message : expectedHere([...expected].join(" or "), issue);
  return [{ path: jsonPointer(path), message }];
}

function issueMessage(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_type") return expectedHere(typeWord(issue.expected), issue);
  if (issue.code === "invalid_value") {
    return expectedHere(issue.values.map((value) => `\`${String(value)}\``).join(" or "), issue);
  }
  if (issue.code === "too_small")
    return expectedHere(`at least ${amount(issue.minimum, issue.origin)}`, issue);
  if (issue.code === "too_big") return expectedHere(`at most ${amount(issue.maximum, issue.origin)}`, issue);
  return issue.message;
}

function expectedHere(expected: string, issue: z.core.$ZodIssue): string {
  return "input" in issue
    ? `${expected} is expected here, but ${wordFor(issue.input)} stands here`
    : `${expected} is expected here`;
}

/** What stands there, in a word. */
export function wordFor(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "an object";
  if (typeof value === "string" && value.length > LONG) return "a long text";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}

const LONG = 80;

function amount(number: number | bigint, origin: string): string {
  const unit = UNIT_WORDS[origin];
  if (unit === undefined) return String(number);
  return Number(number) === 1 ? `1 ${unit}` : `${number} ${unit}s`;
}

const UNIT_WORDS: Readonly<Record<string, string>> = { string: "character", array: "value" };

function typeWord(expected: string): string {
  return TYPE_WORDS[expected] ?? expected;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  tuple: "a list of two",
};
