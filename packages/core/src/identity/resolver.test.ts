import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { IdentityConfig } from "./config.ts";
import { type DistinctTuples, type IdentityGroup, readGroup } from "./group.ts";
import { flattenMerges } from "./merges.ts";
import { resolveGroup, unsettledProfiles } from "./resolve-group.ts";
import { type Resolution, type RowSequence, resolveRows } from "./resolver.ts";
import { type RowIdentity, rowReader } from "./row.ts";

type Row = readonly (readonly [kind: number, raw: string])[];

function reader(config: IdentityConfig): (row: Row) => RowIdentity {
  const read = rowReader(config);
  return (row) => read({ kinds: row.map(([kind]) => kind), raws: row.map(([, raw]) => raw) }, 0, row.length);
}

/** What all implementations have to agree on. */
interface Outcome {
  /** Per row: the profile as numbered at that row, 0 without identifier, "refused". */
  rows: (number | "refused")[];
  profiles: string[];
  ownerships: string[];
  merges: string[];
  conflicts: string[];
  nextProfile: number;
}

/** Point by point what the text says: one row after another, maps, nothing clever. */
function reference(config: IdentityConfig, rows: readonly Row[]): Outcome {
  const read = reader(config);
  const one = new Set(config.kinds.filter((kind) => kind.limit === "one").map((kind) => kind.number));
  const owner = new Map<string, number>();
  const into = new Map<number, number>();
  const out: Outcome = { rows: [], profiles: [], ownerships: [], merges: [], conflicts: [], nextProfile: 1 };

  const valuesOf = (profile: number, kind: number): string[] =>
    [...owner]
      .filter(([key, p]) => p === profile && key.startsWith(`${kind}:`))
      .map(([key]) => key)
      .sort();

  rows.forEach((row, arrival) => {
    const identity = read(row);
    if (identity.outcome !== "identified") {
      out.rows.push(identity.outcome === "refused" ? "refused" : 0);
      return;
    }
    let step = 0;
    const own = (key: string, profile: number): void => {
      if (profile === 0) owner.delete(key);
      else owner.set(key, profile);
      out.ownerships.push(`${arrival}.${step++} ${key} → ${profile}`);
    };
    const take = (kind: number, key: string, profile: number): void => {
      if (one.has(kind)) {
        for (const displaced of valuesOf(profile, kind)) {
          out.conflicts.push(`${arrival} ${displaced}: ${profile} → 0`);
          own(displaced, 0);
        }
      }
      own(key, profile);
    };
    let profile = 0;
    for (const { kind, value } of identity.identifiers) {
      const key = `${kind}:${value}`;
      const before = owner.get(key);
      if (profile === 0) {
        profile = before ?? 0;
        if (profile !== 0) continue;
        profile = out.nextProfile++;
        out.profiles.push(`${profile} @${arrival}`);
        own(key, profile);
      } else if (before === undefined) {
        take(kind, key, profile);
      } else if (before !== profile) {
        const keepsLimits = [...one].every(
          (k) => valuesOf(profile, k).length + valuesOf(before, k).length <= 1,
        );
        if (keepsLimits) {
          const [survivor, old] = [Math.min(profile, before), Math.max(profile, before)];
          for (const [k, p] of owner) if (p === old) owner.set(k, survivor);
          const moved = [old, ...[...into].filter(([, to]) => to === old).map(([from]) => from)].sort(
            (a, b) => a - b,
          );
          for (const from of moved) {
            into.set(from, survivor);
            out.merges.push(`${arrival}.${step} ${from} → ${survivor}`);
          }
          step++;
          profile = survivor;
        } else {
          out.conflicts.push(`${arrival} ${key}: ${before} → ${profile}`);
          take(kind, key, profile);
        }
      }
    }
    out.rows.push(profile);
    assertInvariants();
  });
  return out;

  function assertInvariants(): void {
    for (const [, profile] of owner) {
      for (const kind of one) expect(valuesOf(profile, kind).length).toBeLessThanOrEqual(1);
      expect(into.has(profile)).toBe(false);
    }
  }
}

/** The logs as the data plane holds them, read back as it would be: the latest (arrival, step) wins. */
class Plane {
  readonly owner = new Map<string, number>();
  readonly into = new Map<number, number>();
  readonly out: Outcome = {
    rows: [],
    profiles: [],
    ownerships: [],
    merges: [],
    conflicts: [],
    nextProfile: 1,
  };

  canonical(profile: number): number {
    return this.into.get(profile) ?? profile;
  }

