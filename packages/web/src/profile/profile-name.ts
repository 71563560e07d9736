import type { Schemas } from "../api/schemas.ts";

const WHOLE = ["name", "fullname", "displayname"];
const PARTS = [
  ["firstname", "lastname"],
  ["givenname", "familyname"],
  ["vorname", "nachname"],
] as const;

/** What to call a person: by name if there is one, else by an identifier. */
export function profileName({ number, attributes, identifiers }: Schemas["Profile"]): string {
  const text = (wanted: string) => {
    const value = attributes.find(({ name }) => plain(name) === wanted)?.value;
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const whole = WHOLE.map(text).find((name) => name !== undefined);
  if (whole !== undefined) return whole;
  const joined = PARTS.map((parts) => parts.flatMap((part) => text(part) ?? []).join(" ")).find(
    (name) => name !== "",
  );
  if (joined !== undefined) return joined;
  const email = identifiers.find(({ identifier }) => identifier === "email") ?? identifiers[0];
  return email?.value ?? `Profile ${number}`;
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^a-z]/g, "");
}
