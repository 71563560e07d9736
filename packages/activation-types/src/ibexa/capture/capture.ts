import { z } from "zod";

/** JSON as it was read. */
const json = z.unknown();
const headers = z
  .record(z.string(), z.string())
  .describe("Names in lower case; variables in place of secrets.");

const answer = z.object({
  /** 0: no answer came. */
  status: z.int(),
  contentType: z.string(),
  /** JSON where it is some, else text; shortened. */
  body: json,
});

/** One message to the webhook as it is kept: without secrets, its list of changes shortened. */
export const capturedMessage = z.object({
  method: z.string(),
  path: z.string().describe("Below the webhook's address, with its query."),
  headers,
  body: json.describe("JSON, or text where it is none."),
  changes: z.int().describe("How many changes the message carried; `body` keeps the first few."),
  answer,
});
export type CapturedMessage = z.output<typeof capturedMessage>;

/** One request for a bearer token. */
export const capturedToken = z.object({ headers, form: z.record(z.string(), z.string()), answer });
export type CapturedToken = z.output<typeof capturedToken>;

/** What a sender of another make said to an Ibexa in one run. */
export const capture = z.object({
  format: z.literal("peregrine-ibexa-capture"),
  version: z.literal(1),
  to: z.string().describe("The webhook's address."),
  tokenTo: z.string().optional().describe("The address that gives out tokens."),
  capturedAt: z.string(),
  variables: z
    .array(z.object({ name: z.string(), where: z.string() }))
    .describe("What stands in place of secrets, and where."),
  atOnce: z.int().describe("How many messages were under way at the same time, at most."),
  left: z.int().describe("Messages that came after so many that no more are kept."),
  varying: z.array(z.string()).describe("Headers that were another one in each message."),
  messages: z.array(capturedMessage),
  tokens: z.array(capturedToken),
});
export type Capture = z.output<typeof capture>;

/** How a variable stands in a text. */
export function placeholder(name: string): string {
  return `\${${name}}`;
}

const PLACEHOLDER = /^\$\{([A-Z0-9_]+)\}$/;

/** The variable that a text is, if it is one. */
export function variableIn(text: string): string | undefined {
  return PLACEHOLDER.exec(text)?.[1];
}

/** Fills in variables. @returns the names of those that have no value, too */
export function fillIn(
  text: string,
  values: Readonly<Record<string, string | undefined>>,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const filled = text.replace(/\$\{([A-Z0-9_]+)\}/g, (whole, name: string) => {
    const value = values[name];
    if (value === undefined) missing.push(name);
    return value ?? whole;
  });
  return { text: filled, missing };
}