  owners(group: IdentityGroup): number[] {
    return group.texts.map((text, at) => this.canonical(this.owner.get(`${group.kinds[at]}:${text}`) ?? 0));
  }

  holdings(group: IdentityGroup, profiles: ReadonlySet<number>) {
    const one = group.config.kinds.filter(({ limit }) => limit === "one").map(({ number }) => number);
    return [...this.owner].flatMap(([key, owner]) => {
      const [kind, value] = [Number(key.slice(0, key.indexOf(":"))), key.slice(key.indexOf(":") + 1)];
      const profile = this.canonical(owner);
      return one.includes(kind) && profiles.has(profile) ? [{ kind, value, profile }] : [];
    });
  }

  aliases(): Map<number, number[]> {
    const aliases = new Map<number, number[]>();
    for (const [old, to] of [...this.into].sort(([a], [b]) => a - b)) {
      aliases.set(to, [...(aliases.get(to) ?? []), old]);
    }
    return aliases;
  }

  apply(resolution: Resolution): void {
    const { values, created, ownerships } = resolution;
    const key = (value: number): string => `${values.kinds[value]}:${values.texts[value]}`;
    for (const [at, arrival] of created.arrivals.entries()) {
      this.out.profiles.push(`${created.profiles[at]} @${arrival}`);
    }
    for (const [at, value] of ownerships.values.entries()) {
      const profile = ownerships.profiles[at] ?? 0;
      this.owner.set(key(value), profile);
      this.out.ownerships.push(
        `${ownerships.arrivals[at]}.${ownerships.steps[at]} ${key(value)} → ${profile}`,
      );
    }
    for (const merge of flattenMerges(resolution.merges, this.aliases())) {
      this.into.set(merge.old, merge.new);
      this.out.merges.push(`${merge.arrival}.${merge.step} ${merge.old} → ${merge.new}`);
    }
    for (const { value, arrival, from, to } of resolution.conflicts) {
      this.out.conflicts.push(`${arrival} ${key(value)}: ${from} → ${to}`);
    }
    this.out.nextProfile = resolution.nextProfile;
  }
}

/** Each list with its first row. */
function distinct(rows: readonly Row[], from: number): { row: number; identifiers: Row }[] {
  const first = new Map<string, { row: number; identifiers: Row }>();
  rows.forEach((identifiers, index) => {
    const tuple = JSON.stringify(identifiers);
    if (!first.has(tuple)) first.set(tuple, { row: from + index, identifiers });
  });
  return [...first.values()];
}

function inParts(tuples: readonly { row: number; identifiers: Row }[]): DistinctTuples[] {
  const half = Math.ceil(tuples.length / 2);
  return [tuples.slice(0, half), tuples.slice(half)].map((part) => ({
    rows: part.map(({ row }) => row),
    lengths: part.map(({ identifiers }) => identifiers.length),
    kinds: part.flatMap(({ identifiers }) => identifiers.map(([kind]) => kind)),
    raws: part.flatMap(({ identifiers }) => identifiers.map(([, raw]) => raw)),
  }));
}

function sequenceOf(rows: readonly { row: number; tuple: number }[]): RowSequence {
  return { rows: rows.map(({ row }) => row), tuples: rows.map(({ tuple }) => tuple) };
}

/** The way of the server: groups, distinct tuples first, every row where something conflicts. */
async function grouped(
  config: IdentityConfig,
  rows: readonly Row[],
  sizes: readonly number[],
  { rowByRow = false, skip = new Set<number>() } = {},
): Promise<Outcome> {
  const plane = new Plane();
  let from = 0;
  for (let n = 0; from < rows.length; n += 1) {
    const chunk = rows.slice(from, from + (sizes[n % sizes.length] ?? 1));
    const tuples = distinct(chunk, from);
    const group = readGroup(config, inParts(tuples));
    const firstRow = new Map(tuples.map(({ row, identifiers }) => [JSON.stringify(identifiers), row]));
    const first = (row: Row): number => firstRow.get(JSON.stringify(row)) ?? -1;
    const owners = plane.owners(group);
    const state = { owners, holdings: plane.holdings(group, unsettledProfiles(group, owners)) };
    const position = { arrivalFrom: 0, profileFrom: plane.out.nextProfile, skip };
    const all = chunk
      .map((row, at) => ({ row: from + at, tuple: group.rows.indexOf(first(row)) }))
      .filter(({ tuple }) => tuple >= 0);
    const resolution = rowByRow
      ? resolveRows(group, state, position, sequenceOf(all))
      : await resolveGroup(group, state, position, async (chosen) =>
          sequenceOf(all.filter(({ tuple }) => chosen.has(tuple))),
        );
    plane.apply(resolution);
    const refused = new Set(group.refused.map(({ row }) => row));
    const { assignments } = resolution;
    chunk.forEach((row, at) => {
      // As the engine joins: the latest assignment of this tuple at or before this row.
      const latest = assignments.rows.findLastIndex(
        (fromRow, n) => fromRow <= from + at && group.rows[assignments.tuples[n] ?? -1] === first(row),
      );
      plane.out.rows.push(refused.has(first(row)) ? "refused" : (assignments.profiles[latest] ?? 0));
    });
    from += chunk.length;
  }
  return plane.out;
}

