// Many audiences evaluated together, against one query for each and against a plain scan of the same columns.
// npm run bench -- audience [profiles] [events] [audiences] [--keep FOLDER]
// A folder that is kept is filled the first time and used again after that.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import {
  type Catalog,
  compileInPasses,
  compileRules,
  type KnownData,
  type ResolvedRule,
  resolveRule,
} from "@peregrine/core";
import {
  AudienceService,
  askInPasses,
  DefinitionService,
  type OpenEngine,
  openEngine,
  openStore,
  RULE_SETTINGS,
  type Snapshot,
  type Store,
  tiedAttributes,
  views,
} from "@peregrine/server";
import { AS_OF, BY, EVENT_TYPES, fill } from "./lib-audience-data.ts";
import { measurePreviews, measureSuggestions } from "./lib-audience-pages.ts";
import { anyAudiences } from "./lib-audience-rules.ts";
import { commit, machine, timed, watchMemory } from "./lib-report.ts";

const PROFILES = 1_000_000;
const EVENTS = 30_000_000;
const AUDIENCES = 100;
/** What is compared is measured in turns, so that noise of the machine hits all; of each the median counts. */
const ROUNDS = 5;
const TIME_ZONE = "Europe/Copenhagen";
const MOMENT = { asOf: AS_OF, timeZone: TIME_ZONE };
const quiet = { info: () => {}, warn: () => {} };

/** The rules may name all columns of the bench's schemas. */
export async function catalogOf(store: Store, audiences: Catalog["audiences"]): Promise<Catalog> {
  const columns = await store.definitions.columns();
  const events = new Map<
    string,
    { schema: number; properties: Map<string, { type: "text"; column: number }> }[]
  >();
  for (const [id, types] of Object.entries(EVENT_TYPES)) {
    const schema = await store.definitions.get("schema", id);
    if (schema === undefined) throw new Error(`there is no schema ${id}`);
    const properties = new Map(
      columns
        .filter(({ schemaId }) => schemaId === id)
        .map(({ name, number, type }) => [name, { type: type as "text", column: number }]),
    );
    for (const type of types) {
      events.set(type, [...(events.get(type) ?? []), { schema: schema.number, properties }]);
    }
  }
  const attributes = new Map(
    columns
      .filter(({ schemaId }) => schemaId === "customers")
      .map(({ name, number, type }) => [name, { type: type as "text", numbers: [number] }]),
  );
  return { attributes, events, openSources: [], audiences };
}

/** Where all rules are asked in passes; an operation has no such number. */
const TABLE = "rule_passes_0";

/** How many members, and which: the sum of a hash of each, as text. */
interface Members {
  readonly count: number;
  readonly hash: string;
}

/** Some rules, each compiled alone and run alone, one after the other. */
async function oneByOne(
  engine: OpenEngine,
  snapshot: Snapshot,
  rules: readonly ResolvedRule[],
  known: KnownData,
): Promise<{ readonly seconds: number; readonly members: Members[] }> {
  const members: Members[] = [];
  const began = performance.now();
  for (const rule of rules) {
    const compiled = compileRules([rule], MOMENT, known);
    const head = views(snapshot, compiled.needs);
    const [row] = await engine.query<Members>(
      `${head.sql}SELECT toUInt32(count()) AS count, toString(sum(cityHash64(profile))) AS hash
       FROM (${compiled.sql}) WHERE ${compiled.columns[0]} = 1`,
      { ...head.parameters, ...compiled.parameters },
      { settings: RULE_SETTINGS },
    );
    if (row === undefined) throw new Error("no row came");
    members.push(row);
  }
  return { seconds: (performance.now() - began) / 1000, members };
}

/** What is asked of all rules together: how many members each has; or also which, to be compared and not timed. */
const QUESTIONS = {
  counts: (column: string) => `(toUInt32(countIf(${column} = 1)), '')`,
  members: (column: string) =>
    `(toUInt32(countIf(${column} = 1)), toString(sumIf(cityHash64(profile), ${column} = 1)))`,
} as const;

/** All rules together, as an evaluation of them all finds its people, without writing who came and went. */
async function together(
  engine: OpenEngine,
  snapshot: Snapshot,
  rules: readonly ResolvedRule[],
  known: KnownData,
  question: keyof typeof QUESTIONS,
): Promise<{ readonly seconds: number; readonly members: Members[] }> {
  const began = performance.now();
  const compiled = compileInPasses(rules, MOMENT, known, TABLE);
  const [row] = await askInPasses(engine, { snapshot, piece: undefined, compiled, table: TABLE }, () =>
    engine.query<{ readonly found: readonly [number, string][] }>(
      `SELECT [${compiled.rules.columns.map(QUESTIONS[question]).join(", ")}] AS found FROM (${compiled.rules.sql})`,
      compiled.rules.parameters,
      { settings: RULE_SETTINGS },
    ),
  );
  const seconds = (performance.now() - began) / 1000;
  return { seconds, members: (row?.found ?? []).map(([count, hash]) => ({ count, hash })) };
}

