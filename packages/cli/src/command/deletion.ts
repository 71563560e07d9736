import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { count, counted, table } from "../output.ts";
import type { Session } from "../session.ts";

type Deletion = components["schemas"]["PersonDeletion"];
type StillIn = components["schemas"]["SegmentStillIn"];

const STATES = {
  takingOut: "being taken out",
  purging: "being purged",
  done: "deleted",
} as const satisfies Record<Deletion["state"], string>;

/** Deletes a person; without `yes` only says what that would do. */
export async function deleteProfile({ api, output }: Session, whom: string, yes: boolean): Promise<void> {
  const number = /^\d+$/.test(whom)
    ? Number(whom)
    : dataOf(await api.GET("/api/v1/profiles", { params: { query: { identifier: whom } } })).number;
  const params = { path: { number } };
  if (yes) {
    const asked = dataOf(await api.DELETE("/api/v1/profiles/{number}", { params }));
    output.result(asked, [
      `Profile ${number} is excluded from everything that is sent, from now on.`,
      ...waitLines(asked.waitsFor),
      `  next: peregrine deletion show ${asked.id}`,
    ]);
    return;
  }
  const foreseen = dataOf(await api.GET("/api/v1/profiles/{number}/deletion", { params }));
  const { identifiers, attributes, events, audiences, segments, refuseUntil } = foreseen;
  output.result({ deleted: false, ...foreseen }, [
    `The deletion of profile ${foreseen.profile} would`,
    ...(segments.length === 0
      ? []
      : [`  take it out of ${segments.map(({ audience }) => audience.name).join(", ")} first`]),
    `  purge ${counted(events, "event")}, ${counted(attributes, "attribute")}, its rows and what was sent about it`,
    ...identifiers.map(({ identifier, value }) => `  forget the ${identifier} ${value}`),
    ...(audiences.length === 0 ? [] : [`  and it leaves ${audiences.map(({ name }) => name).join(", ")}`]),
    `  Rows that come late about it would be refused until ${refuseUntil}.`,
    `Nothing was changed; peregrine profile delete ${whom} --yes does it, and it can't be taken back.`,
  ]);
}

/** All requests to delete people, newest first. */
export async function listDeletions({ api, output }: Session, limit: number): Promise<void> {
  const { items } = dataOf(await api.GET("/api/v1/deletions", { params: { query: { limit } } }));
  output.result(
    { items },
    items.length === 0
      ? ["Nobody was deleted yet."]
      : table(
          ["Id", "Profile", "State", "Asked for", "By", "Done", "Waits for"],
          items.map(({ id, profile, state, requestedAt, requestedBy, finishedAt, waitsFor }) => [
            id,
            profile,
            STATES[state],
            requestedAt,
            requestedBy,
            finishedAt ?? "",
            waitsFor.map(({ activation, audience }) => `${audience.name} at ${activation.name}`).join(", "),
          ]),
        ),
  );
}

/** One request, and what it waits for. */
export async function showDeletion({ api, output }: Session, id: number): Promise<void> {
  const found = dataOf(await api.GET("/api/v1/deletions/{id}", { params: { path: { id } } }));
  output.result(found, deletionLines(found));
}

/** Purges without waiting for destinations any longer. */
export async function finishDeletion({ api, output }: Session, id: number): Promise<void> {
  const found = dataOf(await api.POST("/api/v1/deletions/{id}/finish", { params: { path: { id } } }));
  output.result(found, deletionLines(found));
}

function deletionLines(deletion: Deletion): string[] {
  const { id, profile, state, requestedAt, requestedBy, refuseUntil, counts, waitsFor } = deletion;
  return [
    `Deletion ${id}: profile ${profile} is ${STATES[state]}; ${requestedBy} asked for it ${requestedAt}`,
    ...waitLines(waitsFor),
    ...(counts === null
      ? []
      : [
          `  purged: ${counted(counts.rows, "row")}, ${counted(counts.events, "event")}, ${counted(counts.attributes, "value of attributes", "values of attributes")}, ${count(counts.identifiers)} identifiers`,
        ]),
    `  rows that come late are refused until ${refuseUntil}`,
  ];
}

const REASONS = {
  toBeSent: () => "the removal is on its way",
  refused: (answer) => `it refused the removal: ${answer ?? ""}`,
  paused: () => "the activation is paused, and takes nobody out until it is resumed",
} as const satisfies Record<StillIn["because"], (answer: string | null) => string>;

function waitLines(segments: readonly StillIn[]): string[] {
  return segments.map(
    ({ activation, audience, because, answer }) =>
      `  waits for ${activation.name} (${activation.id}), segment ${audience.name}: ${REASONS[because](answer)}`,
  );
}