/** The assignment of a repeated row may carry the number of an earlier row that has merged away since. */
function canonicalRows(outcome: Outcome): Outcome {
  const into = new Map(
    outcome.merges.map((merge) => {
      const [, from, , to] = merge.split(" ");
      return [Number(from), Number(to)];
    }),
  );
  return { ...outcome, rows: outcome.rows.map((p) => (p === "refused" ? p : (into.get(p) ?? p))) };
}

const kind = (number: number, rest: Partial<IdentityConfig["kinds"][number]> = {}) => ({
  number,
  id: `kind${number}`,
  normalise: ["trim" as const],
  blocked: [],
  priority: 100 - number,
  limit: "many" as const,
  active: true,
  ...rest,
});

const USERID = 1;
const EMAIL = 2;
const COOKIE = 3;
const shop: IdentityConfig = {
  kinds: [
    kind(USERID, { id: "userid", limit: "one", blocked: ["0", "anonymous"] }),
    kind(EMAIL, { id: "email", limit: "one", normalise: ["trim", "lowercase"] }),
    kind(COOKIE, { id: "cookie" }),
  ],
};

const row = (...identifiers: [number, string][]): Row => identifiers;
const user = (value: string): [number, string] => [USERID, value];
const email = (value: string): [number, string] => [EMAIL, value];
const cookie = (value: string): [number, string] => [COOKIE, value];

/** Runs the rows in one group and makes sure that the reference agrees. */
async function resolve(rows: readonly Row[], config = shop): Promise<Outcome> {
  const outcome = await grouped(config, rows, [rows.length]);
  expect(canonicalRows(outcome)).toEqual(canonicalRows(reference(config, rows)));
  return outcome;
}

