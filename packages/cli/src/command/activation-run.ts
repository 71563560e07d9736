import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT, exitForCode, remedyOf } from "../exit.ts";
import { count, counted, faultLine, type Output, sentence } from "../output.ts";
import type { Session } from "../session.ts";

type Run = components["schemas"]["Run"];
type Status = components["schemas"]["ActivationStatus"];

/** How often a run that goes on is looked at. */
const LOOK_MS = 300;
const ENDED: ReadonlySet<string> = new Set(["done", "failed", "stopped"]);

/** What began a run, in words. */
export const BEGUN_BY: Readonly<Record<string, string>> = {
  schedule: "the schedule",
  changed: "a changed definition",
  checked: "a check of an audience",
  import: "an import",
  rebuild: "a rebuild",
  manual: "hand",
  test: "a test",
};

/**
 * Asks for a run, waits for its end, and says how the activation stands then. It follows a run that is under way,
 * since that may have looked before what changed last. Changes that are not due yet are told, not waited for.
 *
 * @throws CommandFailed when the run did not end well
 */
export async function runActivation(session: Session, id: string): Promise<void> {
  const { output } = session;
  const { begun, waitedFor } = await beginRun(session, id);
  const run = await endOf(session, id, begun);
  const before = waitedFor.map(
    (one) => `Run ${one.id}, begun by ${BEGUN_BY[one.trigger] ?? one.trigger}, ${outcomeOf(one)}`,
  );
  if (run.state !== "done") {
    for (const line of before) output.note(line);
    throw runFailure(run);
  }
  const status = await statusOf(session, id);
  output.result({ ...run, waitedFor, segments: status.segments }, [
    ...before,
    `Run ${run.id} ${outcomeOf(run)}`,
    ...standing(status, run),
  ]);
}

/** Asks for a run and waits until it begins. `waitedFor`: the runs that were under way, as they ended, the oldest first. */
async function beginRun(session: Session, id: string): Promise<{ begun: Run; waitedFor: Run[] }> {
  const seen = new Set<number>();
  for (;;) {
    const params = { path: { id } };
    const asked = dataOf(await session.api.POST("/api/v1/activations/{id}/runs", { params }));
    const begun = asked.outcome === "begun" ? asked.run : await follower(session, id, asked.run, seen);
    // Paused or deleted meanwhile, it is asked for no more: asking again says which.
    if (begun === undefined) continue;
    // One that found nothing to do may be forgotten as soon as it ends; one that died was taken over just now.
    const ended = (await runsOf(session, id)).filter((run) => seen.has(run.id) && run.id !== begun.id);
    return { begun, waitedFor: ended.toReversed() };
  }
}

/**
 * Waits for the run that follows another; undefined: none is asked for any more.
 * @param seen is given the runs that were under way
 */
async function follower(
  session: Session,
  id: string,
  before: Run | null,
  seen: Set<number>,
): Promise<Run | undefined> {
  const { output, pause } = session;
  const show = runWatcher(output);
  const isUnderWay = before !== null && !ENDED.has(before.state);
  if (isUnderWay) seen.add(before.id);
  output.note(
    isUnderWay
      ? `Run ${before.id} is under way; one more follows it.`
      : "The activation is in use; a run follows.",
  );
  for (;;) {
    const runs = await runsOf(session, id);
    const begun = firstAfter(runs, before?.id ?? 0);
    if (begun !== undefined) return begun;
    const [latest] = runs;
    if (latest !== undefined && !ENDED.has(latest.state)) {
      seen.add(latest.id);
      show(latest);
    } else {
      output.progress("waiting for the run that follows …");
      // It may begin between the two looks.
      if (!(await statusOf(session, id)).runAsked)
        return firstAfter(await runsOf(session, id), before?.id ?? 0);
    }
    await pause(LOOK_MS);
  }
}

/** The first of an activation's runs after another, by number; one with a test person looks at nothing else. */
function firstAfter(runs: readonly Run[], number: number): Run | undefined {
  return runs.findLast(({ id, trigger }) => id > number && trigger !== "test");
}

/** Watches a run until it ends. */
async function endOf(session: Session, id: string, begun: Run): Promise<Run> {
  const show = runWatcher(session.output);
  let run = begun;
  while (!ENDED.has(run.state)) {
    show(run);
    await session.pause(LOOK_MS);
    const runs = await runsOf(session, id);
    // Of runs in a row that find nothing to do the last one is kept.
    run = runs.find((one) => one.id === begun.id) ?? firstAfter(runs, begun.id) ?? run;
  }
  return run;
}

