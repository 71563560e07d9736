import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Peregrine, startPeregrine } from "../harness/peregrine.ts";
import { until } from "../harness/wait.ts";

/** Well below the time after which everything is looked at anyway, in s. */
const AT_ONCE = 15;

interface Shown {
  readonly checkedAt: string | null;
  readonly updatedAt: string;
  readonly version: number;
}

let folder: string;
let server: Peregrine;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "peregrine-saved-"));
  server = await startPeregrine({ folder });
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

async function shown(id: string): Promise<Shown> {
  return (await server.call<Shown>("GET", `/audiences/${id}`)).body;
}

/** Saves an audience, and waits until it was checked since. */
async function saved(id: string, fields: object): Promise<void> {
  const { status } = await server.call("PUT", `/audiences/${id}`, { rule: { everyone: true }, ...fields });
  expect([200, 201]).toContain(status);
  const isChecked = async () => {
    const { checkedAt, updatedAt } = await shown(id);
    return checkedAt !== null && Date.parse(checkedAt) >= Date.parse(updatedAt);
  };
  await until(isChecked, `${id} was checked since it was saved`, AT_ONCE);
}

describe("an audience that was saved", () => {
  it("is checked at once, a new one and one that was changed", async () => {
    await saved("a0000001", { name: "Everybody" });
    await saved("a0000001", { name: "Everybody", rule: { not: { everyone: true } } });
    expect((await shown("a0000001")).version).toBe(2);
  });

  it("is not when that was left to somebody’s hand", async () => {
    await server.call("PUT", "/audiences/a0000002", {
      name: "By hand",
      rule: { everyone: true },
      check: "byHand",
    });
    // What is saved later is checked, and with it all that may be.
    await saved("a0000003", { name: "Later" });
    expect((await shown("a0000002")).checkedAt).toBeNull();
  });
});
