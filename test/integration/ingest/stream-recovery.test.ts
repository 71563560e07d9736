import { appendFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openSegment } from "../../../packages/server/src/ingest/stream/index.ts";
import { recoverSegments } from "../../../packages/server/src/ingest/stream/leftovers.ts";
import type { LaneKey } from "../../../packages/server/src/ingest/stream/segment.ts";
import { StreamLog } from "../../../packages/server/src/ingest/stream/stream-log.ts";
import type { ImportRecord, Store } from "../../../packages/server/src/store/index.ts";
import { BACKENDS, TestClock } from "../harness/stores.ts";
import { until } from "../harness/wait.ts";

const QUIET = { info: () => {}, warn: () => {}, error: () => {} };
const LANE: LaneKey = { dataflowId: "users", dataflowNumber: 7, source: "stream", snapshot: null };
/** Nothing is sealed by time, so that each test says where the process died. */
const NEVER = { linger: 1e9, apart: 1e9, bytes: 1e9 };
const AT_ONCE = { linger: 0, apart: 0, bytes: 1e9 };

const delivery = (text: string, key: string | null = null) => ({
  rows: (JSON.parse(text) as unknown[]).length,
  json: Buffer.from(text),
  repeat: key === null ? null : { key, body: "b", rows: 1 },
});

