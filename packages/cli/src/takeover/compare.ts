import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { dataOf } from "../client.ts";
import { counted, sentence, table } from "../output.ts";
import type { Session } from "../session.ts";
import { type MemberSource, memberListOf } from "./member-list.ts";

export interface CompareOptions extends MemberSource {
  readonly audience: readonly string[];
  /** Where everybody is written to, as CSV. */
  readonly csv?: string | undefined;
}

const SHOWN = 5;

/** Compares who is there with who is here, person by person. */
export async function compareMembers(session: Session, options: CompareOptions): Promise<void> {
  const { api, output } = session;
  const id = await memberListOf(session, options, options.audience);
  const path = { params: { path: { id } } };
  const comparison = dataOf(await api.POST("/api/v1/member-lists/{id}/comparison", path));
  if (options.csv !== undefined) {
    const { data } = await api.GET("/api/v1/member-lists/{id}/people.csv", { ...path, parseAs: "stream" });
    const people = Readable.fromWeb(data as unknown as Parameters<typeof Readable.fromWeb>[0]);
    await pipeline(people, createWriteStream(options.csv));
  }
  const { audiences } = comparison;
  const examples = audiences.flatMap((audience) => [
    ...people(audience.id, "only there", audience.examples.onlyThere),
    ...people(audience.id, "only here", audience.examples.onlyHere),
    ...people(audience.id, "there, unknown here", audience.examples.withoutProfile),
  ]);
  output.result(comparison, [
    ...table(
      ["Audience", "Name", "There", "Here", "Both", "Only there", "Only here", "No profile", "No id"],
      audiences.map((one): (string | number)[] => [
        one.id,
        one.name ?? "(not defined here)",
        one.there,
        one.here,
        one.both,
        one.onlyThere,
        one.onlyHere,
        one.withoutProfile,
        one.withoutIdentifier,
      ]),
    ),
    ...(examples.length === 0 ? [] : ["", ...examples]),
    ...audiences.flatMap(({ id: audience, error }) =>
      error === null ? [] : [`${audience} could not be checked: ${sentence(error.detail)}`],
    ),
    "",
    `List ${comparison.list.id} with ${counted(comparison.list.people, "person", "people")} is kept for 30 days: --list ${comparison.list.id} uses it again.`,
    ...(options.csv === undefined ? [] : [`Everybody stands in ${options.csv}.`]),
  ]);
}

function people(audience: string, what: string, found: readonly { readonly person: string }[]): string[] {
  if (found.length === 0) return [];
  const ids = found.slice(0, SHOWN).map(({ person }) => person);
  return [`${audience}, ${what}: ${ids.join(", ")}${found.length > SHOWN ? ", …" : ""}`];
}
