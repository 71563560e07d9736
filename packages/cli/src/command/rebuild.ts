import { dataOf } from "../client.ts";
import { CommandFailed, EXIT, exitForCode, remedyOf } from "../exit.ts";
import { count, counted, sentence } from "../output.ts";
import type { Session } from "../session.ts";

const LOOK_MS = 300;

/** Derives all profiles again from the rows, and waits until that is published. */
export async function rebuild(
  { api, output, pause }: Session,
  identifiers: "recorded" | "current",
): Promise<void> {
  let status = dataOf(await api.POST("/api/v1/rebuild", { params: { query: { identifiers } } }));
  while (status.state === "waiting" || status.state === "running") {
    await pause(LOOK_MS);
    status = dataOf(await api.GET("/api/v1/rebuild"));
    const { progress } = status;
    if (progress !== null)
      output.progress(`${progress.step} ${count(progress.done)} of ${count(progress.total ?? 0)} rows …`);
  }
  if (status.result === null) {
    const { error } = status;
    // `none`: the server was started again meanwhile and knows of no rebuild.
    throw new CommandFailed(
      error === null ? EXIT.temporary : exitForCode(error.code),
      `Nothing was rebuilt: ${sentence(error?.detail ?? "the server was started again meanwhile")}`,
      {
        lines: [error === null ? "Start it again; the profiles are as they were." : remedyOf(error.code)],
        code: error?.code,
        json: { rebuild: status },
      },
    );
  }
  const { rows, imports } = status.result;
  output.result(status, [`Rebuilt from ${counted(rows, "row")} of ${counted(imports, "import")}.`]);
}
