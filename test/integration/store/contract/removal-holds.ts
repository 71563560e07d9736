import { describe, expect, test } from "vitest";
import { type Backend, TestClock } from "../../harness/stores.ts";

const hold = {
  activationId: "shop",
  audienceId: "a1",
  run: 7,
  epoch: 2,
  fingerprint: "3 99",
  removals: { inside: 10, leaving: 3, left: 0, desired: 7 },
  reasons: [{ kind: "many", removals: 3, of: 10 }],
} as const;

export function removalHoldsContract(backend: Backend): void {
  describe("removals that are held", () => {
    test("are kept with people and reasons; others of the audience take their place", async () => {
      const clock = new TestClock();
      const { removalHolds } = await (await backend.place()).open({ clock });
      const first = await removalHolds.hold(hold);
      expect(first).toMatchObject({ ...hold, state: "waiting", heldAt: clock.now(), decidedBy: null });
      await removalHolds.hold({ ...hold, audienceId: "a2" });
      const second = await removalHolds.hold({ ...hold, fingerprint: "4 98" });
      const active = await removalHolds.active("shop");
      expect(active.map(({ id, audienceId }) => [id, audienceId])).toEqual([
        [first.id + 1, "a2"],
        [second.id, "a1"],
      ]);
      expect(await removalHolds.active("other")).toEqual([]);
      clock.advance(1_000);
      await removalHolds.moveTo(second.id, { run: 9, epoch: 3 });
      expect((await removalHolds.active("shop"))[1]).toMatchObject({
        run: 9,
        epoch: 3,
        heldAt: clock.now() - 1_000,
        writtenAt: clock.now(),
      });
    });

    test("are decided once, by somebody, and only while they are open", async () => {
      const clock = new TestClock();
      const { removalHolds } = await (await backend.place()).open({ clock });
      const { id } = await removalHolds.hold(hold);
      const of = { id, activationId: "shop", audienceId: "a1" };
      expect(await removalHolds.decide({ ...of, audienceId: "a2" }, "approved", "Ada")).toBe(false);
      expect(await removalHolds.decide(of, "left", "Ada")).toBe(true);
      expect(await removalHolds.decide(of, "approved", "Bo")).toBe(true);
      expect(await removalHolds.decide(of, "left", "Ada")).toBe(false);
      expect(await removalHolds.active("shop")).toMatchObject([
        { state: "approved", decidedBy: "Bo", decidedAt: clock.now() },
      ]);
      // What was approved stays beside what is held anew, until it was carried out.
      await removalHolds.hold({ ...hold, fingerprint: "2 1" });
      expect((await removalHolds.active("shop")).map(({ state }) => state)).toEqual(["approved", "waiting"]);
      await removalHolds.end([id], "gone", ["waiting", "left"]);
      expect(await removalHolds.active("shop")).toHaveLength(2);
      await removalHolds.end([id], "used", ["approved"]);
      expect((await removalHolds.active("shop")).map(({ state }) => state)).toEqual(["waiting"]);
      expect(await removalHolds.decide(of, "approved", "Bo")).toBe(false);
    });
  });

  describe("the last import of a dataflow", () => {
    test("tells whether it failed, and when one was last taken in", async () => {
      const clock = new TestClock();
      const { imports } = await (await backend.place()).open({ clock });
      const bring = async (state: "published" | "unchanged" | "refused" | "validated" | "running") => {
        clock.advance(1_000);
        const file = { dataflowId: "d", dataflowNumber: 3, fileName: "f", sha256: state, size: 1 };
        const { id } = await imports.create(file);
        await imports.update(id, { state, finishedAt: clock.now() });
        return id;
      };
      expect(await imports.lastEnded(3)).toEqual({ failed: null, takenInAt: null });
      const refused = await bring("refused");
      expect(await imports.lastEnded(3)).toMatchObject({ failed: { id: refused }, takenInAt: null });
      await bring("published");
      expect(await imports.lastEnded(3)).toEqual({ failed: null, takenInAt: clock.now() });
      const takenIn = clock.now();
      const again = await bring("refused");
      await bring("validated");
      await bring("running");
      expect(await imports.lastEnded(3)).toMatchObject({ failed: { id: again }, takenInAt: takenIn });
      await bring("unchanged");
      expect(await imports.lastEnded(3)).toEqual({ failed: null, takenInAt: clock.now() });
    });
  });

  describe("runs since an instant", () => {
    test("are those of the activation that began then or later", async () => {
      const clock = new TestClock();
      const { runs } = await (await backend.place()).open({ clock });
      const begin = () =>
        runs.create({ activationId: "shop", trigger: "manual", epoch: 1, state: "checking" });
      await begin();
      clock.advance(1_000);
      const since = clock.now();
      const { id } = await begin();
      await runs.create({ activationId: "other", trigger: "manual", epoch: 1, state: "checking" });
      expect(await runs.startedSince("shop", since)).toEqual([id]);
    });
  });
}
