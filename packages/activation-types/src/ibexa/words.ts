/** Fields in which JSON answers usually say in words what happened. */
const SAYING = ["reason", "message", "detail", "error", "title"];

/** The value of a JSON text; undefined when it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function words(body: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1];
  if (title !== undefined) return `a page named "${title.trim()}"`;
  const parsed = parseJson(body);
  if (typeof parsed !== "object" || parsed === null) return body;
  const said = SAYING.map((name) => Object.getOwnPropertyDescriptor(parsed, name)?.value);
  return said.find((value): value is string => typeof value === "string" && value !== "") ?? body;
}

/** As much of an answer as helps a person, in one line of at most 200 characters. */
export function excerpt(body: string): string {
  const text = words(body).replace(/\s+/g, " ").trim();
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
