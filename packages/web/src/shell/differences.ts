interface Difference {
  readonly field: string;
  readonly before: string;
  readonly after: string;
}

/** The fields in which two values differ, each as text; "–" where there is nothing. */
export function differencesOf(before: unknown, after: unknown): Difference[] {
  const earlier = fieldsOf(before);
  const later = fieldsOf(after);
  return [...new Set([...earlier.keys(), ...later.keys()])]
    .map((field) => ({
      field,
      before: textOf(earlier.get(field)),
      after: textOf(later.get(field)),
    }))
    .filter((one) => one.before !== one.after);
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  if (value === null || value === undefined) return new Map();
  if (typeof value !== "object" || Array.isArray(value)) return new Map([["value", value]]);
  return new Map(Object.entries(value));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return "–";
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}