/** The members that the last evaluation left, each audience by itself so that little memory is needed. */
async function membersWritten(engine: OpenEngine, ids: readonly string[]): Promise<Members[]> {
  const members: Members[] = [];
  for (const id of ids) {
    const [row] = await engine.query<Members>(
      `SELECT toUInt32(count()) AS count, toString(sum(cityHash64(profile))) AS hash
       FROM (SELECT profile FROM membership WHERE audience = {id:String} GROUP BY profile HAVING argMax(member, sequence) = 1)`,
      { id },
    );
    members.push(row ?? { count: 0, hash: "0" });
  }
  return members;
}

/** Everything that the rules read, read once and thrown away: no evaluation can be faster. */
async function plainScan(engine: OpenEngine, rules: readonly ResolvedRule[]): Promise<number> {
  const { needs } = compileRules(rules, MOMENT);
  const began = performance.now();
  for (const { schema, columns } of needs.events) {
    const names = ["op", "profile", "type", "time", ...columns.map((column) => `c${column}`)];
    await engine.query(`SELECT count() FROM event_${schema} WHERE NOT ignore(${names.join(", ")})`);
  }
  const attribute = "op, profile, time, tie, arrival, is_null, text, number, flag, moment, list";
  await engine.query(
    `SELECT count() FROM attribute WHERE attribute IN {attributes:Array(UInt32)} AND NOT ignore(${attribute})`,
    { attributes: needs.attributes },
  );
  await engine.query("SELECT count() FROM profile WHERE NOT ignore(op, profile)");
  return (performance.now() - began) / 1000;
}

