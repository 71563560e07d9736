import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Installation, startInstallation } from "./installation.ts";

const IN_UK = { have: { attribute: "country", is: "UK" } };
const inside = (id: string) => ({ inAudience: id });
const audience = (id: string, rule: unknown) => ({ kind: "audience", id, name: `The ${id}`, rule });

let shop: Installation;
beforeAll(async () => {
  shop = await startInstallation();
  await shop.write({
    profiles: [1, 2, 3],
    countries: [
      [1, "UK"],
      [2, "France"],
    ],
  });
});
afterAll(async () => {
  await shop?.close();
});
beforeEach(async () => {
  const all = await shop.store.definitions.list("audience");
  if (all.length === 0) return;
  const documents = all.map(({ id }) => audience(id, { everyone: true }));
  await shop.definitions.apply(documents, { origin: "api", by: "test" });
  for (const { id } of all) await shop.audiences.delete(id, "test");
});

const apply = (...documents: readonly unknown[]) =>
  shop.definitions.apply(documents, { origin: "api", by: "test" });
const applyFiles = (documents: readonly unknown[], prune = false) =>
  shop.definitions.apply(documents, { origin: "file", by: "test", prune });

async function faultsOf(work: Promise<unknown>): Promise<readonly { path: string; message: string }[]> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error && "faults" in error) return error.faults as [];
    throw error;
  }
  return [];
}

describe("audiences that name one another", () => {
  it("come together in any order, and are evaluated at one instant", async () => {
    await apply(
      audience("outside", { not: inside("british") }),
      audience("either", { any: [inside("british"), inside("outside")] }),
      audience("british", IN_UK),
    );
    await shop.audiences.evaluate(["outside", "either"]);
    expect(await shop.members("outside")).toEqual([2, 3]);
    expect(await shop.members("either")).toEqual([1, 2, 3]);
    // What counts is the rule, not who belonged to the other audience when it was last evaluated.
    expect(await shop.members("british")).toEqual([]);
  });

  it("are described by their names", async () => {
    await apply(audience("british", IN_UK), audience("outside", { not: inside("british") }));
    expect((await shop.audiences.get("outside")).sentence).toBe('not in the audience "The british"');
    expect(await shop.audiences.rules.validate(inside("british"))).toMatchObject({
      valid: true,
      sentence: 'in the audience "The british"',
    });
  });

  it("are found by a preview", async () => {
    await apply(audience("british", IN_UK));
    expect((await shop.audiences.rules.preview({ not: inside("british") })).size).toBe(2);
  });

  it("must not lead back to the one that is saved", async () => {
    await apply(audience("a", IN_UK), audience("b", inside("a")), audience("c", inside("b")));
    const faults = await faultsOf(apply(audience("a", { any: [IN_UK, inside("c")] })));
    const own = faults.filter(({ path }) => path.startsWith("/audience a/"));
    expect(own.map(({ message }) => message)).toEqual([
      'audiences name one another in a circle: "The a" (`a`) → "The c" (`c`) → "The b" (`b`) → "The a" (`a`)',
    ]);
    expect((await shop.audiences.get("a")).version).toBe(1);
  });

  it("must not lead back to themselves, when files bring them all at once", async () => {
    const documents = [audience("x", inside("y")), audience("y", { not: inside("x") })];
    const faults = await faultsOf(applyFiles(documents));
    expect(faults.length).toBeGreaterThan(0);
    for (const { message } of faults) expect(message).toContain("in a circle");
    expect(await shop.store.definitions.list("audience")).toEqual([]);
  });

  it("may change places when both change at once", async () => {
    await apply(audience("a", IN_UK), audience("b", inside("a")));
    await apply(audience("a", inside("b")), audience("b", IN_UK));
    await shop.audiences.evaluate(["a"]);
    expect(await shop.members("a")).toEqual([1]);
  });

  it("are kept from being deleted while a rule names them, with the name of the one that does", async () => {
    await apply(audience("british", IN_UK), audience("outside", { not: inside("british") }));
    const faults = await faultsOf(shop.audiences.delete("british", "test"));
    expect(faults.map(({ message }) => message)).toContain(
      'the rule of the audience "The outside" (`outside`) names it',
    );
    expect((await shop.audiences.get("british")).id).toBe("british");
  });

  it("go together, when none of them is in the files any more", async () => {
    await applyFiles([audience("british", IN_UK), audience("outside", { not: inside("british") })]);
    await applyFiles([], true);
    expect(await shop.store.definitions.list("audience")).toEqual([]);
  });

  it("stay, when only the one that is named is in the files no more", async () => {
    await applyFiles([audience("british", IN_UK), audience("outside", { not: inside("british") })]);
    const faults = await faultsOf(applyFiles([audience("outside", { not: inside("british") })], true));
    expect(faults.map(({ message }) => message)).toContain("there is no audience `british`");
    expect(await shop.store.definitions.list("audience")).toHaveLength(2);
    await applyFiles([], true);
  });
});
