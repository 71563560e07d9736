import type { IdentifierFigures } from "./figures.ts";

/** What can be wrong with an identifier, in the order in which it is told. */
export const IDENTIFIER_PROBLEMS = [
  "unavailable",
  "noProfile",
  "notNumeric",
  "standsOut",
  "contradictory",
  "doubled",
  "spellings",
  "rowsWithout",
  "onlyEvents",
  "onlyExport",
  "conflicts",
  "stillOwned",
  "resolvedOtherwise",
] as const;
type ProblemKind = (typeof IDENTIFIER_PROBLEMS)[number];

/** Something to look at, with what to do about it. */
export interface IdentifierProblem {
  readonly kind: ProblemKind;
  /** Of what the text says: rows, values, imports. */
  readonly count: number;
  readonly text: string;
  readonly remedy: string;
  readonly examples: readonly string[];
}

type Found = Omit<IdentifierProblem, "kind"> | undefined;

function problem(count: number, text: string, remedy: string, examples: readonly string[] = []): Found {
  return count === 0 ? undefined : { count, text, remedy, examples };
}

const rowsOf = (rows: number) => (rows === 1 ? "1 row" : `${rows.toLocaleString("en-GB")} rows`);
const valuesOf = (values: number) => (values === 1 ? "1 value" : `${values.toLocaleString("en-GB")} values`);

/** Each looks for one problem and says what to do. */
const LOOK = {
  unavailable: ({ available }) =>
    problem(
      available.isAvailable ? 0 : 1,
      available.reason,
      "Define the identifier with `limit: one`, name it as the identifier of a schema's column, and map that column in an active dataflow.",
    ),
  noProfile: ({ available, profiles, identifier }) =>
    problem(
      available.isAvailable && profiles.withIdentifier === 0 ? 1 : 0,
      `No profile has a ${identifier} yet.`,
      "Import a file of the dataflow that maps it, or look below why its rows name nobody.",
    ),
  notNumeric: ({ notNumeric, identifier }) =>
    problem(
      notNumeric?.values ?? 0,
      `${valuesOf(notNumeric?.values ?? 0)} in ${rowsOf(notNumeric?.rows ?? 0)} are not numbers; Ibexa's user ids are.`,
      `Map ${identifier} to the column \`id\` of Ibexa's export, not to login or e-mail; \`integer\` among the normalisation steps turns 14.0 into 14.`,
      (notNumeric?.examples ?? []).map(
        ({ value, dataflow, rows }) => `"${value}" in ${dataflow} (${rowsOf(rows)})`,
      ),
    ),
  standsOut: ({ standsOut, identifier }) =>
    problem(
      standsOut.length,
      `${valuesOf(standsOut.length)} ${standsOut.length === 1 ? "does" : "do"} not look like one person.`,
      `If it is the user by which Ibexa names all visitors, add it to \`blocked\` of ${identifier}: new rows heed that at once; \`peregrine rebuild --current-identifiers\` brings it to the rows that are there.`,
      standsOut.map(
        ({ value, eventRows, share, otherIdentifiers }) =>
          `"${value}": ${rowsOf(eventRows)} of events (${Math.round(share * 1000) / 10} %), ${otherIdentifiers.toLocaleString("en-GB")} other identifiers`,
      ),
    ),
  contradictory: ({ rows, identifier }) =>
    problem(
      rows.contradictory,
      `${rowsOf(rows.contradictory)} have two values of ${identifier} and were refused.`,
      "Map one column only, or leave such rows out; the refused rows of the import show both values.",
    ),
  doubled: ({ doubled }) =>
    problem(
      doubled.values,
      `${valuesOf(doubled.values)} stand in several rows of one import (${rowsOf(doubled.rows)}), where one row is one person.`,
      "Look whether the export repeats people, or whether the wrong column is mapped; the latest row wins.",
      doubled.examples.map(({ value, dataflow, rows }) => `"${value}" in ${dataflow} (${rowsOf(rows)})`),
    ),
  spellings: ({ spellings }) =>
    problem(
      spellings.values,
      `${valuesOf(spellings.values)} come in several spellings.`,
      "Nothing has to be done if they mean the same person; otherwise take a step out of `normalise`.",
      spellings.examples.map(
        ({ value, dataflow, raws }) =>
          `"${value}" in ${dataflow}: ${raws.map((raw) => `"${raw}"`).join(", ")}`,
      ),
    ),
  rowsWithout: ({ dataflows, identifier }) => {
    const lacking = dataflows.filter(({ isExport, without }) => isExport && without > 0);
    const rows = lacking.reduce((sum, { without }) => sum + without, 0);
    return problem(
      rows,
      `${rowsOf(rows)} of people have no ${identifier}.`,
      "Look whether the mapped column is the right one, and whether its cells are filled in the export.",
      lacking.map(({ dataflow, without }) => `${dataflow}: ${rowsOf(without)}`),
    );
  },
  onlyEvents: ({ seenIn, identifier }) =>
    problem(
      seenIn?.onlyEvents.values ?? 0,
      `${valuesOf(seenIn?.onlyEvents.values ?? 0)} come in events and never in the export: events of users whom Ibexa does not name.`,
      `Export all users once more; if they are no Ibexa users, map the column of the events to another identifier than ${identifier}.`,
      (seenIn?.onlyEvents.examples ?? []).map(({ value, rows }) => `"${value}" (${rowsOf(rows)})`),
    ),
  onlyExport: ({ seenIn, identifier }) =>
    problem(
      seenIn?.both === 0 ? (seenIn.onlyExport.values ?? 0) : 0,
      `None of the export's ${valuesOf(seenIn?.onlyExport.values ?? 0)} comes in an event.`,
      `Compare both: ${identifier} of events and of the export are probably different numbers.`,
      (seenIn?.onlyExport.examples ?? []).map(({ value }) => `"${value}"`),
    ),
  conflicts: ({ conflicts }) =>
    problem(
      conflicts.count,
      `${valuesOf(conflicts.values)} changed hands without a merge, ${conflicts.count.toLocaleString("en-GB")} times.`,
      "A few are people who share a device or changed an address. Many mean that an identifier names several people: `peregrine` shows them by `GET /api/v1/conflicts`.",
      conflicts.examples.map(
        ({ value, from, to }) =>
          `"${value}" from profile ${from} to ${to === null ? "nobody" : `profile ${to}`}`,
      ),
    ),
  stillOwned: ({ blocked }) =>
    problem(
      blocked.stillOwned.length,
      `${valuesOf(blocked.stillOwned.length)} are blocked now and still name a profile: they came before.`,
      "`peregrine rebuild --current-identifiers` unifies all rows by the settings of today.",
      blocked.stillOwned.map(({ value, profile }) => `"${value}" names profile ${profile}`),
    ),
  resolvedOtherwise: ({ resolvedOtherwise, identifier }) =>
    problem(
      resolvedOtherwise.imports,
      `${resolvedOtherwise.imports === 1 ? "1 import was" : `${resolvedOtherwise.imports.toLocaleString("en-GB")} imports were`} unified by earlier settings of ${identifier}; past links stay as they are.`,
      "`peregrine rebuild --current-identifiers` unifies all rows by the settings of today.",
    ),
} as const satisfies Record<ProblemKind, (figures: IdentifierFigures) => Found>;

/** What is wrong by these figures, the gravest first; each with what to do. */
export function identifierProblems(figures: IdentifierFigures): IdentifierProblem[] {
  return IDENTIFIER_PROBLEMS.flatMap((kind) => {
    const found = LOOK[kind](figures);
    return found === undefined ? [] : [{ kind, ...found }];
  });
}