describe("identity, by name", () => {
  it("gives an unknown visitor a profile and finds it again", async () => {
    expect((await resolve([row(cookie("c1")), row(cookie("c2")), row(cookie(" c1 "))])).rows).toEqual([
      1, 2, 1,
    ]);
  });

  it("merges the cookie's profile into the person who logs in; the smaller number survives", async () => {
    const outcome = await resolve([row(cookie("c1")), row(user("u1"), cookie("c1")), row(user("u1"))]);
    expect(outcome.merges).toEqual(["1.1 2 → 1"]);
    expect(outcome.rows).toEqual([1, 1, 1]);
    expect(outcome.nextProfile).toBe(3);
  });

  it("never issues a number again that was merged away at once", async () => {
    const outcome = await resolve([row(cookie("c1")), row(user("u1"), cookie("c1")), row(cookie("c2"))]);
    expect(outcome.rows).toEqual([1, 1, 3]);
  });

  it("points older merges to the survivor when a profile is merged twice", async () => {
    const outcome = await resolve([
      row(email("a@x")),
      row(user("u1")),
      row(cookie("c1")),
      row(user("u1"), cookie("c1")),
      row(user("u1"), email("a@x")),
    ]);
    expect(outcome.merges).toEqual(["3.0 3 → 2", "4.0 2 → 1", "4.0 3 → 1"]);
  });

  it("shared cookie: it moves to the second person from that row on, earlier rows stay", async () => {
    const outcome = await resolve([
      row(user("u1"), cookie("c1")),
      row(cookie("c1")),
      row(user("u2"), cookie("c1")),
      row(cookie("c1")),
      row(user("u1"), cookie("c1")),
      row(cookie("c1")),
    ]);
    expect(outcome.rows).toEqual([1, 1, 2, 2, 1, 1]);
    expect(outcome.merges).toEqual([]);
    expect(outcome.conflicts).toEqual(["2 3:c1: 1 → 2", "4 3:c1: 2 → 1"]);
  });

  it("moved identifier: a changed e-mail address replaces the old one, which then belongs to nobody", async () => {
    const outcome = await resolve([
      row(user("u1"), email("old@x")),
      row(user("u1"), email("new@x")),
      row(email("new@x")),
      row(email("old@x")),
    ]);
    expect(outcome.rows).toEqual([1, 1, 1, 2]);
    expect(outcome.conflicts).toEqual(["1 2:old@x: 1 → 0"]);
  });

  it("moved identifier: an address taken over from another person displaces the former address", async () => {
    const outcome = await resolve([
      row(user("u1"), email("a@x")),
      row(user("u2"), email("b@x")),
      row(user("u1"), email("b@x")),
      row(email("b@x")),
      row(user("u2")),
    ]);
    expect(outcome.rows).toEqual([1, 2, 1, 1, 2]);
    expect(outcome.conflicts).toEqual(["2 2:b@x: 2 → 1", "2 2:a@x: 1 → 0"]);
  });

  it("keeps at most one userid per profile even where another kind decides", async () => {
    const emailFirst: IdentityConfig = {
      kinds: shop.kinds.map((k) => (k.number === EMAIL ? { ...k, priority: 1000 } : k)),
    };
    const outcome = await resolve(
      [row(email("a@x"), user("u1")), row(email("a@x"), user("u2")), row(user("u2")), row(user("u1"))],
      emailFirst,
    );
    expect(outcome.rows).toEqual([1, 1, 1, 2]);
    expect(outcome.conflicts).toEqual(["1 1:u1: 1 → 0"]);
  });

  it("does not merge two people over a limit that the linking kind does not have", async () => {
    const outcome = await resolve([
      row(email("a@x"), cookie("c1")),
      row(email("b@x"), cookie("c2")),
      row(cookie("c1"), cookie("c2")),
    ]);
    expect(outcome.rows).toEqual([1, 2, 1]);
    expect(outcome.conflicts).toEqual(["2 3:c2: 2 → 1"]);
  });

  it("refuses a row with two values of a kind of which a profile has one, and counts blocked ones as none", async () => {
    const outcome = await resolve([
      row(user("u1"), user("u2")),
      row(user("u1"), user(" u1")),
      row(user("0"), user("anonymous"), email(" ")),
      row(user("anonymous"), user("u1")),
    ]);
    expect(outcome.rows).toEqual(["refused", 1, 0, 1]);
  });

  it("lets a deactivated identifier link nothing more, while past links stay", async () => {
    const rows = [row(user("u1"), cookie("c1")), row(cookie("c1")), row(user("u1"))];
    const inactive = { kinds: shop.kinds.map((k) => (k.number === COOKIE ? { ...k, active: false } : k)) };
    const plane = new Plane();
    for (const [at, config] of [shop, inactive, shop].entries()) {
      const group = readGroup(config, inParts(distinct([rows[at] ?? []], at)));
      const owners = plane.owners(group);
      const state = { owners, holdings: plane.holdings(group, unsettledProfiles(group, owners)) };
      const position = { arrivalFrom: 0, profileFrom: plane.out.nextProfile };
      plane.apply(await resolveGroup(group, state, position, async () => sequenceOf([])));
    }
    expect(plane.out.profiles).toEqual(["1 @0"]);
    expect(plane.owner.get("3:c1")).toBe(1);
  });

  it("orders further identifiers by priority, then the kind's number, then the value", async () => {
    const equal: IdentityConfig = { kinds: [kind(1, { priority: 5 }), kind(2, { priority: 5 })] };
    const read = reader(equal);
    expect(
      read([
        [2, "b"],
        [1, "z"],
        [2, "a"],
        [1, "y"],
      ]),
    ).toMatchObject({
      outcome: "identified",
      identifiers: [
        { kind: 1, value: "y" },
        { kind: 1, value: "z" },
        { kind: 2, value: "a" },
        { kind: 2, value: "b" },
      ],
    });
  });
});

