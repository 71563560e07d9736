import { addsUp, PeregrineError } from "@peregrine/core";
import type { FaultSpec } from "@peregrine/ibexa-sandbox";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { wholeOr } from "../harness/share.ts";
import { MortalProcess } from "./mortal-process.ts";
import { activate, openSandbox, openWorld, type World } from "./world.ts";

const PEOPLE = 6;
const DAY = 86_400_000;
let world: World;
let names = 0;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(async () => {
  await world.close();
});

type Step =
  | { readonly kind: "members"; readonly audience: 0 | 1; readonly people: readonly number[] }
  /** The user id of one person moves to another. */
  | { readonly kind: "move"; readonly from: number; readonly to: number }
  | { readonly kind: "fault"; readonly spec: FaultSpec }
  | { readonly kind: "run" }
  | { readonly kind: "dyingRun"; readonly eventsToLive: number }
  | { readonly kind: "later"; readonly ms: number };

const person = fc.integer({ min: 1, max: PEOPLE });
const moment = fc.constantFrom<"before" | "after">("before", "after");
/** More than the attempts at one message, so that a run ends without an answer as often as not. */
const times = fc.integer({ min: 1, max: 8 });
/** Mostly at what brings people in and out. */
const match = fc.option(fc.constant({ action: "membershipChanges" as const }), { freq: 4, nil: {} });

const fault: fc.Arbitrary<FaultSpec> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom("reset" as const, "cut" as const),
      at: moment,
      times,
      match,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("loginPage" as const), at: moment, times, match }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("status" as const),
      status: fc.constantFrom(401, 404, 429, 500, 503),
      at: moment,
      times,
      match,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("status" as const),
      status: fc.constantFrom(400, 413, 422),
      // A refusal says that nothing was done (docs/ibexa-webhook.md, section 7), so there is none afterwards.
      at: fc.constant("before" as const),
      times,
      match,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant("hang" as const), at: moment, times: fc.constant(1), match }),
  },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant("members" as const),
      audience: fc.constantFrom<0 | 1>(0, 1),
      people: fc.uniqueArray(person, { maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("move" as const), from: person, to: person }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("fault" as const), spec: fault }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("run" as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant("dyingRun" as const),
      eventsToLive: fc.integer({ min: 0, max: 30 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant("later" as const), ms: fc.constantFrom(100, 5_000, DAY) }),
  },
);

/** Failures that a run may end with here; anything else is a defect. */
function assertExpected(error: unknown): void {
  if (error instanceof PeregrineError && error.code === "engineUnavailable") return;
  throw error;
}

async function live(steps: readonly Step[]): Promise<void> {
  names += 1;
  const id = `history-${names}`;
  const audiences = [`h${names}-a`, `h${names}-b`] as const;
  const profileOf = (one: number) => names * 1_000 + one;
  const owner = new Map(Array.from({ length: PEOPLE }, (_, at) => [`${id}/u${at + 1}`, at + 1]));
  const members = new Map<string, readonly number[]>(audiences.map((audience) => [audience, []]));
  const sandbox = await openSandbox();
  try {
    const service = world.service();
    const advanced = { batchSize: 4, requestsAtOnce: 2, timeoutSeconds: 0.15 };
    await activate(world, service, { id, baseUrl: sandbox.webhookUrl, audiences, advanced });
    await world.audiences.know([...owner].map(([value, one]) => [profileOf(one), value] as const));

    for (const one of steps) {
      switch (one.kind) {
        case "members": {
          const audience = audiences[one.audience];
          members.set(audience, one.people);
          world.audiences.set(audience, one.people.map(profileOf));
          break;
        }
        case "move": {
          const [value] = [...owner].find(([, holder]) => holder === one.from) ?? [];
          // Whoever has an id already keeps the one: a profile has at most one userid.
          if (value === undefined || [...owner.values()].includes(one.to)) break;
          owner.set(value, one.to);
          await world.audiences.know([[profileOf(one.to), value]]);
          break;
        }
        case "fault":
          sandbox.addFault(one.spec);
          break;
        case "later":
          world.clock.advance(one.ms);
          break;
        case "run":
          await service.run(id, "manual");
          break;
        case "dyingRun":
          await new MortalProcess(world, undefined, one.eventsToLive).service
            .run(id, "manual")
            .catch(assertExpected);
          break;
      }
      for (const { numbers } of (await service.status(id)).segments) expect(addsUp(numbers)).toBe(true);
    }

    sandbox.clearFaults();
    // A run that died goes on with its own plan first, whatever has changed since.
    await service.run(id, "manual");
    let planned = 1;
    for (let again = 0; planned > 0 && again < 6; again += 1) {
      world.clock.advance(DAY + DAY / 5);
      planned = (await service.run(id, "manual")).counts?.["planned"] ?? 1;
    }
    const expected = (audience: string) =>
      [...owner].filter(([, holder]) => members.get(audience)?.includes(holder)).map(([value]) => value);
    for (const audience of audiences) {
      expect([...sandbox.people(audience)].sort()).toEqual(expected(audience).sort());
    }
    expect(planned).toBe(0);
    for (const { numbers } of (await service.status(id)).segments) {
      expect(numbers).toMatchObject({ waiting: 0, refused: 0, leaving: { waiting: 0, refused: 0 } });
    }
  } finally {
    await sandbox.close();
  }
}

it("brings every segment in step in the end, whatever joined, left, failed and died on the way", async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), live), {
    numRuns: wholeOr(12, 4),
    endOnFailure: true,
  });
}, 600_000);
