import { type Catalog, evaluateRule, type ResolvedRule, resolveRule } from "@peregrine/core";
import { expect, it } from "vitest";
import { wholeOr } from "../harness/share.ts";
import { type Arrival, ScheduleWorld } from "./schedule-world.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ZONE = "Europe/Copenhagen";
const START = Date.UTC(2027, 11, 20, 9, 30);
const DAYS = wholeOr(400, 45);
const END = START + DAYS * DAY;

/** What is promised: so long after its cause a change is a membership. */
const PROMISE = MINUTE;

/** A generator of its own, so that a failure comes again. */
function random(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (bound: number) => Math.floor(next() * bound);
  const of = <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item;
  return { next, below, of, chance: (share: number) => next() < share };
}
type Random = ReturnType<typeof random>;

const span = ({ of, below }: Random) =>
  of([
    { last: 1 + below(30), unit: "hours" },
    { last: 1 + below(60), unit: "days" },
    { last: 1 + below(8), unit: "weeks" },
    { last: 1 + below(6), unit: "months" },
  ]);
const ahead = (draw: Random) => {
  const { last: next, unit } = span(draw);
  return { next, unit };
};
const day = ({ below }: Random) => new Date(START + below(DAYS) * DAY).toISOString().slice(0, 10);
const days = (draw: Random) => [day(draw), day(draw)].sort();

/** Every test of a time, of which each kind that time changes comes up often. */
function timeTest(draw: Random): Record<string, unknown> {
  const kinds = [
    () => ({ withinLast: span(draw) }),
    () => ({ moreThanAgo: span(draw) }),
    () => ({ inNext: ahead(draw) }),
    () => ({ anniversaryWithin: { days: draw.below(20) } }),
    () => ({ before: day(draw) }),
    () => ({ onOrAfter: day(draw) }),
    () => ({ between: days(draw) }),
  ];
  return draw.of(kinds)();
}

function did(draw: Random): Record<string, unknown> {
  const where = draw.of([
    {},
    {},
    { where: { property: "amount", atLeast: 2 } },
    { where: { not: { property: "delivered", ...timeTest(draw) } } },
    { where: { property: "delivered", ...timeTest(draw) } },
  ]);
  const event = draw.of(["buy", "visit"]);
  const window = draw.of([
    span(draw),
    span(draw),
    { between: days(draw) },
    { before: day(draw) },
    { after: day(draw) },
  ]);
  if (draw.chance(0.25))
    return { did: { event, ...where, within: window, occurrence: draw.of(["first", "last"]) } };
  const measured = draw.of([
    {},
    { atLeast: 2 },
    { atMost: 1 },
    { measure: { sum: "amount" }, moreThan: 3 },
    { measure: { maximum: "amount" }, atMost: 2 },
  ]);
  return { did: { event, ...where, ...measured, ...(draw.chance(0.85) ? { within: window } : {}) } };
}

function leaf(draw: Random): Record<string, unknown> {
  if (draw.chance(0.6)) return did(draw);
  return draw.chance(0.85)
    ? { have: { attribute: "renewal", ...timeTest(draw) } }
    : { have: { attribute: "country", is: draw.of(["UK", "France"]) } };
}

function rule(draw: Random, named?: string): Record<string, unknown> {
  const kind = draw.below(named === undefined ? 4 : 6);
  if (kind <= 1) return leaf(draw);
  if (kind === 2) return { not: leaf(draw) };
  if (kind === 3) return { [draw.of(["all", "any"])]: [leaf(draw), { not: leaf(draw) }] };
  return { all: [leaf(draw), { not: { inAudience: named } }] };
}

/** Late, in time, or for the future; often at a full hour, where bounds meet. */
function instant(draw: Random, now: number): number {
  const away = draw.of([-90 * DAY, -20 * DAY, -2 * DAY, -HOUR, 10_000, 3 * DAY, 60 * DAY]);
  const at = Math.floor(now + away * (0.2 + draw.next()));
  return draw.chance(0.5) ? at - (at % HOUR) : at;
}

function arrival(draw: Random, world: ScheduleWorld, last: { profile: number }): Arrival {
  const now = world.clock.now();
  const newProfiles = Array.from({ length: draw.below(3) }, () => {
    last.profile += 1;
    return last.profile;
  });
  const known = [...world.survivors(), ...newProfiles];
  const [old, survivor] = [draw.of(known), draw.of(known)];
  const merges =
    known.length > 5 && draw.chance(0.2) && old !== survivor && !newProfiles.includes(old)
      ? [[old, survivor] as const]
      : [];
  const attributes = Array.from({ length: known.length === 0 ? 0 : draw.below(3) }, () => {
    const named = { profile: draw.of(known), time: now - draw.below(3) * DAY };
    return draw.chance(0.7)
      ? { ...named, attribute: "renewal" as const, value: draw.chance(0.1) ? null : instant(draw, now) }
      : { ...named, attribute: "country" as const, value: draw.of(["UK", "France", null]) };
  });
  const orders = Array.from({ length: known.length === 0 ? 0 : draw.below(4) }, () => ({
    profile: draw.of(known),
    type: draw.of(["buy", "visit"] as const),
    time: instant(draw, now),
    amount: draw.chance(0.2) ? undefined : BigInt(draw.below(4)) * 1_000_000n,
    delivered: draw.chance(0.3) ? undefined : instant(draw, now),
  }));
  return { newProfiles, merges, attributes, orders, overwrite: draw.chance(0.1) };
}

