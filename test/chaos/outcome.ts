import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import type { OpenEngine, Store } from "@peregrine/server";
import { expect } from "vitest";
import { eventually, type Installation, pause } from "./installation.ts";
import { digest, type PlanesDigest, withPlanes } from "./planes.ts";
import { everything, membersOf, profileQuestion } from "./questions.ts";
import { ACTIVATION, AUDIENCES, copyOf } from "./shop.ts";
import { type Standing, segmentsOf } from "./twin.ts";

interface Status {
  readonly run: {
    readonly state: string;
    readonly counts: Record<string, number>;
    readonly error: unknown;
  } | null;
  readonly segments: readonly {
    readonly audienceId: string;
    readonly status: string;
    readonly size: number;
    readonly accepted: number;
    readonly waiting: number;
    readonly refused: number;
    readonly withoutIdentifier: number;
    readonly suppressed: number;
    readonly leaving: { readonly waiting: number; readonly refused: number };
  }[];
}

const RUN_EVERY_MS = 500;
/** The time-out of a request, the grace, and a minute for a slow machine. */
const PATIENCE_MS = 70_000;

/** Runs the activation until nothing waits any more: what a killed run left unknown may have to settle before. */
export async function bringInStep(installation: Installation): Promise<Status> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const status = await installation.ask<Status>("GET", `/activations/${ACTIVATION}/status`);
    const inStep =
      status.run?.state === "done" &&
      status.segments.every(
        ({ status: is, waiting, leaving }) => is === "upToDate" && waiting + leaving.waiting === 0,
      );
    if (inStep) return status;
    if (performance.now() > deadline) throw new Error(`not in step: ${JSON.stringify(status)}`);
    await installation.run();
    await pause(RUN_EVERY_MS);
  }
}

/** Everything that can be asked of a running installation is as it was of the twin after the same files. */
export async function assertSameAsTwin(
  installation: Installation,
  sandbox: Sandbox,
  twin: Standing,
): Promise<void> {
  const ask = installation.ask.bind(installation);
  expect(await everything(ask)).toEqual(twin.everything);
  const { items } = await ask<{ items: { counts: Record<string, number> }[] }>("GET", "/imports?limit=200");
  for (const {
    counts: { read, personRows, events, leftOut, noIdentifier, refused },
  } of items) {
    expect(read).toBe(sum(personRows, events, leftOut, noIdentifier, refused));
  }
  for (const [user, profile] of twin.profiles) {
    expect((await profileQuestion(user).ask(installation.call.bind(installation))).body).toBe(profile);
  }
  const segments = segmentsOf(sandbox);
  for (const id of AUDIENCES) {
    const members = (await membersOf(ask, id)).flatMap(({ value }) => (value === null ? [] : [value]));
    expect(difference(members, segments.get(id)), id).toEqual({ missing: [], leftBehind: [] });
  }
  expect(segments).toEqual(twin.segments);
}

/** Each audience has just the members that an evaluation finds which begins with nobody. */
export async function assertAsEvaluatedAfresh(installation: Installation): Promise<void> {
  const ask = installation.ask.bind(installation);
  const copies = AUDIENCES.map((audience) => ({ audience, ...copyOf(audience) }));
  await ask("POST", "/apply", { documents: copies.map(({ document }) => document) });
  for (const { audience, id } of copies) {
    await ask("POST", `/audiences/${id}/check`);
    expect(await membersOf(ask, audience), audience).toEqual(await membersOf(ask, id));
  }
}

/** Sizes are made of what the status page shows, and what it shows as accepted is what Ibexa has. */
export function assertNumbersAddUp({ segments }: Status, sandbox: Sandbox): void {
  for (const segment of segments) {
    const { audienceId, size, accepted, waiting, refused, withoutIdentifier, suppressed } = segment;
    expect(sum(accepted, waiting, refused, withoutIdentifier, suppressed), audienceId).toBe(size);
    expect(accepted, audienceId).toBe(sandbox.people(audienceId).size);
  }
}

/** Nothing is due any more: another run sends nothing. */
export async function assertQuiet(installation: Installation, sandbox: Sandbox): Promise<void> {
  const before = sandbox.totals().requests;
  const last = (await installation.latestRun())?.id;
  await installation.run();
  await eventually("another run ends", async () => {
    const run = await installation.latestRun();
    return run?.id !== last && run?.state === "done" ? true : undefined;
  });
  expect(sandbox.totals().requests - before).toBe(0);
}

