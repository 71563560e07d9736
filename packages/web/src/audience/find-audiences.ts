import type { AudienceView } from "./queries.ts";

/** What the list is narrowed to; it stands in the address. */
export interface AudienceSearch {
  /** Part of a name, a description, a tag or an id, in any case. */
  readonly q?: string | undefined;
  readonly tag?: string | undefined;
  /** From 1. */
  readonly page?: number | undefined;
}

const ORDER = new Intl.Collator("en", { sensitivity: "base", numeric: true });

/** The audiences that fit, by name. */
export function findAudiences(
  audiences: readonly AudienceView[],
  { q = "", tag }: AudienceSearch,
): readonly AudienceView[] {
  const wanted = q.trim().toLowerCase();
  return audiences
    .filter((audience) => tag === undefined || audience.tags.includes(tag))
    .filter(({ id, name, description = "", tags }) =>
      [id, name, description, ...tags].some((text) => text.toLowerCase().includes(wanted)),
    )
    .toSorted((one, other) => ORDER.compare(one.name, other.name));
}

/** All tags that audiences have, each once, in order. */
export function tagsOf(audiences: readonly AudienceView[]): readonly string[] {
  return [...new Set(audiences.flatMap(({ tags }) => tags))].toSorted(ORDER.compare);
}
