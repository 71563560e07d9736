import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { eventually, Installation, openSandbox, pause } from "./installation.ts";
import { assertNumbersAddUp, bringInStep } from "./outcome.ts";
import { digestOf, withPlanes } from "./planes.ts";
import { DATA_QUESTIONS, everything } from "./questions.ts";
import { ARE_ALL_STRUCK, randomOf, SEED, STRIKES } from "./seed.ts";
import { USERS_OF_IBEXA, writeShop } from "./shop.ts";
import { Story } from "./story.ts";
import { VICTIMS, type Victim } from "./strike.ts";
import { segmentsOf } from "./twin.ts";

/** Two of each kind, so that everybody has attributes, events and identifiers that were fought over. */
const FILES = 4;
/** A strike that comes just when the purge is over cuts nothing off; this share has to. */
const LEAST_CUT_OFF = 0.25;
const LATEST = 0.95;
const TRY_EVERY_MS = 2;

interface Deletion {
  readonly id: number;
  readonly state: "takingOut" | "purging" | "done";
}

const folder = mkdtempSync(join(tmpdir(), "peregrine-purges-"));
const random = randomOf("purges");
let struck: Installation;
let twin: Installation;
let ofStruck: Sandbox;
let ofTwin: Sandbox;

async function filled(name: string, sandbox: Sandbox): Promise<Installation> {
  const installation = new Installation(join(folder, name));
  await installation.start();
  await installation.apply(sandbox.webhookUrl);
  for (const file of writeShop(join(folder, `files of ${name}`), FILES)) {
    await installation.published(await installation.upload(file));
  }
  await bringInStep(installation);
  return installation;
}

// Two installations are filled for it: it takes as long as ten of the other tests together.
describe.runIf(ARE_ALL_STRUCK)("SIGKILL while people are purged", () => {
  beforeAll(async () => {
    ofStruck = await openSandbox();
    ofTwin = await openSandbox();
    struck = await filled("struck", ofStruck);
    twin = await filled("twin", ofTwin);
  });

  afterAll(async () => {
    await struck?.killServer();
    await twin?.killServer();
    await ofStruck?.close();
    await ofTwin?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Users of whom a row came, from all over the range. */
  async function knownUsers(count: number): Promise<string[]> {
    const [first, last] = USERS_OF_IBEXA;
    const known: string[] = [];
    for (let user = first + 7; user <= last && known.length < count; user += 31) {
      if ((await twin.call("GET", `/profiles?identifier=userid:${user}`)).status === 200)
        known.push(String(user));
    }
    expect(known).toHaveLength(count);
    return known;
  }

  async function asked(installation: Installation, user: string): Promise<number> {
    const { number } = await installation.ask<{ number: number }>(
      "GET",
      `/profiles?identifier=userid:${user}`,
    );
    return (await installation.ask<Deletion>("DELETE", `/profiles/${number}`)).id;
  }

  function reached(
    installation: Installation,
    id: number,
    states: readonly Deletion["state"][],
  ): Promise<Deletion> {
    return eventually(`deletion ${id} is ${states.join(" or ")}`, async () => {
      const found = await installation.ask<Deletion>("GET", `/deletions/${id}`);
      if (states.includes(found.state)) return found;
      // The removal goes out with a run, and the next one by itself may be a minute away.
      if (found.state === "takingOut") await installation.run();
      await pause(TRY_EVERY_MS);
      return undefined;
    });
  }

  /** Deletes somebody whom nobody disturbs: how long the purge takes, in ms. */
  async function purged(user: string): Promise<number> {
    const id = await asked(twin, user);
    await reached(twin, id, ["purging", "done"]);
    const began = performance.now();
    await reached(twin, id, ["done"]);
    return performance.now() - began;
  }

  /** Whether any row of the stopped installation names one of the users by what nobody else can have. */
  function rowsThatName(installation: Installation, users: readonly string[]): Promise<string[]> {
    return withPlanes(installation.dataFolder, async (_, engine) => {
      const found: string[] = [];
      for (const [table, names] of [
        ["import_row", "hasAny(cells, {users:Array(String)})"],
        ["identifier", "has({users:Array(String)}, value)"],
        ["identifier_of_profile", "has({users:Array(String)}, value)"],
        ["delivery_state", "has({users:Array(String)}, person_id)"],
        ["plan_change", "has({users:Array(String)}, person_id)"],
      ]) {
        const [row] = await engine.query<{ rows: number }>(
          `SELECT toUInt32(count()) AS rows FROM ${table} WHERE ${names}`,
          { users },
        );
        if (row?.rows !== 0) found.push(`${table}: ${row?.rows}`);
      }
      return found;
    });
  }

  test(`${STRIKES} purges that a SIGKILL cuts off end as if nothing had happened, PEREGRINE_CHAOS_SEED=${SEED}`, async () => {
    const story = new Story("purges");
    const users = await knownUsers(STRIKES);
    let cutOff = 0;
    try {
      for (const [at, user] of users.entries()) {
        const takes = await purged(user);
        const who = at % 2 === 0 ? "server" : "engine host";
        const id = await asked(struck, user);
        await reached(struck, id, ["purging", "done"]);
        await pause(random() * LATEST * takes);
        const { state } = await struck.ask<Deletion>("GET", `/deletions/${id}`);
        if (state === "purging") cutOff += 1;
        const victim: Victim = VICTIMS[who];
        await victim.strike(struck, random);
        story.note(`${user}: the ${who} was killed while ${state}, the twin's took ${takes.toFixed(0)} ms`);
        await reached(struck, id, ["done"]);
        story.note(`${user} is gone`);
      }
      assertNumbersAddUp(await bringInStep(struck), ofStruck);
      await bringInStep(twin);
      for (const user of users) {
        expect((await struck.call("GET", `/profiles?identifier=userid:${user}`)).status).toBe(404);
      }
      const shown = async (installation: Installation) => [
        await everything(installation.ask.bind(installation)),
        ...(await Promise.all(
          DATA_QUESTIONS.map(
            async ({ name, ask }) => `${name}: ${(await ask(installation.call.bind(installation))).body}`,
          ),
        )),
      ];
      expect(await shown(struck)).toEqual(await shown(twin));
      expect(segmentsOf(ofStruck)).toEqual(segmentsOf(ofTwin));
      await struck.stop();
      await twin.stop();
      const digest = await digestOf(struck.dataFolder);
      expect(digest).toEqual(await digestOf(twin.dataFolder));
      expect(digest.violations).toEqual([]);
      expect(await rowsThatName(struck, users)).toEqual([]);
      story.note(`${cutOff} of ${STRIKES} kills cut a purge off`);
      if (ARE_ALL_STRUCK) expect(cutOff).toBeGreaterThanOrEqual(LEAST_CUT_OFF * STRIKES);
      expect(struck.leftProcesses()).toEqual([]);
    } catch (error) {
      story.tell();
      throw error;
    }
  });
});