const anyConfig: fc.Arbitrary<IdentityConfig> = fc
  .array(
    fc.record({
      limit: fc.constantFrom("one" as const, "many" as const),
      priority: fc.integer({ min: 1, max: 4 }),
      active: fc.nat(9).map((n) => n !== 0),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((kinds) => ({ kinds: kinds.map((rest, index) => kind(index + 1, { ...rest, blocked: ["x"] })) }));

/** Few lists of few values, each of them many times: what is repeated is what the faster way leaves out. */
const rowsFor = (config: IdentityConfig, values: number): fc.Arbitrary<Row[]> =>
  fc
    .record({
      lists: fc.array(
        fc.array(
          fc.tuple(
            fc.integer({ min: 1, max: config.kinds.length }),
            fc.integer({ min: 0, max: values }).map((n) => (n === values ? "x" : `v${n}`)),
          ),
          { maxLength: 3 },
        ),
        { minLength: 1, maxLength: 10 },
      ),
      picks: fc.array(fc.nat(), { maxLength: 50 }),
    })
    .map(({ lists, picks }) => picks.map((pick) => lists[pick % lists.length] ?? []));

const anyCase = fc.tuple(anyConfig, fc.integer({ min: 2, max: 8 })).chain(([config, values]) =>
  fc.record({
    config: fc.constant(config),
    rows: rowsFor(config, values),
    sizes: fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 }),
  }),
);

describe("identity, of any rows", () => {
  it("gives the result of row by row, whatever the groups", async () => {
    await fc.assert(
      fc.asyncProperty(anyCase, async ({ config, rows, sizes }) => {
        const expected = canonicalRows(reference(config, rows));
        expect(canonicalRows(await grouped(config, rows, sizes))).toEqual(expected);
        expect(canonicalRows(await grouped(config, rows, [1]))).toEqual(expected);
        expect(canonicalRows(await grouped(config, rows, [rows.length + 1]))).toEqual(expected);
        expect(canonicalRows(await grouped(config, rows, sizes, { rowByRow: true }))).toEqual(expected);
      }),
      { numRuns: 1500 },
    );
  });

  it("does not depend on the order where nothing conflicts", async () => {
    const anyOrder = anyConfig.chain((config) =>
      rowsFor(config, 8).chain((rows) =>
        fc.record({
          config: fc.constant(config),
          rows: fc.constant(rows),
          order: fc.shuffledSubarray(
            rows.map((_, index) => index),
            { minLength: rows.length, maxLength: rows.length },
          ),
        }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(anyOrder, async ({ config, rows, order }) => {
        const outcome = await grouped(config, rows, [7]);
        fc.pre(outcome.conflicts.length === 0);
        const straight = canonicalRows(outcome).rows;
        const shuffled = canonicalRows(
          await grouped(
            config,
            order.map((index) => rows[index] ?? []),
            [7],
          ),
        ).rows;
        const back = order.reduce<(number | "refused")[]>((all, index, at) => {
          all[index] = shuffled[at] ?? 0;
          return all;
        }, []);
        expect(partition(back)).toEqual(partition(straight));
      }),
      { numRuns: 300 },
    );
  });
});

describe("identity, without the rows of somebody who was deleted", () => {
  it("gives everybody else the numbers that they had, where nothing conflicts", async () => {
    const anyone = anyCase.chain((one) => fc.record({ one: fc.constant(one), pick: fc.nat() }));
    await fc.assert(
      fc.asyncProperty(anyone, async ({ one: { config, rows, sizes }, pick }) => {
        const outcome = await grouped(config, rows, sizes);
        fc.pre(outcome.conflicts.length === 0 && outcome.profiles.length > 0);
        const before = canonicalRows(outcome).rows;
        const known = [...new Set(before)].filter((profile) => profile !== "refused" && profile !== 0);
        const gone = known[pick % known.length];
        const merged = outcome.merges.flatMap((merge) => {
          const [, from, , to] = merge.split(" ");
          return Number(to) === gone ? [Number(from)] : [];
        });
        const skip = new Set([Number(gone), ...merged]);
        const left = rows.filter((_, at) => before[at] !== gone);
        const after = canonicalRows(await grouped(config, left, sizes, { skip })).rows;
        expect(after).toEqual(before.filter((profile) => profile !== gone));
      }),
      { numRuns: 500 },
    );
  });

  it("refuses rows whose deciding identifier is forgotten, and no others", () => {
    const rows = [
      row(user("gone"), cookie("c1")),
      row(cookie("c1")),
      row(user("u1"), cookie("c1")),
      row(user(" gone ")),
    ];
    const group = readGroup(shop, inParts(distinct(rows, 0)), (_, value) => ["gone", "c1"].includes(value));
    expect(group.refused.map(({ row: first }) => first)).toEqual([0, 1, 3]);
    expect(group.rows).toEqual([2]);
    expect(group.refused[0]?.reason).toBe("names a person who was deleted");
  });
});

/** Which rows belong together, whatever the profiles are called. */
function partition(rows: readonly (number | "refused")[]): string[] {
  const together = new Map<number | "refused", number[]>();
  rows.forEach((profile, index) => {
    together.set(profile, [...(together.get(profile) ?? []), index]);
  });
  return [...together]
    .map(([profile, members]) => `${profile === 0 ? "none" : "one"} ${members.join(" ")}`)
    .sort();
}
