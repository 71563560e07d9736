import { z } from "zod";

/** A token of RFC 9110 §5.6.2. */
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What a value may hold: visible ASCII, and spaces between. */
const VALUE = /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/;

/** Headers that belong to the connection or to the message itself; another value would break both. */
const OWN = new Set([
  "accept",
  "connection",
  "content-encoding",
  "content-length",
  "content-type",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** A header's name that a person may choose. */
export const headerName = z
  .string()
  .min(1)
  .max(100)
  .regex(NAME, "is not a header's name: letters, digits and hyphens")
  .refine((name) => !OWN.has(name.toLowerCase()), "is a header that the connection sets itself");

function lines(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== "");
}

function partsOf(line: string): [name: string, value: string] {
  const colon = line.indexOf(":");
  return colon === -1 ? [line.trim(), ""] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()];
}

/** Headers as lines of `Name: value`; all of them are secret, because staging servers are opened by one. */
export const headerLines = z
  .string()
  .max(10_000)
  .superRefine((text, context) => {
    const seen = new Set<string>();
    for (const [index, line] of lines(text).entries()) {
      const [name, value] = partsOf(line);
      const checked = headerName.safeParse(name);
      const told = (message: string) =>
        context.addIssue({ code: "custom", message: `line ${index + 1}: ${message}` });
      // The line itself is never told: it may hold a secret in the wrong place.
      if (!line.includes(":")) told("is not `Name: value`");
      else if (!checked.success) told(`the name ${checked.error.issues[0]?.message ?? "is wrong"}`);
      else if (!VALUE.test(value)) told("the value must be visible ASCII characters");
      else if (seen.has(name.toLowerCase())) told("this header stands in an earlier line already");
      seen.add(name.toLowerCase());
    }
  });

/** Headers by their names in lower case. @param text as {@link headerLines} has checked it */
export function headersOf(text: string | undefined): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const line of lines(text ?? "")) {
    const [name, value] = partsOf(line);
    headers[name.toLowerCase()] = value;
  }
  return headers;
}

/** A text as a header carries it: its UTF-8 bytes, one character each. */
export function headerText(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** The text that a header carries as UTF-8; as it stands, where it is none. */
export function textOfHeader(value: string): string {
  const bytes = Uint8Array.from(value, (character) => character.charCodeAt(0));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return value;
    throw error;
  }
}
