import { anything, pick, type Random } from "./mutate.ts";

/** The part of JSON Schema that the API's document uses. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Where a value of some name is to be one that exists. */
export type Known = Readonly<Record<string, readonly unknown[]>>;

const DEEPEST = 6;

/**
 * A value that a schema allows, more or less: patterns and formats are left to `known`, by the name of the property.
 *
 * @param schemas what `$ref` names, by the last part of the reference
 */
export function fromSchema(
  schema: JsonSchema,
  { schemas, known }: { readonly schemas: Readonly<Record<string, JsonSchema>>; readonly known: Known },
  random: Random,
): unknown {
  return value(schema, undefined, 0);

  function value(of: JsonSchema, name: string | undefined, depth: number): unknown {
    const here = name === undefined ? undefined : known[name];
    if (here !== undefined && random(8) > 0) return pick(here, random);
    if (of.$ref !== undefined) return value(schemas[of.$ref.split("/").at(-1) ?? ""] ?? {}, name, depth);
    if ("const" in of) return of.const;
    if (of.enum !== undefined) return pick(of.enum, random);
    const choices = of.anyOf ?? of.oneOf;
    if (choices !== undefined) {
      // Deep down the first: of a tree that is not a leaf always, but an end is found by `known` or by the depth.
      return depth > DEEPEST ? anything(random) : value(pick(choices, random), name, depth + 1);
    }
    if (of.allOf !== undefined) {
      return Object.assign({}, ...of.allOf.map((part) => value(part, name, depth + 1)));
    }
    const type = typeof of.type === "string" ? of.type : of.type?.[random(of.type.length)];
    if (type === "object" || of.properties !== undefined) {
      const wanted = Object.entries(of.properties ?? {}).filter(
        ([key]) => of.required?.includes(key) || (depth <= DEEPEST && random(3) === 0),
      );
      return Object.fromEntries(wanted.map(([key, below]) => [key, value(below, key, depth + 1)]));
    }
    if (type === "array") {
      const length = (of.minItems ?? 0) + random(3);
      return Array.from({ length }, () => value(of.items ?? {}, name, depth + 1));
    }
    if (type === "string") return pick(["a", "customers", "2026-01-31", "userid", "Ærø"], random);
    if (type === "integer") return Math.max(of.minimum ?? 0, 0) + random(30);
    if (type === "number") return random(1_000) / 4;
    if (type === "boolean") return random(2) === 1;
    if (type === "null") return null;
    return anything(random);
  }
}
