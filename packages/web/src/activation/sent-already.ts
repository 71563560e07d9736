import type { ShownActivation } from "./queries.ts";

/** One Ibexa, however its address is written: host and path, without scheme, default port and slash at the end. */
function targetOf(baseUrl: unknown): string | undefined {
  if (typeof baseUrl !== "string" || !URL.canParse(baseUrl.trim())) return undefined;
  const { host, pathname } = new URL(baseUrl.trim());
  return host + pathname.replace(/\/+$/, "");
}

/**
 * Audiences that go to an Ibexa already, by id, each with why it can't go there twice: a segment's identifier is unique
 * in the whole Ibexa.
 *
 * @param own the activation that is changed; undefined for a new one
 */
export function sentAlready(
  activations: readonly Pick<ShownActivation, "id" | "name" | "settings" | "audiences">[],
  baseUrl: unknown,
  own?: string,
): ReadonlyMap<string, string> {
  const target = targetOf(baseUrl);
  const there = activations.filter(
    ({ id, settings }) => id !== own && target !== undefined && targetOf(settings["baseUrl"]) === target,
  );
  return new Map(
    there.flatMap(({ name, audiences }) =>
      audiences.map((id) => [id, `Sent to this Ibexa already, by “${name}”`] as const),
    ),
  );
}