describe.each(BACKENDS)("what a killed server leaves of a stream, on $name", (backend) => {
  let folder: string;
  let store: Store;
  const logs: StreamLog[] = [];

  beforeAll(() => backend.start());
  afterAll(() => backend.stop());
  afterEach(async () => {
    for (const log of logs.splice(0)) await log.close();
    await backend.clean();
  });

  async function begin(cadence = NEVER): Promise<StreamLog> {
    const log = new StreamLog({
      store,
      folder,
      clock: new TestClock(),
      log: QUIET,
      mostWaiting: 1e9,
      onImport: () => {},
      cadence,
    });
    logs.push(log);
    await log.start();
    return log;
  }
  async function place(): Promise<void> {
    const made = await backend.place();
    folder = join(made.folder, "streams");
    store = await made.open();
  }
  const files = () => readdirSync(folder).sort();
  const only = (ending: string) => {
    const found = files().filter((name) => name.endsWith(ending));
    expect(found).toHaveLength(1);
    return found[0] ?? "";
  };
  async function queued(count: number): Promise<readonly ImportRecord[]> {
    let records: ImportRecord[] = [];
    await until(async () => {
      records = await store.imports.unfinished();
      return records.length >= count;
    }, `${count} imports are queued`);
    return records;
  }
  /** The rows that an import would read. */
  async function rowsOf({ segment, size }: ImportRecord): Promise<string[]> {
    const file = openSegment(join(folder, segment ?? ""), size, []);
    const rows: string[] = [];
    for await (const { bytes } of file.blocks()) {
      rows.push(...bytes.toString("utf8").split("\n").filter(Boolean));
    }
    return rows.map((row) => row.split("\t").at(-1) ?? "");
  }

  it("is an open segment: what was acknowledged is imported, what was cut off is not", async () => {
    await place();
    const log = await begin();
    await log.append(LANE, delivery('[{"id":1}]'));
    await log.append(LANE, delivery('[{"id":2},{"id":3}]'));
    await log.close();
    const open = join(folder, only(".open"));
    const whole = readFileSync(open);
    appendFileSync(open, whole.subarray(whole.length - 20, whole.length - 3));
    await begin();
    const [record] = await queued(1);
    if (record === undefined) throw new Error("nothing is queued");
    expect(record).toMatchObject({ source: "stream", dataflowNumber: 7, size: whole.length });
    expect(await rowsOf(record)).toEqual(['{"id":1}', '{"id":2}', '{"id":3}']);
  });

  it("is cut off in the middle of a line at any byte: whole deliveries before it stay", async () => {
    await place();
    const log = await begin();
    await log.append(LANE, delivery('[{"id":1}]'));
    await log.close();
    const first = readFileSync(join(folder, only(".open")));
    const line = first.subarray(first.indexOf(10) + 1);
    for (const cut of [1, 5, 12, line.length - 1]) {
      for (const name of files()) rmSync(join(folder, name));
      const torn = Buffer.concat([first, line.subarray(0, cut)]);
      writeFileSync(join(folder, "000000000001-7-stream-torn.open"), torn);
      const { sealed } = await recoverSegments(folder);
      expect(sealed).toMatchObject([{ lane: LANE, size: first.length }]);
    }
  });

  it("is a header that was cut off: nobody was told of any row", async () => {
    await place();
    const log = await begin();
    await log.append(LANE, delivery('[{"id":1}]'));
    await log.close();
    const name = only(".open");
    writeFileSync(join(folder, name), readFileSync(join(folder, name)).subarray(0, 30));
    await begin();
    expect(files()).toEqual([]);
  });

  it("is a sealed segment without an import: it gets one, and only one", async () => {
    await place();
    const log = await begin(AT_ONCE);
    await log.append(LANE, delivery('[{"id":1}]', "k"));
    const [record] = await queued(1);
    await log.close();
    await store.db.deleteFrom("import").execute();
    await store.db.deleteFrom("stream_repeat").execute();
    const second = await begin();
    const [anew] = await queued(1);
    expect(anew).toMatchObject({ segment: record?.segment, sha256: record?.sha256, size: record?.size });
    expect(await store.streamRepeats.get("k", 0)).toMatchObject({ key: "k", rows: 1 });
    await second.close();
    await begin();
    expect(await queued(1)).toHaveLength(1);
  });

  it("is a segment whose import has ended: it goes; one whose import failed is imported again", async () => {
    await place();
    const log = await begin(AT_ONCE);
    await log.append(LANE, delivery('[{"id":1}]'));
    const [done] = await queued(1);
    await log.append({ ...LANE, dataflowNumber: 8 }, delivery('[{"id":2}]'));
    const failed = (await queued(2)).find(({ id }) => id !== done?.id);
    await log.close();
    await store.imports.update(done?.id ?? 0, { state: "published", finishedAt: 1 });
    await store.imports.update(failed?.id ?? 0, { state: "failed", finishedAt: 1 });
    await begin();
    expect(files()).toEqual([failed?.segment]);
    expect(await store.imports.unfinished()).toMatchObject([
      { id: failed?.id, state: "queued", error: null },
    ]);
  });

  it("keeps the latest drafts in their order, at most 1,000 rows", async () => {
    await place();
    const log = await begin(AT_ONCE);
    const draft: LaneKey = { ...LANE, source: "draft" };
    const rows = (from: number, count: number) =>
      delivery(JSON.stringify(Array.from({ length: count }, (_, at) => ({ id: from + at }))));
    await log.append(draft, rows(0, 900));
    const [record] = await queued(1);
    if (record === undefined) throw new Error("nothing is queued");
    await store.imports.update(record.id, { state: "validated", finishedAt: 1 });
    await log.ended(record);
    expect(only(".kept")).toBeDefined();
    await log.append(draft, rows(900, 200));
    const kept = (await log.drafts(7)).rows.map((row) => (JSON.parse(row) as { id: number }).id);
    expect(kept).toEqual(Array.from({ length: 1000 }, (_, at) => at + 100));
    expect((await log.drafts(8)).rows).toEqual([]);
  });

  it("is nothing that the end of another snapshot's import could take away", async () => {
    await place();
    const log = await begin();
    const snapshot = (id: string): LaneKey => ({ ...LANE, source: "snapshot", snapshot: id });
    await log.openSnapshot(snapshot("one"));
    await log.append(snapshot("one"), delivery('[{"id":1}]'));
    await log.completeSnapshot(snapshot("one"), 1);
    const [record] = await queued(1);
    if (record === undefined) throw new Error("nothing is queued");
    // Before its file is there, it looks like one in which nothing waits.
    const opening = log.openSnapshot(snapshot("two"));
    await log.ended({ ...record, state: "published" });
    await opening;
    await log.append(snapshot("two"), delivery('[{"id":2}]'));
    expect(await log.completeSnapshot(snapshot("two"), 1)).toBe(1);
  });

  it("is damaged in the middle: the import says where, and nothing is made up", async () => {
    await place();
    const log = await begin(AT_ONCE);
    await log.append(LANE, delivery('[{"id":1}]'));
    const [record] = await queued(1);
    if (record === undefined) throw new Error("nothing is queued");
    const path = join(folder, record.segment ?? "");
    const bytes = readFileSync(path);
    bytes[bytes.length - 4] = 0x39;
    writeFileSync(path, bytes);
    await expect(rowsOf(record)).rejects.toMatchObject({ code: "segmentDamaged", actor: "operator" });
  });
});
