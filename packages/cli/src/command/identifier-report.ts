import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT, exitForCode, remedyOf } from "../exit.ts";
import { count, sentence, table } from "../output.ts";
import type { Session } from "../session.ts";

type Report = NonNullable<components["schemas"]["IdentifierReport"]["report"]>;

const LOOK_MS = 300;

/** Makes a report on an identifier where the last one is not current any more, and shows it. */
export async function reportIdentifier(
  { api, output, pause }: Session,
  id: string,
  again: boolean,
): Promise<void> {
  const path = { params: { path: { id } } };
  let status = dataOf(await api.GET("/api/v1/identifiers/{id}/report", path));
  if (again || status.report?.isCurrent !== true)
    status = dataOf(await api.POST("/api/v1/identifiers/{id}/report", path));
  while (status.state === "running") {
    await pause(LOOK_MS);
    status = dataOf(await api.GET("/api/v1/identifiers/{id}/report", path));
    const { progress } = status;
    if (progress !== null)
      output.progress(
        progress.total === null
          ? `${progress.step} …`
          : `${progress.step} ${count(progress.done)} of ${count(progress.total)} rows …`,
      );
  }
  const { error, report } = status;
  if (error !== null || report === null) {
    throw new CommandFailed(
      error === null ? EXIT.temporary : exitForCode(error.code),
      `No report was made: ${sentence(error?.detail ?? "another server makes it")}`,
      {
        lines: [error === null ? "Ask again in a while." : remedyOf(error.code)],
        code: error?.code,
        json: { report: status },
      },
    );
  }
  output.result(report, lines(report));
}

function lines({ takenAt, figures, problems }: Report): string[] {
  const { identifier, profiles, dataflows, rows } = figures;
  const cells = (part: Report["figures"]["rows"]) => [
    part.rows,
    part.named,
    part.blocked,
    part.without,
    part.contradictory,
    part.leftOut,
    part.refused,
  ];
  return [
    `${count(profiles.withIdentifier)} of ${count(profiles.all)} profiles have a ${identifier}, as of ${takenAt}.`,
    "",
    ...table(
      ["Dataflow", "Rows", "Named", "Blocked", "Without", "Contradictory", "Left out", "Refused"],
      [
        ...dataflows.map((part): (string | number)[] => [part.dataflow, ...cells(part)]),
        ["together", ...cells(rows)],
      ],
    ),
    "",
    ...(problems.length === 0 ? ["Nothing is wrong with it."] : []),
    ...problems.flatMap(({ text, remedy, examples }) => [
      `✗ ${text}`,
      ...examples.slice(0, 5).map((example) => `    ${example}`),
      `  → ${remedy}`,
    ]),
  ];
}
