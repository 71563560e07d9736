import { describe, expect, test } from "vitest";
import { type Backend, TestClock } from "../../harness/stores.ts";

const file = { dataflowId: "orders", dataflowNumber: 3, fileName: "orders.csv", sha256: "ab", size: 2 ** 40 };

export function recordsContract(backend: Backend): void {
  describe("imports", () => {
    test("are kept with all that is known of them", async () => {
      const clock = new TestClock();
      const { imports, operations } = await (await backend.place()).open({ clock });
      const made = await imports.create(file);
      expect(made).toMatchObject({ ...file, id: 1, state: "queued", operation: null, counts: null });
      const operation = await operations.open("import", "1", 1);
      await imports.update(made.id, {
        state: "running",
        operation,
        startedAt: clock.now(),
        columns: ["id", "odd, name"],
        progress: { step: "reading", done: 5, total: null },
      });
      await imports.update(made.id, {
        state: "refused",
        progress: null,
        error: {
          code: "definitionInvalid",
          detail: "half of it",
          faults: [{ path: "line 2", message: "no" }],
        },
      });
      expect(await imports.get(made.id)).toMatchObject({
        state: "refused",
        operation,
        columns: ["id", "odd, name"],
        progress: null,
        error: { detail: "half of it", faults: [{ path: "line 2", message: "no" }] },
        size: 2 ** 40,
      });
      expect(await imports.get(99)).toBeUndefined();
    });

    test("are found by state, by file and newest first", async () => {
      const { imports } = await (await backend.place()).open();
      for (const sha256 of ["a", "b", "a", "c"]) await imports.create({ ...file, sha256 });
      await imports.create({ ...file, dataflowId: "visits", dataflowNumber: 4 });
      await imports.update(1, { state: "published", arrivalFrom: 10, arrivalTo: 20 });
      await imports.update(3, { state: "published", arrivalFrom: 1, arrivalTo: 10 });
      await imports.update(2, { state: "running" });
      expect((await imports.unfinished()).map(({ id }) => id)).toEqual([2, 4, 5]);
      expect((await imports.published()).map(({ id }) => id)).toEqual([3, 1]);
      expect(await imports.publishedWith(3, "a")).toMatchObject({ id: 3 });
      expect(await imports.publishedWith(4, "a")).toBeUndefined();
      expect(await imports.latestPublished(3)).toMatchObject({ id: 3 });
      const page = await imports.page({ dataflowId: "orders", limit: 3 });
      expect(page.items.map(({ id }) => id)).toEqual([4, 3, 2]);
      const rest = await imports.page({ dataflowId: "orders", limit: 3, cursor: page.next ?? "" });
      expect([rest.items.map(({ id }) => id), rest.next]).toEqual([[1], null]);
    });

    test("are numbered in the order in which they become visible, also when many come at once", async () => {
      const { imports } = await (await backend.place()).open();
      await Promise.all(Array.from({ length: 20 }, () => imports.create(file)));
      const ids = (await imports.unfinished()).map(({ id }) => id);
      expect(ids).toEqual(Array.from({ length: 20 }, (_, at) => at + 1));
    });
  });

  describe("runs", () => {
    test("the last one that ended well is found, and the first one after a run", async () => {
      const { runs } = await (await backend.place()).open();
      const create = (activationId: string, state: "done" | "failed") =>
        runs.create({ activationId, trigger: "schedule", epoch: 1, state });
      expect(await runs.lastDoneOfEach(["shop"])).toEqual(new Map());
      await create("shop", "done");
      const done = await create("shop", "done");
      await runs.create({ activationId: "shop", trigger: "test", epoch: 1, state: "done" });
      const other = await create("other", "done");
      const failed = await create("shop", "failed");
      const latest = await create("shop", "failed");
      const both = ["other", "shop", "never"];
      expect(await runs.lastDoneOfEach(both)).toEqual(
        new Map([
          ["other", other],
          ["shop", done],
        ]),
      );
      const tried = await runs.create({
        activationId: "shop",
        trigger: "schedule",
        epoch: 1,
        state: "checking",
      });
      expect(await runs.lastOutcomeOfEach(both)).toEqual(
        new Map([
          ["other", other],
          ["shop", latest],
        ]),
      );
      await runs.update(tried.id, 1, { state: "stopped" });
      expect((await runs.lastOutcomeOfEach(both)).get("shop")).toEqual(latest);
      await runs.update(tried.id, 1, { state: "done" });
      expect((await runs.lastOutcomeOfEach(both)).get("shop")).toMatchObject({ id: tried.id });
      expect(await runs.latestOfEach(both)).toEqual(
        new Map([
          ["other", other],
          ["shop", { ...tried, state: "done" }],
        ]),
      );
      expect(await runs.firstAfter("shop", done.id + 2)).toEqual(failed);
      expect(await runs.firstAfter("other", failed.id)).toBeUndefined();
    });

    test("a worker of an earlier epoch changes nothing in a run that was taken over", async () => {
      const { runs } = await (await backend.place()).open();
      const run = await runs.create({ activationId: "shop", trigger: "manual", epoch: 1, state: "checking" });
      expect(await runs.update(run.id, 1, { state: "planning", sequence: 7 })).toBe(true);
      expect(await runs.update(run.id, 2, { epoch: 2, state: "delivering" })).toBe(true);
      expect(await runs.update(run.id, 1, { state: "failed" })).toBe(false);
      expect(await runs.unfinished("shop")).toMatchObject({
        id: run.id,
        epoch: 2,
        state: "delivering",
        sequence: 7,
      });
      await runs.update(run.id, 2, { state: "done", counts: { accepted: 98 } });
      expect(await runs.unfinished("shop")).toBeUndefined();
      expect(await runs.latest("shop")).toMatchObject({ state: "done", counts: { accepted: 98 } });
    });

    test("are listed per activation, newest first", async () => {
      const { runs } = await (await backend.place()).open();
      for (const activationId of ["shop", "other", "shop", "shop"]) {
        await runs.create({ activationId, trigger: "schedule", epoch: 1, state: "done" });
      }
      const page = await runs.page({ activationId: "shop", limit: 2 });
      expect(page.items.map(({ id }) => id)).toEqual([4, 3]);
      const rest = await runs.page({ activationId: "shop", limit: 2, cursor: page.next ?? "" });
      expect([rest.items.map(({ id }) => id), rest.next]).toEqual([[1], null]);
    });
  });

  describe("audiences of an activation", () => {
    test("keep what is known of them when they are linked again, and forget it when told", async () => {
      const { activationAudiences: links } = await (await backend.place()).open();
      await links.link("shop", ["a", "b"]);
      await links.update("shop", "a", {
        lastSynchronizedAt: 5,
        status: "takingOut",
        metadata: { attached: true },
      });
      await links.link("shop", ["a"]);
      expect(await links.of("shop")).toMatchObject([
        { audienceId: "a", status: "linked", lastSynchronizedAt: 5, metadata: { attached: true } },
        { audienceId: "b", status: "linked", lastSynchronizedAt: null },
      ]);
      await links.forget("shop", "a");
      expect((await links.of("shop")).map(({ audienceId }) => audienceId)).toEqual(["b"]);
    });
  });
}
