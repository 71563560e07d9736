import { isFound, type Searched } from "../shell/searched.ts";
import type { AudienceView } from "./queries.ts";

/** What the list is narrowed to; it stands in the address. */
export interface AudienceSearch extends Searched {
  readonly tag?: string | undefined;
  /** From 1. */
  readonly page?: number | undefined;
}

const ORDER = new Intl.Collator("en", { sensitivity: "base", numeric: true });

/** The audiences that fit, by name. */
export function findAudiences(
  audiences: readonly AudienceView[],
  { q, tag }: AudienceSearch,
): readonly AudienceView[] {
  return audiences
    .filter((audience) => tag === undefined || audience.tags.includes(tag))
    .filter(({ id, name, description = "", tags }) => isFound({ q }, [id, name, description, ...tags]))
    .toSorted((one, other) => ORDER.compare(one.name, other.name));
}

/** All tags that audiences have, each once, in order. */
export function tagsOf(audiences: readonly AudienceView[]): readonly string[] {
  return [...new Set(audiences.flatMap(({ tags }) => tags))].toSorted(ORDER.compare);
}