/** The most memory that the engine's process ever held, in MB. */
function engineMemoryMb(engine: OpenEngine): number {
  const status = readFileSync(`/proc/${engine.process?.pid}/status`, "utf8");
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** Fills a new folder, and a kept one the first time; the memberships that an earlier run left are forgotten. */
async function filled(
  folder: string,
  engine: OpenEngine,
  store: Store,
  profiles: number,
  events: number,
): Promise<void> {
  const mark = join(folder, "filled");
  const sizes = JSON.stringify({ profiles, events });
  if (!existsSync(mark)) {
    const seconds = await timed(() => fill(engine, store, profiles, events));
    writeFileSync(mark, sizes);
    console.log(`filled in ${seconds.toFixed(1)} s`);
    return;
  }
  const kept = readFileSync(mark, "utf8");
  if (kept !== sizes) throw new Error(`${folder} was filled with ${kept}, not ${sizes}`);
  await engine.command("TRUNCATE TABLE membership");
}

async function measure(folder: string, profiles: number, events: number, count: number): Promise<object> {
  const engine = await openEngine({ folder: join(folder, "engine"), log: quiet });
  const clock = { now: () => AS_OF };
  const store = await openStore({ folder: join(folder, "control"), clock: { now: Date.now } });
  const definitions = new DefinitionService({ store });
  const audiences = new AudienceService({
    store,
    engine,
    clock,
    timeZone: TIME_ZONE,
    instance: "bench",
    definitions,
  });
  try {
    await filled(folder, engine, store, profiles, events);
    const made = anyAudiences(count);
    const ids = made.map(({ id }) => id);
    const rules = made.map(({ rule }) => rule);
    const catalog = await catalogOf(store, new Map(made.map(({ id, rule }) => [id, { name: id, rule }])));
    const resolved = rules.map((rule) => {
      const result = resolveRule(rule, catalog);
      if ("faults" in result) throw new Error(JSON.stringify({ rule, ...result }));
      return result.ok;
    });
    for (const { id, rule } of made) {
      await store.definitions.put({ kind: "audience", id, name: id, tags: [], rule }, BY);
    }
    const snapshot = await store.operations.snapshot();
    const memory = watchMemory();
    // Once for the page cache, so that all are measured warm.
    await plainScan(engine, resolved);

    const firstSeconds = await timed(() => audiences.evaluate(ids, AS_OF, { force: true }));
    console.log(`first evaluation, everybody enters: ${firstSeconds.toFixed(1)} s`);
    const sharedSeconds = await timed(() => audiences.evaluate(ids, AS_OF, { force: true }));
    console.log(`evaluated together: ${sharedSeconds.toFixed(1)} s`);
    const noChangeSeconds = await timed(() => audiences.evaluate(ids, AS_OF));
    console.log(`nothing changed: ${(noChangeSeconds * 1000).toFixed(0)} ms`);
    const sharedMemoryMb = engineMemoryMb(engine);

    const previews = await measurePreviews(audiences, ids);
    const suggestions = await measureSuggestions(audiences);

    const known = { tiedAttributes: await tiedAttributes(engine, resolved) };
    const plainScans: number[] = [];
    const sharedQueries: number[] = [];
    const alone: Members[] = [];
    let aloneSeconds = 0;
    for (let round = 0; round < ROUNDS; round++) {
      plainScans.push(await plainScan(engine, resolved));
      sharedQueries.push((await together(engine, snapshot, resolved, known, "counts")).seconds);
      const part = resolved.slice((round * count) / ROUNDS, ((round + 1) * count) / ROUNDS);
      const { seconds, members } = await oneByOne(engine, snapshot, part, known);
      aloneSeconds += seconds;
      alone.push(...members);
    }
    const shown = (values: readonly number[]) => values.map((value) => value.toFixed(2)).join(" ");
    const plainScanSeconds = median(plainScans);
    const askedSeconds = median(sharedQueries);
    console.log(`plain scans: ${shown(plainScans)} s`);
    const { members: asked } = await together(engine, snapshot, resolved, known, "members");
    console.log(`all together: ${shown(sharedQueries)} s`);
    console.log(`one query for each: ${aloneSeconds.toFixed(1)} s`);
    const evaluatedAloneSeconds = await timed(async () => {
      for (const id of ids) await audiences.evaluate([id], AS_OF, { force: true });
    });
    console.log(`each evaluated by itself: ${evaluatedAloneSeconds.toFixed(1)} s`);
    const written = await membersWritten(engine, ids);
    for (const [at, { count: size, hash }] of alone.entries()) {
      const same = [written[at], asked[at]].every((one) => one?.count === size && one.hash === hash);
      if (!same) {
        const found = { alone: size, together: asked[at], written: written[at] };
        throw new Error(`other members: ${JSON.stringify({ rule: rules[at], ...found })}`);
      }
    }
    const peakMemoryMb = memory.end();
    const seconds = (value: number) => Number(value.toFixed(2));
    const ratioToOneByOne = Number((askedSeconds / aloneSeconds).toFixed(3));
    return {
      bench: "audience",
      ratio: ratioToOneByOne,
      ratioToOneByOne,
      ratioToPlainScan: Number((askedSeconds / plainScanSeconds).toFixed(2)),
      oneByOneSeconds: seconds(aloneSeconds),
      sharedSeconds: seconds(askedSeconds),
      // With everything around the question: who entered and left written, counts, the next moment.
      ratioOfEvaluations: Number((sharedSeconds / evaluatedAloneSeconds).toFixed(3)),
      evaluatedOneByOneSeconds: seconds(evaluatedAloneSeconds),
      evaluatedTogetherSeconds: seconds(sharedSeconds),
      firstSeconds: seconds(firstSeconds),
      plainScanSeconds: seconds(plainScanSeconds),
      noChangeMs: Math.round(noChangeSeconds * 1000),
      // Until there are numbers: of many rows estimates with margins, of few rows counts.
      previewP95Ms: previews.p95Ms,
      previewCountedP95Ms: previews.countedP95Ms,
      estimatesWithinMargin: previews.withinMargin,
      suggestP95Ms: suggestions.p95Ms,
      suggestUncountedP95Ms: suggestions.uncountedP95Ms,
      engineMemoryMb: sharedMemoryMb,
      peakMemoryMb,
      sameMembers: true,
      members: alone.reduce((sum, { count: size }) => sum + size, 0),
      profiles,
      events,
      audiences: count,
      machine: machine(),
      commit: commit(),
    };
  } finally {
    await store.close();
    await engine.close();
  }
}

/** @param kept a folder that is left with its data; without it one is made and removed */
export async function run(
  profiles = PROFILES,
  events = EVENTS,
  audiences = AUDIENCES,
  kept?: string,
): Promise<void> {
  const folder = kept ?? mkdtempSync(join(tmpdir(), "peregrine-bench-"));
  try {
    console.log(JSON.stringify(await measure(folder, profiles, events, audiences)));
  } finally {
    if (kept === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { keep: { type: "string" } },
  });
  const [profiles, events, audiences] = positionals.map(Number);
  await run(profiles, events, audiences, values.keep);
}
