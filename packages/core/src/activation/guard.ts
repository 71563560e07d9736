import { z } from "zod";

/** When a run's removals are held until somebody approves them. */
export const removalGuard = z
  .strictObject({
    removals: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .default(500)
      .describe(
        "Held are more removals than this in 24 hours, if they are a larger share of the segment too.",
      ),
    share: z.number().min(0).max(1).default(0.2).describe("The share, from 0 to 1."),
    emptied: z
      .int()
      .min(0)
      .max(1_000_000_000)
      .default(50)
      .describe("Held is what would empty a segment of more people than this."),
    staleAfterHours: z
      .number()
      .positive()
      .max(87_600)
      .optional()
      .describe(
        "A dataflow whose last published import is older than this is stale; left out, the age does not matter.",
      ),
    failedImports: z
      .enum(["hold", "pass"])
      .default("hold")
      .describe("A dataflow whose last import was refused or failed is stale, or not."),
  })
  .meta({ id: "RemovalGuard", description: "When removals are held until somebody approves them." });

export type RemovalGuard = z.output<typeof removalGuard>;

/** Of activations that say nothing of it. */
export const DEFAULT_GUARD: RemovalGuard = removalGuard.parse({});

/** A dataflow that feeds a rule and whose rows may be missing. Instants in ms UTC. */
export type StaleSource =
  | { readonly why: "failed"; readonly dataflow: string; readonly import: number; readonly at: number }
  | { readonly why: "old"; readonly dataflow: string; readonly publishedAt: number; readonly hours: number };

/** What one run would remove from one segment. */
export interface Removals {
  /** Who is in it, as far as is known, without those whose removal was approved. */
  readonly inside: number;
  /** Who would be taken out now, without approval. */
  readonly leaving: number;
  /** Who was taken out in the last 24 hours, without approval. */
  readonly left: number;
  /** Who is to be in it. */
  readonly desired: number;
  readonly stale: readonly StaleSource[];
}

/** Why removals are held. */
export type HoldReason =
  | { readonly kind: "many"; readonly removals: number; readonly of: number }
  | { readonly kind: "emptied"; readonly of: number }
  | { readonly kind: "stale"; readonly source: StaleSource };

/** So far back removals are added up, in ms. */
export const GUARD_WINDOW_MS = 24 * 3_600_000;

/** Why the removals of one segment are held; none: they may go. Never holds where nobody leaves. */
export function guardReasons(
  { inside, leaving, left, desired, stale }: Removals,
  guard: RemovalGuard,
): HoldReason[] {
  if (leaving === 0) return [];
  const size = inside + left;
  const removals = leaving + left;
  const reasons: HoldReason[] = stale.map((source) => ({ kind: "stale", source }));
  if (removals > guard.removals && removals > guard.share * size) {
    reasons.unshift({ kind: "many", removals, of: size });
  }
  if (desired === 0 && size > guard.emptied) reasons.unshift({ kind: "emptied", of: size });
  return reasons;
}

/** Removals so few can't be held for their number, whatever the segment: nothing has to be looked up for them. */
export function isHarmless(removals: number, guard: RemovalGuard): boolean {
  return removals <= Math.min(guard.removals, guard.emptied);
}

const WHY: {
  readonly [Kind in HoldReason["kind"]]: (reason: Extract<HoldReason, { kind: Kind }>) => string;
} = {
  many: ({ removals, of }) =>
    `${count(removals)} of ${count(of)} people would leave within 24 hours (${percent(removals, of)}).`,
  emptied: ({ of }) => `The segment of ${count(of)} people would be empty.`,
  stale: ({ source }) =>
    source.why === "failed"
      ? `Import ${source.import} of the dataflow ${source.dataflow} was not taken in (${iso(source.at)}): people may be missing by mistake.`
      : `The dataflow ${source.dataflow} has brought nothing since ${iso(source.publishedAt)}, for more than ${source.hours} hours: people may be missing by mistake.`,
};

/** A reason in a sentence. */
export function holdSentence(reason: HoldReason): string {
  if (reason.kind === "many") return WHY.many(reason);
  return reason.kind === "emptied" ? WHY.emptied(reason) : WHY.stale(reason);
}

function count(value: number): string {
  return value.toLocaleString("en-GB");
}

function percent(part: number, whole: number): string {
  return `${Math.round((100 * part) / Math.max(whole, 1))} %`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
