import type { ColumnProfile } from "./column-profile.ts";
import {
  CHANGED_NAMES,
  EVENT_NAMES,
  EVENTS_BY_COLUMNS,
  HAPPENED_NAMES,
  KEY_NAMES,
  LINE_NAMES,
  ORDER_NAMES,
  plainName,
  TIE_NAMES,
} from "./names.ts";
import type { ProposalInput, ProposedColumn } from "./propose.ts";

/** One of the mapping's expressions besides the columns. */
export interface Role {
  readonly expression: string;
  readonly why: string;
  /** Other expressions that would do. */
  readonly alternatives: readonly string[];
}

export interface Roles {
  readonly time: Role;
  readonly tieBreak: Role;
  readonly event: Role;
  readonly key: Role;
}

type Found = { readonly [Name in keyof Roles]: Role | null };

/** When, in which order, what, and which event: from names, and from what the sample shows. */
export function rolesOf(input: ProposalInput, columns: readonly ProposedColumn[]): Found {
  const { parent } = input;
  if (parent === "Catalog") return { time: null, tieBreak: null, event: null, key: null };
  const time = timeOf(input, columns);
  if (parent === "PersonalData") return { time, tieBreak: tieBreakOf(input), event: null, key: null };
  return { time, tieBreak: null, event: eventOf(input, columns), key: keyOf(input) };
}

/** Those that stand in every row: a row without its time, its event or its key would be refused. */
function whole({ columns, rows }: ProposalInput): ColumnProfile[] {
  return columns.filter(({ filled, guess, name }) => name !== "" && filled === rows && guess.type !== "list");
}

function byName<Column extends { readonly path: readonly string[] }>(
  columns: readonly Column[],
  names: readonly string[],
): Column[] {
  return names.flatMap((name) => columns.filter(({ path }) => plainName(path) === name));
}

function timeOf(input: ProposalInput, columns: readonly ProposedColumn[]): Role | null {
  const events = input.parent === "Interaction";
  const times = whole(input).filter(({ guess }) => guess.type === "time" && guess.share === 1);
  const named = byName(times, events ? HAPPENED_NAMES : CHANGED_NAMES);
  // Of people, any other time is a fact about them, such as their birthday.
  const [best, ...others] = [...named, ...(events ? times.filter((one) => !named.includes(one)) : [])];
  if (best === undefined) return null;
  const expressionOf = ({ name, guess }: ColumnProfile) =>
    columns.find(({ source, type }) => source === name && type === "time")?.expression ?? guess.expression;
  return {
    expression: expressionOf(best),
    why: `\`${best.name}\` holds a time in every row${named.includes(best) ? ", and is named like one" : ""}.`,
    alternatives: others.map(expressionOf),
  };
}

function tieBreakOf(input: ProposalInput): Role | null {
  const [best] = byName(whole(input), TIE_NAMES);
  if (best === undefined) return null;
  // Texts are compared, so that numbers need equal lengths.
  const expression = best.guess.type === "number" ? `padStart(${best.expression}, 20, "0")` : best.expression;
  return { expression, why: `\`${best.name}\` orders rows, by its name.`, alternatives: [] };
}

/** More kinds than this are no types of events. */
const MOST_TYPES = 50;

function eventOf(input: ProposalInput, columns: readonly ProposedColumn[]): Role {
  const typed = byName(whole(input), EVENT_NAMES).filter(
    ({ distinct, guess }) => distinct <= MOST_TYPES && guess.type === "text",
  );
  const guessed = EVENTS_BY_COLUMNS.find(({ columns: names }) =>
    input.columns.some(({ path }) => names.includes(plainName(path))),
  );
  const constant = `"${guessed?.event ?? input.id.replaceAll('"', "")}"`;
  const returns = columns.find(
    ({ source, type, target }) =>
      type === "number" && target !== null && ["quantity", "menge", "qty"].includes(plainName(source)),
  );
  const sorted = returns === undefined ? [] : [`if(${returns.expression} > 0, "buy", "return")`];
  const [best] = typed;
  if (best === undefined) {
    return {
      expression: constant,
      why:
        guessed === undefined
          ? "No column tells what happened, so that it is called like the dataflow."
          : `Its columns tell of events of the type ${constant}.`,
      alternatives: sorted,
    };
  }
  return {
    expression: best.expression,
    why: `\`${best.name}\` holds one of ${best.distinct} types in every row.`,
    alternatives: [...typed.slice(1).map(({ expression }) => expression), constant, ...sorted],
  };
}

function keyOf(input: ProposalInput): Role | null {
  const candidates = whole(input);
  const unique = byName(candidates, KEY_NAMES).filter(({ name }) => input.distinct([name]) === input.rows);
  const orders = byName(candidates, ORDER_NAMES);
  const lines = byName(candidates, LINE_NAMES);
  const alone = orders.filter(({ name }) => input.distinct([name]) === input.rows);
  const pairs = orders.flatMap((order) =>
    lines
      .filter(({ name }) => name !== order.name && input.distinct([order.name, name]) === input.rows)
      .map((line) => ({
        expression: `concat(${order.expression}, "/", ${line.expression})`,
        why: `\`${order.name}\` and \`${line.name}\` together are in no two rows of the sample.`,
      })),
  );
  const all = [
    ...unique.map(({ name, expression }) => ({
      expression,
      why: `\`${name}\` is another in every row of the sample.`,
    })),
    // A pair is the safer one: that no order of a sample has two lines says little.
    ...pairs,
    ...alone.map(({ name, expression }) => ({
      expression,
      why: `\`${name}\` is another in every row of the sample.`,
    })),
  ];
  const [best, ...others] = all;
  return best === undefined ? null : { ...best, alternatives: others.map(({ expression }) => expression) };
}
