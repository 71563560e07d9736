import { z } from "zod";
import { ibexaSettings } from "./settings.ts";
import { wireProfile } from "./wire-profile.ts";

interface Schema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly default?: unknown;
  readonly description?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly format?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
}

const VALUES: Readonly<Record<string, string>> = {
  string: "text",
  number: "number",
  integer: "whole number",
};

function code(value: unknown): string {
  return `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}

/** What a setting may be, in words. */
function values(schema: Schema): string {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(code).join(", ");
  const kinds = schema.anyOf ?? [];
  if (kinds.length > 0) return [...new Set(kinds.map(values))].join(" or ");
  if (schema.type === "array") return `list: ${schema.items === undefined ? "" : values(schema.items)}`;
  if (typeof schema.additionalProperties === "object") {
    return `status → ${values(schema.additionalProperties)}`;
  }
  if (schema.format === "uri") return "address";
  const { minimum, maximum } = schema;
  const range = minimum === undefined || maximum === undefined ? "" : `, ${minimum} to ${maximum}`;
  return `${VALUES[schema.type ?? ""] ?? schema.type ?? ""}${range}`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}

/** A setting and what stands below it, each in a row of name, values, default, meaning. */
function rows(name: string, schema: Schema): string[] {
  const below = (option: Schema) =>
    Object.entries(option.properties ?? {})
      .filter(([, inner]) => inner.const === undefined)
      .flatMap(([inner, type]) => rows(`${name}.${inner}`, type));
  const preset = schema.default === undefined ? "" : code(schema.default);
  const options = schema.oneOf ?? [];
  if (options.length > 0) {
    const head = row([
      code(name),
      options.map(({ properties = {} }) => code(properties["in"]?.const)).join(", "),
      preset,
      schema.description ?? "",
    ]);
    const each = options.flatMap((option) => {
      const { in: kind } = option.properties ?? {};
      return [row([code(`${name}.in`), code(kind?.const), "", kind?.description ?? ""]), ...below(option)];
    });
    return [head, ...each];
  }
  if (schema.properties !== undefined) {
    return [row([code(name), "", "", schema.description ?? ""]), ...below(schema)];
  }
  return [row([code(name), values(schema), preset, schema.description ?? ""])];
}

const HEAD = [row(["setting", "values", "default", ""]), row(["---", "---", "---", "---"])];

/** The tables of docs/wire-profile.md, made from the schemas by which settings are read. */
export function wireProfileTables(): Record<"profile" | "secrets", string> {
  // A schema with a name of its own stands among the definitions.
  const { $defs } = z.toJSONSchema(wireProfile, { io: "input" });
  const { properties = {} } = Object.values($defs ?? {})[0] as Schema;
  const secrets = Object.entries(ibexaSettings.shape)
    .map(([name, setting]) => ({ name, ...setting.meta() }))
    .filter((meta) => "secret" in meta && meta.secret === true && "description" in meta)
    .map(({ name, title, description }) => row([code(name), title ?? "", description ?? ""]));
  return {
    profile: [...HEAD, ...Object.entries(properties).flatMap(([name, schema]) => rows(name, schema))].join(
      "\n",
    ),
    secrets: [row(["setting", "label", ""]), row(["---", "---", "---"]), ...secrets].join("\n"),
  };
}
