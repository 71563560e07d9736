import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { remedyOf } from "../exit.ts";
import { age, sentence, table } from "../output.ts";
import type { Session } from "../session.ts";
import { waitsUntil } from "./activation-run.ts";

type Warning = components["schemas"]["SettingWarning"];

export async function listActivations({ api, output }: Session): Promise<void> {
  const { items } = dataOf(await api.GET("/api/v1/activations"));
  const lines =
    items.length === 0
      ? ["Nothing is sent anywhere yet. `peregrine apply -f` brings an activation; see docs/activations.md."]
      : table(
          ["Id", "Name", "Type", "State", "Audiences", "Oldest unsent change"],
          items.map(({ id, name, type, state, audiences, oldestUnsentAt }) => [
            id,
            name,
            type,
            state,
            audiences.length,
            oldestUnsentAt === null ? "none" : age(oldestUnsentAt, Date.now()),
          ]),
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
    ...oldestUnsent(activation),
    ...activation.warnings.flatMap(warningLines),
  ]);
}

function oldestUnsent({ oldestUnsentAt }: { readonly oldestUnsentAt: string | null }): string[] {
  return oldestUnsentAt === null
    ? []
    : [`Oldest unsent change: ${age(oldestUnsentAt, Date.now())} (since ${oldestUnsentAt})`];
}

/** A warning with its remedy. */
export function warningLines({ path, message, use, generate }: Warning): string[] {
  return [
    `Warning: ${path}: ${message}`,
    ...(use === undefined ? [] : [`  Use instead: ${use}`]),
    ...(generate === undefined ? [] : ["  New ones: peregrine activation generate-credentials"]),
  ];
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
    segment.leaving.waiting + segment.leaving.refused + segment.leaving.held,
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
  const { run, lastFailure } = status;
  const state = run === null ? "never ran" : `last run ${run.id}: ${run.state}`;
  const held = run === null || run.finishedAt === null ? [] : waitsUntil(status, run);
  const again = lastFailure === null || lastFailure.id === run?.id ? "" : `Run ${lastFailure.id} failed: `;
  const error = lastFailure?.error ?? run?.error ?? null;
  const why = error === null ? [] : [`${again}${sentence(error.detail)} ${remedyOf(error.code)}`.trimEnd()];
  const waitingFor = run?.progress?.waitingFor;
  const inTheWay = waitingFor === undefined ? [] : [`It waits: ${sentence(waitingFor)} It is tried again.`];
  output.result(status, [
    `${status.name}: ${status.paused ? "paused" : state}`,
    ...inTheWay,
    ...why,
    "",
    ...(rows.length === 0 ? ["It carries no audience yet."] : table(header, rows)),
    ...oldestUnsent(status),
    ...held,
    ...(status.segments.some(({ refused, leaving }) => refused + leaving.refused > 0)
      ? [`Why people are refused: peregrine activation refusals ${id}`]
      : []),
    ...(status.segments.some(({ leaving }) => leaving.held > 0)
      ? [`Removals are held: peregrine activation holds ${id}`]
      : []),
  ]);
}