/** Shows how far a run has come, and what stands in its way, once each. */
function runWatcher(output: Output): (run: Run) => void {
  let told: string | undefined;
  return ({ id, state, progress }) => {
    const waitingFor = progress?.waitingFor;
    if (waitingFor !== undefined && waitingFor !== told) {
      told = waitingFor;
      output.note(`Run ${id} waits: ${sentence(waitingFor)} It is tried again.`);
    }
    output.progress(`${state}${far(progress)} …`);
  };
}

/** The latest runs, newest first. */
async function runsOf({ api }: Session, id: string): Promise<Run[]> {
  const params = { path: { id }, query: { limit: 20 } };
  return dataOf(await api.GET("/api/v1/activations/{id}/runs", { params })).items;
}

function far(progress: Run["progress"]): string {
  if (progress === null || progress.total === null) return "";
  return ` ${count(progress.done)} of ${count(progress.total)}`;
}

async function statusOf({ api }: Session, id: string): Promise<Status> {
  return dataOf(await api.GET("/api/v1/activations/{id}/status", { params: { path: { id } } }));
}

/** How a run ended, or how far it is, in words. */
export function outcomeOf({ state, counts, error }: Run): string {
  const {
    joins = 0,
    leaves = 0,
    accepted = 0,
    queued = 0,
    refused = 0,
    requests = 0,
    lostSegments = 0,
  } = counts;
  if (!ENDED.has(state)) return `is under way: ${state}`;
  if (state !== "done") return `${state}: ${sentence(error?.detail ?? "the server is stopping")}`;
  const handedOver = queued === 0 ? "" : ` (${count(queued)} handed to the destination's queue)`;
  const lost =
    lostSegments === 0
      ? ""
      : `; ${counted(lostSegments, "segment")} gone there and made again: the next run fills ${lostSegments === 1 ? "it" : "them"}`;
  return `done: ${count(joins)} to join, ${count(leaves)} to leave; ${count(accepted)} accepted${handedOver}, ${count(refused)} refused, ${counted(requests, "request")}${lost}`;
}

/** How all audiences of an activation stand after a run, and which changes are not due yet. */
export function standing(
  { segments }: Pick<Status, "segments">,
  run: Pick<Run, "counts" | "finishedAt">,
): string[] {
  const sum = (number: (segment: Status["segments"][number]) => number) =>
    segments.reduce((total, segment) => total + number(segment), 0);
  const others = [
    [sum(({ waiting }) => waiting), "waiting"],
    [sum(({ refused }) => refused), "refused"],
    [sum(({ withoutIdentifier }) => withoutIdentifier), "without identifier"],
    [sum(({ suppressed }) => suppressed), "excluded"],
    [sum((segment) => segment.leaving.waiting), "to leave"],
    [sum((segment) => segment.leaving.refused), "to leave and refused"],
    [sum((segment) => segment.leaving.held), "held for approval"],
  ] as const;
  const rest = others.flatMap(([number, what]) => (number > 0 ? [`${count(number)} ${what}`] : []));
  const now = [
    `now ${count(sum(({ accepted }) => accepted))} of ${count(sum(({ size }) => size))} accepted`,
    ...rest,
  ];
  return [`  ${now.join(", ")}`, ...waitsUntil({ segments }, run).map((line) => `  ${line}`)];
}

/** Who waits because a message was never answered and may still be carried out, and how long; nobody: no line. */
export function waitsUntil(
  { segments }: Pick<Status, "segments">,
  run: Pick<Run, "counts" | "finishedAt">,
): string[] {
  const joining = segments.reduce((total, { waiting }) => total + waiting, 0);
  const leaving = segments.reduce((total, segment) => total + segment.leaving.waiting, 0);
  const { settlesAt = 0 } = run.counts;
  const finished = run.finishedAt === null ? 0 : Date.parse(run.finishedAt);
  const held = [
    ...(joining > 0 ? [`${count(joining)} to join`] : []),
    ...(leaving > 0 ? [`${count(leaving)} to leave`] : []),
  ];
  if (held.length === 0 || settlesAt <= finished) return [];
  const until = new Date(settlesAt).toISOString();
  const verb = joining + leaving === 1 ? "waits" : "wait";
  return [`${held.join(" and ")} ${verb} until ${until}: an earlier message was not answered`];
}

function runFailure(run: Run): CommandFailed {
  const { error } = run;
  return new CommandFailed(
    error === null ? EXIT.temporary : exitForCode(error.code),
    `Run ${run.id} ${outcomeOf(run)}`,
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