it(`no membership is wrong for longer than a minute, in ${DAYS} days of random data, rules and changes`, async () => {
  const draw = random(20_260_101);
  const world = await ScheduleWorld.open(START, ZONE);
  try {
    const ids = Array.from({ length: 7 }, (_, at) => `a${at + 10}`);
    const rules = new Map<string, unknown>();
    const save = async (id: string) => {
      // Only earlier ones are named, so that no circle comes of it.
      const named = id === ids[0] ? undefined : ids[draw.below(ids.indexOf(id))];
      const made = rule(draw, named);
      await world.definitions.apply([{ kind: "audience", id, name: id, rule: made }], {
        origin: "api",
        by: "test",
      });
      rules.set(id, made);
    };
    for (const id of ids) await save(id);
    const resolved = () => {
      const audiences = new Map([...rules].map(([id, of]) => [id, { name: id, rule: of }]));
      const catalog: Catalog = { ...world.catalog, audiences };
      return new Map(
        ids.map((id): [string, ResolvedRule] => {
          const found = resolveRule(rules.get(id), catalog, id);
          if ("faults" in found) throw new Error(JSON.stringify({ rule: rules.get(id), ...found }));
          return [id, found.ok];
        }),
      );
    };
    const inMemory =
      (found: ReadonlyMap<string, ResolvedRule>, people: ReturnType<ScheduleWorld["people"]>) =>
      (asOf: number) =>
        new Map(
          ids.map((id) => [
            id,
            [...people]
              .filter(([, person]) =>
                evaluateRule(found.get(id) as ResolvedRule, person, { asOf, timeZone: ZONE }),
              )
              .map(([profile]) => profile)
              .sort((left, right) => left - right),
          ]),
        );

    const last = { profile: 0 };
    let nextArrival = START;
    const tally = { checks: 0, evaluations: 0, changed: 0, arrivals: 0, definitions: 0 };
    let members: ReadonlyMap<string, readonly number[]> = new Map();
    while (world.clock.now() < END) {
      const now = world.clock.now();
      if (now >= nextArrival) {
        tally.arrivals += 1;
        await world.publish(arrival(draw, world, last));
        if (draw.chance(0.35)) {
          tally.definitions += 1;
          await save(draw.of(ids));
        }
        nextArrival = now + Math.floor(draw.next() * 10 * DAY);
        // The check that follows is up to a minute later.
        world.clock.advance(draw.below(PROMISE));
      }
      const checked = world.clock.now();
      const { sequence, counts, failed } = await world.audiences.checkAll(checked);
      tally.checks += 1;
      expect(failed).toEqual([]);
      const truth = inMemory(resolved(), world.people());
      const found = await world.members(ids);
      expect(found, new Date(checked).toISOString()).toEqual(truth(checked));
      expect(new Map([...counts].map(([id, { size }]) => [id, size]))).toEqual(
        new Map([...found].map(([id, people]) => [id, people.length])),
      );
      const states = [...(await world.store.audienceChecks.of(ids)).values()];
      tally.evaluations += states.filter(({ evaluation }) => evaluation?.sequence === sequence).length;
      if (JSON.stringify([...found]) !== JSON.stringify([...members])) tally.changed += 1;
      members = found;

      const moments = states.flatMap(({ evaluation }) => evaluation?.nextMoment ?? []);
      const cause = Math.min(END, nextArrival, ...moments);
      const lookedAt = [
        cause - 1,
        ...[1, 2].map(() => checked + Math.floor(draw.next() * (cause - checked))),
      ];
      for (const at of lookedAt.filter((one) => one > checked && one < cause)) {
        expect(
          truth(at),
          `${new Date(at).toISOString()}, checked ${new Date(checked).toISOString()}`,
        ).toEqual(found);
      }
      const late = cause === nextArrival ? 0 : draw.below(PROMISE);
      world.clock.advance(Math.max(1, cause + late - checked));
    }
    // Memberships came and went all the time, and not because everything was evaluated at every check.
    expect(tally.arrivals).toBeGreaterThan(DAYS / 10);
    expect(tally.changed).toBeGreaterThan(DAYS * 0.15);
    expect(tally.evaluations).toBeLessThan(tally.checks * ids.length * 0.6);
  } finally {
    await world.close();
  }
}, 600_000);
