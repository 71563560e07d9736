import type { z } from "zod";

/** The names of the settings that are secret: those whose schema says `.meta({ secret: true })`. */
export function secretSettings(schema: z.ZodObject): string[] {
  return Object.entries(schema.shape)
    .filter(([, setting]) => "meta" in setting && (setting as z.ZodType).meta()?.["secret"] === true)
    .map(([name]) => name);
}

/** Settings without their secrets, and the secrets alone. A secret that is not text is left to the schema. */
export function splitSecrets(
  schema: z.ZodObject,
  settings: Readonly<Record<string, unknown>>,
): { plain: Record<string, unknown>; secrets: Record<string, string> } {
  const names = new Set(secretSettings(schema));
  const plain: Record<string, unknown> = {};
  const secrets: Record<string, string> = {};
  for (const [name, value] of Object.entries(settings)) {
    if (names.has(name) && typeof value === "string") secrets[name] = value;
    else plain[name] = value;
  }
  return { plain, secrets };
}

/** Replaces every secret in a text that is going to be kept or shown. */
export function redact(text: string, secrets: Iterable<string>): string {
  let redacted = text;
  for (const secret of secrets) if (secret !== "") redacted = redacted.replaceAll(secret, "***");
  return redacted;
}
