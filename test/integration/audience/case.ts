import type { Moment } from "@peregrine/core";
import type { ATTRIBUTES, EVENTS, PROPERTIES } from "./world.ts";

/**
 * What rules mean, case by case. Each group has its own few people; a case is a sentence, a rule, and the people
 * whom it finds among the group's. Evaluated as of {@link NOON} in UTC, unless a case says otherwise. Every case runs
 * in SQL and in memory.
 */
export interface CaseGroup {
  readonly about: string;
  readonly people: Readonly<Record<string, CasePerson>>;
  /** Audiences that the group's rules name, by id. */
  readonly audiences?: Readonly<Record<string, unknown>>;
  readonly cases: readonly Case[];
}

/** Numbers are decimals as text or JSON numbers, times are ISO texts. */
type CaseValue = string | number | boolean | readonly string[];

interface CasePerson {
  readonly has?: { readonly [Name in keyof typeof ATTRIBUTES]?: CaseValue | null };
  /** Attribute, value, time, and the tie-break; arrived in this order. */
  readonly history?: readonly (readonly [
    attribute: keyof typeof ATTRIBUTES,
    value: CaseValue | null,
    time: string,
    tie?: string,
  ])[];
  readonly did?: readonly CaseEvent[];
  /** Names of other people of the group who turned out to be this one. */
  readonly was?: readonly string[];
}

export type CaseEvent = readonly [
  event: keyof typeof EVENTS,
  time: string,
  properties?: { readonly [Name in keyof typeof PROPERTIES]?: CaseValue },
  /** For events that two schemas bring: the one that brings this one. */
  source?: "web" | "shop",
];

type Case = readonly [says: string, rule: unknown, members: string, moment?: Partial<Moment>];

export const NOON: Moment = { asOf: Date.UTC(2026, 5, 15, 12), timeZone: "UTC" };

export const at = (iso: string, timeZone = "UTC"): Moment => ({ asOf: Date.parse(iso), timeZone });
export const have = (attribute: string, operand: object) => ({ have: { attribute, ...operand } });
export const bought = (rest: object = {}) => ({ did: { event: "buy", ...rest } });
export const where = (property: string, operand: object) => bought({ where: { property, ...operand } });
export const within = (last: number, unit: string) => bought({ within: { last, unit } });
export const measure = (measured: object, compared: object) => bought({ measure: measured, ...compared });
export const sum = (compared: object) => measure({ sum: "amount" }, compared);
export const average = (compared: object) => measure({ average: "amount" }, compared);
export const product = { product: ["quantity", "amount"] };