/** What the stopped installation's planes hold. */
export interface Remains {
  readonly digest: PlanesDigest;
  /** How many operations of each kind were cut off. */
  readonly cutOff: Readonly<Record<string, number>>;
}

/** Looks into the planes of the stopped installation: nothing half done is left there. */
export function assertNothingLeft(installation: Installation, sandbox: Sandbox): Promise<Remains> {
  return withPlanes(installation.dataFolder, async (store, engine) => {
    const operations = await store.db.selectFrom("operation").select(["id", "kind", "state"]).execute();
    expect(operations.filter(({ state }) => state === "open")).toEqual([]);
    const runs = await store.db.selectFrom("run").select(["id", "state", "error"]).execute();
    // One that is told to stop, as every server is that ends in order, is "stopped".
    expect(runs.filter(({ state }) => state !== "done" && state !== "stopped")).toEqual([]);
    expect(readdirSync(join(installation.dataFolder, "uploads"))).toEqual([]);
    await assertNeverInverted(engine, sandbox);
    await assertPublishedRowsAlone(store, engine);
    const cutOff: Record<string, number> = {};
    for (const { kind, state } of operations) {
      if (state !== "published") cutOff[kind] = (cutOff[kind] ?? 0) + 1;
    }
    return { digest: await digest(store, engine), cutOff };
  });
}

/** Rows of operations that were cut off are removed at the latest by the next start; work tables too. */
async function assertPublishedRowsAlone(store: Store, engine: OpenEngine): Promise<void> {
  const tables = await engine.query<{ name: string }>(
    "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(name, '_[0-9]+$') AND NOT startsWith(name, 'event_')",
  );
  expect(tables).toEqual([]);
  const cleared = await store.db
    .selectFrom("operation")
    .select("id")
    .where("state", "=", "cleared")
    .execute();
  const ops = cleared.map(({ id }) => id);
  for (const table of ["import_row", "profile", "identifier", "attribute", "event_key", "membership"]) {
    const [found] = await engine.query<{ rows: number }>(
      `SELECT toUInt32(count()) AS rows FROM ${table} WHERE op IN {ops:Array(UInt64)}`,
      { ops },
    );
    expect(found?.rows, `rows of cleared operations in ${table}`).toBe(0);
  }
}

/**
 * Within a run a person's value in a segment is fixed. The plans say which value each run had; what arrived must be
 * told by them in the order of the runs, each value as often as one likes: 1 1 0 of the runs (in), (out) is fine,
 * 1 0 1 is a message of the first run that came after the second's.
 */
async function assertNeverInverted(engine: OpenEngine, sandbox: Sandbox): Promise<void> {
  const plans = await engine.query<{ audience: string; person: string; values: [number, number][] }>(
    `SELECT audience, person, arraySort(groupArray((toUInt32(run), value))) AS values
    FROM (
      SELECT toString(audience) AS audience, person_id AS person, run, groupUniqArray(membership) AS both,
        arrayJoin(both) AS value
      FROM plan_change GROUP BY audience, person, run
    ) GROUP BY audience, person`,
  );
  const valuesOf = new Map(plans.map(({ audience, person, values }) => [`${audience} ${person}`, values]));
  const wrong: string[] = [];
  for (const [who, values] of valuesOf) {
    const runs = values.map(([run]) => run);
    if (new Set(runs).size !== runs.length)
      wrong.push(`${who} is planned both ways in a run: ${values.join(" ")}`);
  }
  for (const { segment, personId, entries } of sandbox.histories()) {
    const values = valuesOf.get(`${segment} ${personId}`) ?? [];
    let at = 0;
    for (const { membership } of entries) {
      while (at < values.length && (values[at]?.[1] === 1) !== membership) at += 1;
    }
    if (at >= values.length) {
      const arrived = entries.map(({ membership, request }) => `${membership ? 1 : 0} (request ${request})`);
      wrong.push(`${personId} in ${segment}: planned ${values.join(" ")}, arrived ${arrived.join(" ")}`);
    }
  }
  expect(wrong).toEqual([]);
}

function difference(members: readonly string[], people: ReadonlySet<string> | undefined) {
  const expected = new Set(members);
  return {
    missing: members.filter((person) => !people?.has(person)),
    leftBehind: [...(people ?? [])].filter((person) => !expected.has(person)),
  };
}

function sum(...numbers: readonly (number | undefined)[]): number {
  return numbers.reduce<number>((total, number) => total + (number ?? Number.NaN), 0);
}
