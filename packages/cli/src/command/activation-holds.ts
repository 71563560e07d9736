import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { counted } from "../output.ts";
import type { Session } from "../session.ts";
import type { Segment } from "./activation-people.ts";

type Hold = components["schemas"]["RemovalHold"];

/** Removals that wait for somebody's decision. */
export async function listHolds({ api, output }: Session, id: string): Promise<void> {
  const found = dataOf(await api.GET("/api/v1/activations/{id}/holds", { params: { path: { id } } }));
  const lines =
    found.items.length === 0
      ? ["Nothing is held."]
      : found.items.flatMap((hold, at) => [...(at === 0 ? [] : [""]), ...holdLines(id, hold)]);
  output.result(found, lines);
}

/** Decides about what is held. @param hold the one that was looked at; without it, nothing is decided */
export async function decideHold(
  { api, output }: Session,
  { id, audience }: Segment,
  decision: "approve" | "leave",
  hold: number,
): Promise<void> {
  const found = dataOf(
    await api.POST("/api/v1/activations/{id}/audiences/{audience}/hold", {
      params: { path: { id, audience } },
      body: { hold, decision },
    }),
  );
  const decided = found.items.find((one) => one.id === hold);
  if (decided === undefined) throw new CommandFailed(EXIT.internal, "The hold is not there any more.");
  output.result(decided, [
    decision === "approve"
      ? `${counted(decided.people, "person is", "people are")} taken out with the next run; others are held anew.`
      : `${counted(decided.people, "person stays", "people stay")} in the segment until the members change.`,
  ]);
}

const STATES = {
  waiting: "held for approval",
  left: "left in the segment until the members change",
  approved: "approved: taken out with the next run",
} as const;

function holdLines(id: string, hold: Hold): string[] {
  const { audienceId, audienceName, people, state, heldAt, reasons, decidedBy, decidedAt } = hold;
  const decided = decidedBy === null ? [] : [`  Decided by ${decidedBy} at ${decidedAt ?? ""}`];
  return [
    `${audienceName} (${audienceId}): ${counted(people, "removal")} ${STATES[state]}, since ${heldAt} (hold ${hold.id})`,
    ...reasons.map(({ sentence }) => `  ${sentence}`),
    ...decided,
    ...(state === "approved"
      ? []
      : [
          `  Who: peregrine activation people ${id} ${audienceId} --state leavingHeld`,
          `  Take them out: peregrine activation approve ${id} ${audienceId} --hold ${hold.id}`,
          ...(state === "left"
            ? []
            : [`  Leave them: peregrine activation leave-in ${id} ${audienceId} --hold ${hold.id}`]),
        ]),
  ];
}
