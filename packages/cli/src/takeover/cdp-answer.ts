/**
 * What the answers of a CDP API v3 hold. Only the addresses and the headers of that API are public; the names in its
 * answers are our assumption, so several are understood. What is not understood is an error, never an empty list: an
 * empty list of members would take everybody out.
 */

/** An audience as another CDP describes it. */
export interface ForeignAudience {
  readonly id: string;
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly string[];
  /** Its rule in the other CDP's words, where they were given. */
  readonly rule?: string;
}

/** An answer that is not understood; the message says what was expected. */
export class AnswerNotUnderstood extends Error {
  override readonly name = "AnswerNotUnderstood";
}

type Fields = Readonly<Record<string, unknown>>;

const LISTS = {
  audiences: ["audiences", "items", "data", "results"],
  members: ["members", "memberships", "persons", "people", "items", "data", "results"],
} as const;
const NEXT = ["next", "nextPage", "nextPageToken", "continuationToken", "nextCursor"];
const TOTALS = ["total", "totalCount", "size", "memberCount"];
const AUDIENCE_IDS = ["id", "audienceId", "audience_id", "identifier"];
const NAMES = ["name", "audienceName", "title"];
const PERSON_IDS = ["personId", "person_id", "identifierValue", "value", "userid", "userId", "id"];
const KINDS = ["identifierType", "type", "kind", "name"];

/** The audiences of `GET /api/v3/audiences`, or of a JSON or YAML file of the same shape. */
export function readAudiences(answer: unknown): ForeignAudience[] {
  return listIn(answer, "audiences").map((value, index) => audienceOf(value, index));
}

/**
 * The ids of the people of `GET /api/v3/membership/{audienceId}`: texts, numbers, or objects with the id.
 *
 * @param identifier the kind that is wanted where a person has several identifiers
 */
export function readMembers(answer: unknown, identifier: string): string[] {
  return listIn(answer, "members").map((value, index) => {
    const id = personOf(value, identifier);
    if (id !== undefined) return id;
    throw new AnswerNotUnderstood(
      `Member ${index + 1} has no ${identifier}: a text, a number, or an object with one of ${PERSON_IDS.join(", ")} is expected.`,
    );
  });
}

function listIn(answer: unknown, what: keyof typeof LISTS): unknown[] {
  if (Array.isArray(answer)) return answer;
  const fields = fieldsOf(answer);
  const list = LISTS[what].map((name) => fields?.[name]).find(Array.isArray);
  if (fields === undefined || list === undefined) {
    throw new AnswerNotUnderstood(
      `The answer has no list of ${what}: a list, or one under ${LISTS[what].join(", ")} is expected.`,
    );
  }
  const next = NEXT.find(
    (name) => fields[name] !== undefined && fields[name] !== null && fields[name] !== "",
  );
  const total = TOTALS.map((name) => fields[name]).find((value) => typeof value === "number");
  if (next !== undefined || (total !== undefined && total > list.length)) {
    throw new AnswerNotUnderstood(
      `The answer is one page of several (${next ?? `${String(total)} in all, ${list.length} here`}), and how to ask for the next one is not public. Export the list to a file.`,
    );
  }
  return list;
}

function audienceOf(value: unknown, index: number): ForeignAudience {
  const fields = fieldsOf(value);
  const id = textAt(fields, AUDIENCE_IDS);
  if (fields === undefined || id === undefined) {
    throw new AnswerNotUnderstood(
      `Audience ${index + 1} has no id: one of ${AUDIENCE_IDS.join(", ")} is expected.`,
    );
  }
  const { description, rule } = fields;
  return {
    id,
    name: textAt(fields, NAMES) ?? id,
    ...(typeof description === "string" && description !== "" ? { description } : {}),
    tags: tagsOf(fields["tags"]),
    ...(rule === undefined || rule === null || rule === ""
      ? {}
      : { rule: typeof rule === "string" ? rule : JSON.stringify(rule) }),
  };
}

/** A list of texts or of objects with a name, or one text with commas or semicolons. */
function tagsOf(value: unknown): string[] {
  const found = typeof value === "string" ? value.split(/[,;]/) : Array.isArray(value) ? value : [];
  const texts = found.map((tag: unknown) =>
    typeof tag === "string" ? tag.trim() : (textAt(fieldsOf(tag), ["name", "value", "tag"]) ?? ""),
  );
  return [...new Set(texts.filter((text) => text !== ""))];
}

function personOf(value: unknown, identifier: string): string | undefined {
  const plain = plainText(value);
  if (plain !== undefined) return plain;
  const fields = fieldsOf(value);
  if (fields === undefined) return undefined;
  const { identifiers } = fields;
  const named = fieldsOf(identifiers);
  if (named !== undefined) return plainText(named[identifier]);
  if (Array.isArray(identifiers)) {
    const own = identifiers.map(fieldsOf).find((one) => textAt(one, KINDS)?.toLowerCase() === identifier);
    return textAt(own, PERSON_IDS);
  }
  return plainText(fields[identifier]) ?? textAt(fields, PERSON_IDS);
}

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

function textAt(fields: Fields | undefined, names: readonly string[]): string | undefined {
  return names.map((name) => plainText(fields?.[name])).find((text) => text !== undefined);
}

/** A text that says something, or a whole number as one. */
function plainText(value: unknown): string | undefined {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim();
  return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : undefined;
}
