import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { count, counted } from "../output.ts";
import type { Session } from "../session.ts";

type Preview = components["schemas"]["RunPreview"];
type Some = Preview["segments"][number]["joins"];

/** What a run would send now. */
export async function previewRun({ api, output }: Session, id: string): Promise<void> {
  const preview = dataOf(
    await api.POST("/api/v1/activations/{id}/preview", { params: { path: { id } }, body: {} }),
  );
  const { joins, leaves, held, segments } = preview;
  const heldToo = held > 0 ? `, ${counted(held, "removal")} held for approval` : "";
  output.result(preview, [
    joins + leaves + held === 0
      ? "A run would send no changes now."
      : `A run would bring ${count(joins)} in and take ${count(leaves)} out${heldToo}.`,
    ...segments.flatMap((segment) => [
      "",
      `${segment.audienceName} (${segment.audienceId})${segment.takingOut ? ", taken off" : ""}: ${counted(segment.size, "member")}, ${count(segment.withoutIdentifier)} without identifier`,
      ...some("+", segment.joins),
      ...some("-", segment.leaves),
      ...some("held", segment.held),
      ...segment.held.reasons.map(({ sentence }) => `    ${sentence}`),
    ]),
  ]);
}

function some(sign: string, { count: number, people }: Some): string[] {
  if (number === 0) return [];
  const more = number > people.length ? ` and ${count(number - people.length)} more` : "";
  return [`  ${sign} ${count(number)}: ${people.join(", ")}${more}`];
}
