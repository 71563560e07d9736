import { dataOf } from "../client.ts";
import { CommandFailed, EXIT, exitForCode, remedyOf } from "../exit.ts";
import { count, counted, faultLine, sentence, table } from "../output.ts";
import type { Session } from "../session.ts";

/** How often a run that goes on is looked at. */
const LOOK_MS = 300;
const ENDED: ReadonlySet<string> = new Set(["done", "failed", "stopped"]);

export async function listActivations({ api, output }: Session): Promise<void> {
  const { items } = dataOf(await api.GET("/api/v1/activations"));
  const lines =
    items.length === 0
      ? ["Nothing is sent anywhere yet. `peregrine apply -f` brings an activation; see docs/activations.md."]
      : table(
          ["Id", "Name", "Type", "State", "Audiences"],
          items.map(({ id, name, type, state, audiences }) => [id, name, type, state, audiences.length]),
        );
  output.result({ items }, lines);
}

export async function showActivation({ api, output }: Session, id: string): Promise<void> {
  const activation = dataOf(await api.GET("/api/v1/activations/{id}", { params: { path: { id } } }));
  const secrets = activation.secrets.map((name) => `  ${name}: stored, never shown`);
  const settings = Object.entries(activation.settings).map(
    ([name, value]) => `  ${name}: ${JSON.stringify(value)}`,
  );
  output.result(activation, [
    `${activation.name} (${activation.id}), ${activation.type}, ${activation.state}`,
    `Person Identifier: ${activation.personIdentifier}`,
    "Settings:",
    ...settings,
    ...secrets,
    `Audiences: ${activation.audiences.join(", ") || "none yet"}`,
    ...activation.warnings.map(({ path, message }) => `Warning: ${path}: ${message}`),
  ]);
}

export async function activationStatus({ api, output }: Session, id: string): Promise<void> {
  const status = dataOf(await api.GET("/api/v1/activations/{id}/status", { params: { path: { id } } }));
  const rows = status.segments.map((segment) => [
    segment.name,
    segment.statusText,
    segment.lastSynchronizedAt ?? "never",
    segment.lastCheckedAt ?? "never",
    segment.size,
    segment.accepted,
    segment.waiting,
    segment.refused,
    segment.withoutIdentifier,
    segment.suppressed,
    segment.leaving.waiting + segment.leaving.refused,
  ]);
  const header = [
    "Audience",
    "Synchronization status",
    "Last synchronized",
    "Last checked",
    "Size",
    "Accepted",
    "Waiting",
    "Refused",
    "No identifier",
    "Excluded",
    "Leaving",
  ];
  const { run } = status;
  const state = run === null ? "never ran" : `last run ${run.id}: ${run.state}`;
  const why =
    run?.error == null ? [] : [`${sentence(run.error.detail)} ${remedyOf(run.error.code)}`.trimEnd()];
  output.result(status, [
    `${status.name}: ${status.paused ? "paused" : state}`,
    ...why,
    "",
    ...(rows.length === 0 ? ["It carries no audience yet."] : table(header, rows)),
  ]);
}

/** Starts a run; one that is under way is waited for first, since it may have looked before what changed last. */
async function beginRun({ api, output, pause }: Session, id: string) {
  for (;;) {
    try {
      return dataOf(await api.POST("/api/v1/activations/{id}/runs", { params: { path: { id } } }));
    } catch (error) {
      if (!(error instanceof CommandFailed) || error.code !== "activationRunning") throw error;
      output.progress("waiting for the run that is under way …");
      await pause(LOOK_MS);
    }
  }
}

/** Starts a run and waits for its end, with progress. */
export async function runActivation(session: Session, id: string): Promise<void> {
  const { api, output, pause } = session;
  const begun = await beginRun(session, id);
  let run = begun;
  while (!ENDED.has(run.state)) {
    await pause(LOOK_MS);
    const { items } = dataOf(
      await api.GET("/api/v1/activations/{id}/runs", { params: { path: { id }, query: { limit: 20 } } }),
    );
    run = items.find((one) => one.id === begun.id) ?? run;
    const { progress } = run;
    const far =
      progress === null
        ? ""
        : ` ${count(progress.done)}${progress.total === null ? "" : ` of ${count(progress.total)}`}`;
    output.progress(`${run.state}${far} …`);
  }
  if (run.state === "done") {
    const { joins = 0, leaves = 0, accepted = 0, refused = 0, requests = 0 } = run.counts;
    output.result(run, [
      `Run ${run.id} done: ${count(joins)} to join, ${count(leaves)} to leave; ${count(accepted)} accepted, ${count(refused)} refused, ${counted(requests, "request")}`,
    ]);
    return;
  }
  const { error } = run;
  throw new CommandFailed(
    error === null ? EXIT.temporary : exitForCode(error.code),
    `Run ${run.id} ${run.state}: ${sentence(error?.detail ?? "the server is stopping")}`,
    {
      lines:
        error === null
          ? ["Nothing was lost; the next run goes on with it."]
          : [...error.faults.map(faultLine), remedyOf(error.code)],
      code: error?.code,
      json: { run },
    },
  );
}
