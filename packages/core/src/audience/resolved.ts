import type { ColumnType } from "../schema/schema.ts";
import type { Comparison } from "./comparison.ts";
import type { ValueTest } from "./value-test.ts";
import type { Window } from "./window.ts";

/** A property with the column that holds it in each schema; a schema without it has no entry. */
export interface PropertyReference {
  readonly name: string;
  readonly type: ColumnType;
  readonly columns: readonly { readonly schema: number; readonly column: number }[];
}

interface FilterFields {
  readonly all: { readonly of: readonly ResolvedFilter[] };
  readonly any: { readonly of: readonly ResolvedFilter[] };
  readonly not: { readonly of: ResolvedFilter };
  readonly property: { readonly property: PropertyReference; readonly test: ValueTest };
}
export type FilterKind = keyof FilterFields;
/** Conditions on one event, with names and types settled. */
export type ResolvedFilter<Kind extends FilterKind = FilterKind> = {
  readonly [Key in Kind]: { readonly kind: Key } & FilterFields[Key];
}[Kind];

/** A property is one factor; a product has two. An event with a factor missing has no value. */
export type Factors = readonly [PropertyReference] | readonly [PropertyReference, PropertyReference];

interface MeasureFields {
  readonly count: { readonly comparison: Comparison };
  readonly distinct: { readonly property: PropertyReference; readonly comparison: Comparison };
  readonly sum: { readonly factors: Factors; readonly comparison: Comparison };
  readonly average: { readonly factors: Factors; readonly comparison: Comparison };
  readonly minimum: { readonly factors: Factors; readonly comparison: Comparison };
  readonly maximum: { readonly factors: Factors; readonly comparison: Comparison };
}
export type MeasureKind = keyof MeasureFields;
/** What is measured over the matching events, and against what. */
export type ResolvedMeasure<Kind extends MeasureKind = MeasureKind> = {
  readonly [Key in Kind]: { readonly kind: Key } & MeasureFields[Key];
}[Kind];

/** Which of the matching events has to lie in the window. */
export type Occurrence = "first" | "last";

interface RuleFields {
  readonly all: { readonly of: readonly ResolvedRule[] };
  readonly any: { readonly of: readonly ResolvedRule[] };
  readonly not: { readonly of: ResolvedRule };
  readonly everyone: unknown;
  readonly have: {
    readonly attribute: string;
    readonly type: ColumnType;
    /** Catalog numbers of the columns that bring it, ascending. */
    readonly numbers: readonly number[];
    readonly test: ValueTest;
  };
  readonly did: {
    readonly event: string;
    /** Numbers of the schemas whose events of this type count, ascending. */
    readonly schemas: readonly number[];
    readonly where?: ResolvedFilter;
    readonly measure: ResolvedMeasure;
    readonly window: Window;
    /** The time of the first or the last of all matching events lies in the window; nothing else is measured. */
    readonly occurrence?: Occurrence;
  };
  /** The rule of another audience; the same object wherever one rule names that audience. */
  readonly inAudience: { readonly id: string; readonly name: string; readonly of: ResolvedRule };
}
export type RuleKind = keyof RuleFields;
/** A rule in which every name, type and number is settled: it can be compiled and evaluated without faults. */
export type ResolvedRule<Kind extends RuleKind = RuleKind> = {
  readonly [Key in Kind]: { readonly kind: Key } & RuleFields[Key];
}[Kind];
