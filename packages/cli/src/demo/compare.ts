import { type Api, dataOf } from "../client.ts";

/** How one segment compares with its audience, person by person. */
export interface Comparison {
  readonly audience: string;
  /** Members that have the person identifier. */
  readonly expected: number;
  readonly inSegment: number;
  /** Person ids that should be in the segment and are not. */
  readonly missing: readonly string[];
  /** Person ids that are in the segment and should not be. */
  readonly surplus: readonly string[];
}

/** The person ids of an audience's members, as the API names them; members without one are left out. */
export async function memberIds(api: Api, audience: string, personIdentifier: string): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const query = { personIdentifier, limit: 5_000, ...(cursor === undefined ? {} : { cursor }) };
    const page = dataOf(
      await api.GET("/api/v1/audiences/{id}/members", { params: { path: { id: audience }, query } }),
    );
    for (const { value } of page.items) if (value !== null) ids.add(value);
    cursor = page.next;
  }
  return ids;
}

/** Compares a segment's people with the members that should be there. */
export function compare(
  audience: string,
  expected: ReadonlySet<string>,
  people: ReadonlySet<string>,
): Comparison {
  return {
    audience,
    expected: expected.size,
    inSegment: people.size,
    missing: [...expected].filter((person) => !people.has(person)),
    surplus: [...people].filter((person) => !expected.has(person)),
  };
}

/** True when nobody is missing and nobody is too many. */
export function agrees({ missing, surplus }: Comparison): boolean {
  return missing.length === 0 && surplus.length === 0;
}
