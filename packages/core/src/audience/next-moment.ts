import { keyOf } from "./compile/key.ts";
import { type ParameterValue, parameterList } from "./compile/parameters.ts";
import type { CompiledNeeds, KnownData } from "./compile.ts";
import { watchedTimes } from "./next-moment/person.ts";
import { attributePasses, eventPasses, type Named, NEVER } from "./next-moment/sql.ts";
import { type Change, type Watch, watchesOf } from "./next-moment/watch.ts";
import type { Person } from "./person.ts";
import type { ResolvedRule } from "./resolved.ts";
import type { Moment } from "./window.ts";
import { localDay, startOfDay } from "./zone.ts";

/** The next moments of many rules as one statement. */
export interface CompiledMoments {
  /** One row, to be given to {@link moments}; undefined where no rule changes by time alone. */
  readonly sql: string | undefined;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly needs: Omit<CompiledNeeds, "profiles">;
  /**
   * For each rule, in the order in which they were given, the first instant after the moment at which time alone can
   * change whom it finds; null: never. Never later than the first change, and seldom earlier.
   */
  readonly moments: (row: Readonly<Record<string, number | null>>) => readonly (number | null)[];
}

/**
 * Finds out from the data when rules have to be looked at again though nothing arrives. Equal conditions are looked at
 * once. Only times are asked of the engine; the calendar is here.
 */
export function compileMoments(
  rules: readonly ResolvedRule[],
  moment: Moment,
  { tiedAttributes }: KnownData = {},
): CompiledMoments {
  const watches = new Map<string, Named<Watch>>();
  const namesOf = rules.map((rule) =>
    watchesOf(rule, moment).map((watch) => {
      const key = keyOf(watch);
      const named = watches.get(key) ?? { name: `w${watches.size}`, watch };
      watches.set(key, named);
      return named;
    }),
  );
  const { bind, values } = parameterList();
  const all = [...watches.values()];
  const attributes = all.flatMap(({ name, watch }) => (watch.kind === "attribute" ? [{ name, watch }] : []));
  const events = all.flatMap(({ name, watch }) => (watch.kind === "event" ? [{ name, watch }] : []));
  const passes = [
    ...attributePasses(attributes, moment, (attribute) => tiedAttributes?.has(attribute) ?? true),
    ...eventPasses(events, moment, bind),
  ];
  const from = passes.map(({ sql }, at) => `(${sql}) AS pass_${at}`).join("\nCROSS JOIN ");
  return {
    sql: passes.length === 0 ? undefined : `SELECT ${all.map(({ name }) => name).join(", ")}\nFROM ${from}`,
    parameters: values,
    needs: {
      attributes: [...new Set(passes.flatMap((pass) => pass.attributes))],
      events: joined(passes.flatMap((pass) => pass.events)),
    },
    moments: (row) =>
      namesOf.map((named) =>
        earliest(named.map(({ name, watch }) => momentOf(watch.change, toldOf(row[name]), moment))),
      ),
  };
}

/** The same for one person in memory. */
export function nextMoment(rule: ResolvedRule, person: Person, moment: Moment): number | null {
  return earliest(
    watchesOf(rule, moment).map(({ change, ...watch }) => {
      const times = watchedTimes({ ...watch, change } as Watch, person, moment);
      if (change === "midnight") return momentOf(change, times.length, moment);
      const beyond = times.filter((time) => time > change.at(moment));
      return beyond.length === 0 ? undefined : momentOf(change, Math.min(...beyond), moment);
    }),
  );
}

function toldOf(column: number | null | undefined): number | undefined {
  return column === null || column === NEVER ? undefined : column;
}

/** @param found the earliest time that the bound has not reached, or how many times there are */
function momentOf(change: Change, found: number | undefined, { asOf, timeZone }: Moment): number | undefined {
  if (found === undefined) return undefined;
  if (change !== "midnight") return change.reaches(found, timeZone);
  return found > 0 ? startOfDay(localDay(asOf, timeZone) + 1, timeZone) : undefined;
}

function earliest(instants: readonly (number | undefined)[]): number | null {
  const known = instants.filter((instant) => instant !== undefined);
  return known.length === 0 ? null : known.reduce((first, next) => Math.min(first, next));
}

function joined(events: CompiledNeeds["events"]): CompiledNeeds["events"] {
  const columns = new Map<number, Set<number>>();
  for (const { schema, columns: own } of events) {
    columns.set(schema, new Set([...(columns.get(schema) ?? []), ...own]));
  }
  return [...columns].map(([schema, own]) => ({ schema, columns: [...own] }));
}
