import type { IdentityConfig, IdentityKind } from "./config.ts";
import { normalise } from "./normalise.ts";

/** One identifier: the number of its kind and its normalised value. */
export interface Identifier {
  readonly kind: number;
  readonly value: string;
}

/** What a row's identifiers come to; `identified` lists them without repetition, the deciding one first. */
export type RowIdentity =
  | { readonly outcome: "identified"; readonly identifiers: readonly Identifier[] }
  | { readonly outcome: "none" }
  | { readonly outcome: "refused"; readonly reason: string };

/** Identifiers as they came, as columns: numbers of kinds and raw values. */
export interface RawIdentifiers {
  readonly kinds: readonly number[];
  readonly raws: readonly string[];
}

/** Reads the identifiers from `from` up to, not including, `to`. */
export type RowReader = (raw: RawIdentifiers, from: number, to: number) => RowIdentity;

interface RankedKind {
  readonly kind: IdentityKind;
  /** 0 is the highest. */
  readonly rank: number;
  readonly blocked: ReadonlySet<string>;
}

interface RankedIdentifier extends Identifier {
  readonly rank: number;
}

const NONE: RowIdentity = { outcome: "none" };

/**
 * Makes the reader of rows for one configuration: normalise, drop what is empty, blocked or inactive, sort
 * by priority (highest first; equal ones by the kind's number, then by value).
 * A kind that the configuration does not have is a bug of the caller and throws.
 */
export function rowReader(config: IdentityConfig): RowReader {
  const kinds = rankKinds(config);
  return (raw, from, to) => {
    const identifiers: RankedIdentifier[] = [];
    next: for (let at = from; at < to; at += 1) {
      const number = raw.kinds[at] ?? 0;
      const ranked = kinds.get(number);
      if (ranked === undefined)
        throw new Error(`the identity configuration has no kind with number ${number}`);
      const { kind, rank } = ranked;
      if (!kind.active) continue;
      const value = normalise(raw.raws[at] ?? "", kind.normalise);
      if (value === "" || ranked.blocked.has(value)) continue;
      for (const other of identifiers) {
        if (other.rank !== rank) continue;
        if (other.value === value) continue next;
        if (kind.limit === "one") return refusal(kind, other.value, value);
      }
      identifiers.push({ kind: number, value, rank });
    }
    if (identifiers.length === 0) return NONE;
    if (identifiers.length > 1) identifiers.sort((a, b) => a.rank - b.rank || (a.value < b.value ? -1 : 1));
    return { outcome: "identified", identifiers };
  };
}

function rankKinds(config: IdentityConfig): ReadonlyMap<number, RankedKind> {
  const ordered = [...config.kinds].sort((a, b) => b.priority - a.priority || a.number - b.number);
  return new Map(
    ordered.map((kind, rank) => [
      kind.number,
      { kind, rank, blocked: new Set(kind.blocked.map((value) => normalise(value, kind.normalise))) },
    ]),
  );
}

function refusal(kind: IdentityKind, one: string, other: string): RowIdentity {
  const [first, second] = one < other ? [one, other] : [other, one];
  return {
    outcome: "refused",
    reason: `two values of ${kind.id} in one row (${first}, ${second}), but a profile has only one`,
  };
}
