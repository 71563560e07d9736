/** One thing that is wrong with a value: where, and what was expected. */
export interface Fault {
  path: string;
  message: string;
}

/** A bad message of 100,000 changes shall not be answered with 100,000 sentences. */
const KEPT_FAULTS = 20;

/** Looks at values that came from outside and collects all that is wrong with them, not only the first. */
export class Checker {
  readonly faults: Fault[] = [];
  count = 0;

  fault(path: string, message: string): void {
    this.count += 1;
    if (this.faults.length < KEPT_FAULTS) this.faults.push({ path, message });
  }

  /** An object with no fields but `known`; undefined when it is not even an object. */
  object(value: unknown, path: string, known: readonly string[]): Record<string, unknown> | undefined {
    if (!isObject(value)) {
      this.fault(path, value === undefined ? "is missing" : `must be an object, got ${nameOf(value)}`);
      return undefined;
    }
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) this.fault(join(path, key), "is not a known field");
    }
    return value;
  }

  list(value: unknown, path: string): unknown[] {
    if (Array.isArray(value)) return value;
    this.fault(path, value === undefined ? "is missing" : `must be a list, got ${nameOf(value)}`);
    return [];
  }

  /** A text of `least` to `most` characters (code points). */
  text(value: unknown, path: string, least = 1, most = 255): string {
    if (typeof value !== "string") {
      this.fault(path, value === undefined ? "is missing" : `must be a text, got ${nameOf(value)}`);
      return "";
    }
    if (value.length < least) this.fault(path, "must not be empty");
    // Code points cost time to count, so they are counted only where the cheap count says too many.
    if (value.length > most && [...value].length > most) {
      this.fault(path, `must have at most ${most} characters`);
    }
    return value;
  }

  boolean(value: unknown, path: string): boolean {
    if (typeof value !== "boolean") {
      this.fault(
        path,
        value === undefined ? "is missing" : `must be true or false, got ${nameOf(value, true)}`,
      );
    }
    return value === true;
  }

  /** A whole number between both bounds, both included. */
  whole(value: unknown, path: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least || value > most) {
      const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
      this.fault(path, `must be a whole number ${range}, got ${nameOf(value, true)}`);
      return least;
    }
    return value;
  }

  oneOf<Choice extends string>(value: unknown, path: string, choices: readonly Choice[]): Choice | undefined {
    const found = choices.find((choice) => choice === value);
    if (found === undefined) {
      this.fault(path, `must be one of ${choices.join(", ")}, got ${nameOf(value, true)}`);
    }
    return found;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

function nameOf(value: unknown, withValue = false): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (withValue && typeof value !== "object") return JSON.stringify(value).slice(0, 60);
  const names: Record<string, string> = { string: "a text", boolean: "true or false", object: "an object" };
  return names[typeof value] ?? `a ${typeof value}`;
}
