import type {
  ColumnType,
  ComparisonName,
  MeasureName,
  Occurrence,
  OperatorName,
  WindowForm,
  WindowUnit,
} from "@peregrine/core";

/** `isSet: false` is a choice of its own: people read "is not set". */
export type OperatorChoice = OperatorName | "notSet";

/**
 * What stands behind a name, as it is typed. All inputs stay when another operator is chosen, so that what was
 * typed is still there when one comes back; only those of the operator are written.
 */
export interface Test {
  /** Empty: not chosen yet. */
  readonly operator: OperatorChoice | "";
  /** The type of what is asked. */
  readonly type: ColumnType;
  /** A text, a number as it is typed, or a day. */
  readonly text: string;
  readonly texts: readonly string[];
  readonly flag: boolean;
  readonly from: string;
  readonly to: string;
  readonly count: string;
  readonly unit: WindowUnit;
  readonly ignoreCase: boolean;
}

/** How often, or how much of something. */
export interface MeasureInput {
  /** `once`: at least one event, and nothing is measured. */
  readonly name: MeasureName | "once";
  readonly property: string;
  /** The second property of a product; empty: there is none. */
  readonly factor: string;
  readonly operator: ComparisonName;
  readonly text: string;
  readonly from: string;
  readonly to: string;
}

/** When it must have happened. */
export interface WindowInput {
  readonly form: WindowForm | "ever";
  readonly count: string;
  readonly unit: WindowUnit;
  readonly day: string;
  readonly from: string;
  readonly to: string;
}

interface BlockBase {
  /** Stays the same over all changes, moves and undoing. */
  readonly id: string;
  /** Behind a `not`. */
  readonly negated: boolean;
}

export interface GroupBlock extends BlockBase {
  readonly kind: "group";
  readonly word: "all" | "any";
  readonly of: readonly Block[];
}
export interface HaveBlock extends BlockBase {
  readonly kind: "have";
  readonly attribute: string;
  readonly test: Test;
}
export interface DidBlock extends BlockBase {
  readonly kind: "did";
  readonly event: string;
  /** Conditions on the event's properties; an empty group: all events count. */
  readonly where: GroupBlock;
  readonly measure: MeasureInput;
  readonly window: WindowInput;
  /** Empty: any of them. */
  readonly occurrence: Occurrence | "";
}
export interface InAudienceBlock extends BlockBase {
  readonly kind: "inAudience";
  readonly audience: string;
}
export interface EveryoneBlock extends BlockBase {
  readonly kind: "everyone";
}
/** A condition on a property; only below an event. */
export interface PropertyBlock extends BlockBase {
  readonly kind: "property";
  readonly property: string;
  readonly test: Test;
}

/** A part of a rule that can be moved, negated and removed. */
export type Block = GroupBlock | HaveBlock | DidBlock | InAudienceBlock | EveryoneBlock | PropertyBlock;
export type BlockKind = Block["kind"];
export type BlockOf<Kind extends BlockKind> = Extract<Block, { readonly kind: Kind }>;

export const NO_TEST: Test = {
  operator: "",
  type: "text",
  text: "",
  texts: [],
  flag: true,
  from: "",
  to: "",
  count: "30",
  unit: "days",
  ignoreCase: false,
};
export const ONCE: MeasureInput = {
  name: "once",
  property: "",
  factor: "",
  operator: "atLeast",
  text: "2",
  from: "",
  to: "",
};
export const EVER: WindowInput = { form: "ever", count: "30", unit: "days", day: "", from: "", to: "" };

/** Gives ids that no block has yet. */
export type NewId = () => string;

const BLANKS: { readonly [Kind in BlockKind]: (newId: NewId) => BlockOf<Kind> } = {
  group: (newId) => ({ kind: "group", id: newId(), negated: false, word: "any", of: [] }),
  have: (newId) => ({ kind: "have", id: newId(), negated: false, attribute: "", test: NO_TEST }),
  did: (newId) => ({
    kind: "did",
    id: newId(),
    negated: false,
    event: "",
    where: { kind: "group", id: newId(), negated: false, word: "all", of: [] },
    measure: ONCE,
    window: EVER,
    occurrence: "",
  }),
  inAudience: (newId) => ({ kind: "inAudience", id: newId(), negated: false, audience: "" }),
  everyone: (newId) => ({ kind: "everyone", id: newId(), negated: false }),
  property: (newId) => ({ kind: "property", id: newId(), negated: false, property: "", test: NO_TEST }),
};

/** A new block in which everything is still to be chosen. */
export function blankBlock<Kind extends BlockKind>(kind: Kind, newId: NewId): BlockOf<Kind> {
  return BLANKS[kind](newId);
}
