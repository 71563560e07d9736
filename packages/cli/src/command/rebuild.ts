import { dataOf, remedyOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { count } from "../output.ts";
import type { Session } from "../session.ts";

const LOOK_MS = 300;

/** Derives all profiles again from the rows, and waits until that is published. */
export async function rebuild({ api, output, pause }: Session): Promise<void> {
  let status = dataOf(await api.POST("/api/v1/rebuild"));
  while (status.state === "waiting" || status.state === "running") {
    await pause(LOOK_MS);
    status = dataOf(await api.GET("/api/v1/rebuild"));
    const { progress } = status;
    if (progress !== null)
      output.progress(`${progress.step} ${count(progress.done)} of ${count(progress.total ?? 0)} rows …`);
  }
  if (status.result === null) {
    const lines = status.error === null ? [] : [remedyOf(status.error.code) ?? ""];
    throw new CommandFailed(
      EXIT.failed,
      `Nothing was rebuilt: ${status.error?.detail ?? status.state}`,
      lines,
      status,
    );
  }
  const { rows, imports } = status.result;
  output.result(status, [`Rebuilt from ${count(rows)} rows of ${count(imports)} imports.`]);
}
