import type { IdentifierDefinition, IdentifierDefinitionInput } from "../../identity/identifier.ts";
import type { ColumnProfile } from "./column-profile.ts";
import { IDENTIFIER_NAMES, plainName } from "./names.ts";
import type { ProposalInput } from "./propose.ts";

/** A column that holds values of an identifier. */
export interface FoundIdentifier {
  /** The identifier. */
  readonly id: string;
  readonly column: string;
  readonly expression: string;
  readonly share: number;
  readonly why: string;
}

/** Identifiers as they are proposed where there are none. */
const NEW: Readonly<Record<string, IdentifierDefinitionInput>> = {
  userid: { kind: "identifier", id: "userid", limit: "one", priority: 300, blocked: ["0"] },
  email: { kind: "identifier", id: "email", limit: "one", priority: 200, normalise: ["trim", "lowercase"] },
};

/** What values of an identifier look like; of others anything goes. */
const LOOKS: Readonly<Record<string, RegExp>> = {
  email: /^[^@\s]+@[^@\s]+$/,
  phone: /^[+0-9][0-9 ()/.-]{4,}$/,
};
const MOSTLY = 0.8;

type Input = Pick<ProposalInput, "parent" | "columns" | "identifiers" | "schema" | "personIdentifier">;

/** Which columns name people. A profile is named by one column of each identifier: two would contradict one another. */
export function findIdentifiers(input: Input): FoundIdentifier[] {
  const known = input.identifiers.filter(({ active }) => active).map(({ id }) => id);
  // Where nothing is defined yet, what can be proposed counts as well.
  const ids = [...new Set([...known, ...missing(input)])];
  const taken = new Set<string>();
  return ids.flatMap((id) => {
    const names = namesOf(id, input);
    const column = names
      .map((name) =>
        input.columns.find(
          (one) => isNamed(one, name) && one.filled > 0 && looksRight(id, one) && !taken.has(one.name),
        ),
      )
      .find((one) => one !== undefined);
    if (column === undefined) return [];
    taken.add(column.name);
    const decimals =
      column.examples.length > 0 && column.examples.every((value) => /^[0-9]+\.0+$/.test(value));
    return [
      {
        id,
        column: column.name,
        // A spreadsheet's 17850.0 is the person 17850.
        expression: decimals ? `text(number(${column.expression}))` : column.expression,
        share: 1,
        why: `By its name it holds the identifier \`${id}\`${column.distinct === column.filled ? ", and no value comes twice" : ""}.`,
      },
    ];
  });
}

/** `userid` is what Ibexa asks for; proposed if nobody has defined it. */
function missing({ identifiers }: Input): string[] {
  return identifiers.some(({ id }) => id === "userid")
    ? []
    : ["userid", ...(identifiers.length === 0 ? ["email"] : [])];
}

function namesOf(id: string, { parent, schema }: Input): string[] {
  const column = schema?.columns.find(({ identifier }) => identifier === id)?.name;
  const own = [...(column === undefined ? [] : [plainName(column)]), plainName(id)];
  const usual = IDENTIFIER_NAMES[plainName(id)] ?? [];
  // In a table of people the id is the person's; in one of events it is the event's.
  const ofPeople = plainName(id) === "userid" && parent === "PersonalData" ? ["id"] : [];
  return [...new Set([...own, ...usual, ...ofPeople])];
}

function isNamed({ path, guess }: ColumnProfile, name: string): boolean {
  if (guess.type === "list") return false;
  return plainName(path) === name;
}

function looksRight(id: string, { examples }: ColumnProfile): boolean {
  const looks = LOOKS[plainName(id)];
  if (looks === undefined) return true;
  return examples.filter((value) => looks.test(value.trim())).length >= MOSTLY * examples.length;
}

/** The identifier by which rows name their person. */
export function personIdentifierOf(
  { personIdentifier, schema, identifiers, parent }: Input,
  found: readonly FoundIdentifier[],
): string | undefined {
  if (parent === "Catalog") return undefined;
  const priority = (id: string) =>
    identifiers.find((one) => one.id === id)?.priority ?? NEW[id]?.priority ?? 0;
  const asked = personIdentifier ?? schema?.personIdentifier;
  if (asked !== undefined) return asked;
  const ids = found.map(({ id }) => id);
  return ids.includes("userid") ? "userid" : ids.sort((one, other) => priority(other) - priority(one))[0];
}

/** Definitions of the identifiers that a proposal uses and that are not there. */
export function newIdentifiers(
  used: ReadonlySet<string>,
  identifiers: readonly IdentifierDefinition[],
): IdentifierDefinitionInput[] {
  return Object.entries(NEW).flatMap(([id, definition]) =>
    used.has(id) && !identifiers.some((one) => one.id === id) ? [definition] : [],
  );
}
