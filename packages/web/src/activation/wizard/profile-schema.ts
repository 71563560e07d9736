/** As much of JSON Schema as the settings of a wire profile need. */
export interface ProfileSchema {
  readonly title?: string;
  readonly description?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, ProfileSchema>>;
  readonly additionalProperties?: ProfileSchema | boolean;
  readonly items?: ProfileSchema;
  readonly oneOf?: readonly ProfileSchema[];
  readonly $ref?: string;
}

interface SettingsSchema extends ProfileSchema {
  readonly $defs?: Readonly<Record<string, ProfileSchema>>;
}

const DEFINITION = /^#\/\$defs\/(.+)$/;

/** The wire profile within the schema of an activation type's settings; undefined where the type has none. */
export function profileSchemaOf(settings: Readonly<Record<string, unknown>>): ProfileSchema | undefined {
  const { $defs = {}, ...top } = settings as SettingsSchema;
  // A schema with a name of its own stands among the definitions.
  const named = (schema: ProfileSchema | undefined): ProfileSchema | undefined => {
    const name = DEFINITION.exec(schema?.$ref ?? "")?.[1];
    return name === undefined ? schema : $defs[name];
  };
  return named(named(top)?.properties?.["advanced"]);
}

/** How a setting is typed in, with what it is called. */
export type ProfileField = {
  /** Names below the profile, such as `paths`, `create`. */
  readonly path: readonly string[];
  readonly label: string;
  readonly description: string;
  /** As text; empty where there is none. */
  readonly preset: string;
} & (
  | { readonly kind: "choice"; readonly choices: readonly string[] }
  | { readonly kind: "number"; readonly minimum: number | undefined; readonly maximum: number | undefined }
  | { readonly kind: "text" }
  | { readonly kind: "lines" }
  | { readonly kind: "list" }
  | { readonly kind: "table" }
);

/** The settings of a profile, each a field; below a choice only those of what is chosen. */
export function profileFields(
  schema: ProfileSchema,
  value: Readonly<Record<string, unknown>>,
  path: readonly string[] = [],
): ProfileField[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, setting]): ProfileField[] => {
    if (setting.const !== undefined) return [];
    const here = [...path, name];
    if (setting.oneOf !== undefined) return choiceFields(setting, setting.oneOf, recordOf(value[name]), here);
    if (setting.properties !== undefined) return profileFields(setting, recordOf(value[name]), here);
    return [fieldOf(setting, here)];
  });
}

/** The field of which of them it is, and the fields of the one that is. */
function choiceFields(
  setting: ProfileSchema,
  options: readonly ProfileSchema[],
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
): ProfileField[] {
  const choices = options.map(({ properties = {} }) => String(properties["in"]?.const));
  const preset = String(recordOf(setting.default)["in"] ?? choices[0]);
  const chosen = options[choices.indexOf(String(value["in"] ?? preset))];
  const about = chosen?.properties?.["in"]?.description ?? "";
  return [
    {
      path: [...path, "in"],
      label: setting.title ?? path.join("."),
      description: `${setting.description ?? ""} ${about}`.trim(),
      preset,
      kind: "choice",
      choices,
    },
    ...(chosen === undefined ? [] : profileFields(chosen, value, path)),
  ];
}

function fieldOf(setting: ProfileSchema, path: readonly string[]): ProfileField {
  const told = {
    path,
    label: setting.title ?? path.join("."),
    description: setting.description ?? "",
    preset: setting.default === undefined ? "" : textOf(setting.default),
  };
  if (setting.enum !== undefined) return { ...told, kind: "choice", choices: setting.enum };
  if (setting.type === "number" || setting.type === "integer") {
    return { ...told, kind: "number", minimum: setting.minimum, maximum: setting.maximum };
  }
  if (setting.type === "array") return { ...told, kind: "list" };
  if (setting.type === "object") return { ...told, kind: "table" };
  return path.at(-1) === "certificateAuthority" ? { ...told, kind: "lines" } : { ...told, kind: "text" };
}

/** What stands in a profile at a path; undefined: the default. */
export function settingAt(profile: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => recordOf(value)[name], profile);
}

/** The profile with another value at a path, or with the default there; groups that are empty by that are left out. */
export function withSetting(
  profile: Readonly<Record<string, unknown>>,
  [name, ...below]: readonly string[],
  value: unknown,
): Readonly<Record<string, unknown>> {
  if (name === undefined) return profile;
  const { [name]: before, ...others } = profile;
  // Another kind of credentials has other settings: those of the one before would be refused.
  const kept = below[0] === "in" ? {} : recordOf(before);
  const next = below.length === 0 ? value : withSetting(kept, below, value);
  const isLeftOut = next === undefined || (below.length > 0 && Object.keys(recordOf(next)).length === 0);
  return isLeftOut ? others : { ...others, [name]: next };
}

/** A setting as it is typed: lists by commas, tables as `409: refused`. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (Array.isArray(value)) return value.map(textOf).join(", ");
  if (typeof value === "object") {
    return Object.entries(value)
      .map(([name, one]) => `${name}: ${textOf(one)}`)
      .join(", ");
  }
  return String(value);
}

/** A typed text as the setting has it; undefined where it is empty, which is the default. */
export function typedValue(kind: ProfileField["kind"], text: string): unknown {
  if (text.trim() === "") return undefined;
  if (kind === "list") return parts(text).map(scalar);
  if (kind === "table") {
    return Object.fromEntries(
      parts(text).map((part) => {
        const [name = "", ...rest] = part.split(":");
        return [name.trim(), rest.join(":").trim()];
      }),
    );
  }
  return kind === "number" ? Number(text) : text;
}

function parts(text: string): string[] {
  return text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}

function scalar(text: string): string | number | boolean {
  if (text === "true" || text === "false") return text === "true";
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
