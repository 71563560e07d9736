import {
  type CompiledNeeds,
  type CompiledRules,
  compileInPasses,
  compileRules,
  type Moment,
  masksSql,
  type ResolvedRule,
} from "@peregrine/core";
import {
  acrossSql,
  type Engine,
  eventTable,
  exactlyInPiece,
  type Parameters,
  type Piece,
  published,
  views,
} from "../engine/index.ts";
import type { Snapshot } from "../store/index.ts";
import { RULE_SETTINGS } from "./rule-settings.ts";
import { askInPasses } from "./rules-in-passes.ts";
import { tiedAttributes } from "./tied-attributes.ts";

/** How many people an audience has, and how many an evaluation brought in and took out. */
export interface MembershipCounts {
  readonly size: number;
  readonly entered: number;
  readonly left: number;
}

/** What an evaluation takes on at once. */
export interface PieceSize {
  /** At most so many profiles, and so many events. */
  readonly profiles: number;
  readonly events: number;
  /** Of so many profiles on, rules that need so many passes are evaluated in passes; fewer in one statement. */
  readonly inPasses: { readonly profiles: number; readonly passes: number };
}

/**
 * Memory goes with both: each profile has a state for every condition, and a distinct count keeps values of events.
 * More pieces than needed cost time, for each is a statement of its own, and analysing one with 250 conditions takes
 * half a second.
 */
const PIECE: PieceSize = {
  profiles: 600_000,
  events: 16_000_000,
  inPasses: { profiles: 50_000, passes: 8 },
};

const BITS = 64;

/** Compares what rules find with who is a member, and writes the difference. */
export class MembershipRepository {
  readonly #engine: Engine;
  readonly #piece: PieceSize;

  constructor(engine: Engine, piece: PieceSize = PIECE) {
    this.#engine = engine;
    this.#piece = piece;
  }

  /**
   * Writes who entered and who left since the evaluations that the snapshot sees, under the operation
   * `sequence`. Who is compared are people: numbers that were merged count as the one they became. Whoever enters
   * is written by that number; whoever leaves by every number under which they had entered.
   *
   * @param audiences in the order of their rules
   */
  async writeDifferences(
    snapshot: Snapshot,
    audiences: readonly string[],
    rules: readonly ResolvedRule[],
    moment: Moment,
    sequence: number,
  ): Promise<void> {
    const known = { tiedAttributes: await tiedAttributes(this.#engine, rules) };
    const table = `rule_passes_${sequence}`;
    const apart = compileInPasses(rules, moment, known, table);
    const whole = compileRules(rules, moment, known);
    const extent = await this.#extent(whole.needs);
    const { profiles, passes } = this.#piece.inPasses;
    const isInPasses = extent.profiles >= profiles && apart.passes.length >= passes;
    const write = async (compiled: CompiledRules, piece: Piece | undefined) => {
      const head = views(snapshot, { ...compiled.needs, piece });
      const difference = differenceSql(snapshot, audiences, compiled, piece);
      await this.#engine.command(
        `INSERT INTO membership (op, audience, profile, member, sequence, at)
${head.sql}SELECT {ev_sequence:UInt64}, {ev_audiences:Array(String)}[change.1], change.2, change.3,
  {ev_sequence:UInt64}, {ev_at:DateTime64(3, 'UTC')}
FROM (${difference.sql})`,
        {
          ...head.parameters,
          ...difference.parameters,
          ...compiled.parameters,
          ev_sequence: sequence,
          ev_at: new Date(moment.asOf).toISOString(),
        },
        { settings: RULE_SETTINGS },
      );
    };
    for (const piece of await this.#pieces(snapshot, extent)) {
      if (isInPasses) {
        const rest = { snapshot, piece, compiled: apart, table };
        await askInPasses(this.#engine, rest, () => write(apart.rules, piece));
      } else {
        await write(whole, piece);
      }
    }
  }

  /** What the operation `sequence` has written so far, and the sizes after it; also while it is open. */
  async counts(
    snapshot: Snapshot,
    audiences: readonly string[],
    sequence: number,
  ): Promise<ReadonlyMap<string, MembershipCounts>> {
    const sizes = await this.#sizes(snapshot, audiences, sequence);
    const head = views(snapshot, { merges: true });
    const changed = await this.#engine.query<{
      readonly audience: string;
      readonly entered: number;
      readonly left: number;
    }>(
      `${head.sql}SELECT toString(changed.audience) AS audience, toUInt32(countIf(changed.member = 1)) AS entered,
  toUInt32(uniqExactIf(if(merged.new = 0, changed.profile, merged.new), changed.member = 0)) AS left
FROM (
  SELECT audience, profile, member FROM membership
  WHERE op = {ev_sequence:UInt64} AND audience IN {ev_audiences:Array(String)}
) AS changed
LEFT ANY JOIN merge_view AS merged ON merged.old = changed.profile
GROUP BY changed.audience`,
      { ...head.parameters, ev_audiences: audiences, ev_sequence: sequence },
    );
    const found = new Map(changed.map((one) => [one.audience, one]));
    return new Map(
      audiences.map((id) => {
        const { entered = 0, left = 0 } = found.get(id) ?? {};
        return [id, { size: sizes.get(id) ?? 0, entered, left }];
      }),
    );
  }

  /**
   * How many people are in each audience: the numbers that entered and did not leave, without those that belong to a
   * person who is there by another number too. Only people who were merged can be, so that nobody else is grouped.
   */
  async #sizes(
    snapshot: Snapshot,
    audiences: readonly string[],
    own: number,
  ): Promise<ReadonlyMap<string, number>> {
    const head = views(snapshot, { merges: true });
    const seen = published(snapshot, undefined, own);
    const rows = `FROM membership WHERE audience IN {ev_audiences:Array(String)} AND ${seen.sql}`;
    const found = await this.#engine.query<{ readonly id: string; readonly size: number }>(
      `${head.sql}SELECT toString(audience) AS id, toUInt32(sum(numbers)) AS size FROM (
  SELECT audience, sum(if(member = 1, 1, -1)) AS numbers ${rows} GROUP BY audience
  UNION ALL
  SELECT audience, toInt64(uniqExact(if(merged.new = 0, number, merged.new))) - toInt64(count()) AS numbers
  FROM (
    SELECT audience, profile AS number ${rows} AND profile IN (SELECT arrayJoin([old, new]) FROM merge_view)
    GROUP BY audience, profile HAVING sum(if(member = 1, 1, -1)) = 1
  ) AS held
  LEFT ANY JOIN merge_view AS merged ON merged.old = held.number
  GROUP BY audience
) GROUP BY audience`,
      { ...head.parameters, ...seen.parameters, ev_audiences: audiences },
    );
    return new Map(found.map(({ id, size }) => [id, size]));
  }

  /** How many numbers of profiles there are, and how many events of those that are read. */
  async #extent(needs: CompiledNeeds): Promise<Extent> {
    const events = needs.events.map(({ schema }) => `(SELECT count() FROM ${eventTable(schema)})`);
    const [row] = await this.#engine.query<{ readonly last: number; readonly events: number }>(
      `SELECT max(profile) AS last, toUInt64(${["0", ...events].join(" + ")}) AS events FROM profile`,
    );
    return { profiles: row?.last ?? 0, events: row?.events ?? 0 };
  }

  /** All people, cut so that one piece needs little memory; one undefined where nothing is cut. */
  async #pieces(snapshot: Snapshot, { profiles, events }: Extent): Promise<readonly (Piece | undefined)[]> {
    const size = this.#piece;
    const count = Math.max(1, Math.ceil(profiles / size.profiles), Math.ceil(events / size.events));
    if (count === 1) return [undefined];
    const cut = { size: Math.ceil((profiles + 1) / count), last: count - 1 };
    const across = await this.#across(snapshot, cut);
    // The last piece has no end: members may have a number that no profile has any more.
    const ranges = (pieces: number) =>
      Array.from({ length: pieces }, (_, at) => ({
        from: Math.floor((at * cut.size * count) / pieces),
        to: at === pieces - 1 ? NO_PROFILE : Math.floor(((at + 1) * cut.size * count) / pieces),
        cut,
      }));
    return [
      ...ranges(count).map((range) => ({ ...range, across: across === 0 ? "none" : "without" }) as const),
      ...ranges(Math.ceil(across / cut.size)).map((range) => ({ ...range, across: "only" }) as const),
    ];
  }

  /** How many people have numbers of several pieces. */
  async #across(snapshot: Snapshot, cut: Piece["cut"]): Promise<number> {
    const head = views(snapshot, {});
    const [row] = await this.#engine.query<{ readonly people: number }>(
      `${head.sql}SELECT toUInt32(uniqExact(new)) AS people FROM (${acrossSql(cut)})`,
      head.parameters,
    );
    return row?.people ?? 0;
  }
}

interface Extent {
  readonly profiles: number;
  readonly events: number;
}

/** Above every number that a profile can have. */
const NO_PROFILE = 2 ** 32;

/** One expression for each 64 audiences. */
function words(audiences: readonly unknown[], of: (word: number) => string): string {
  return Array.from({ length: Math.ceil(audiences.length / BITS) }, (_, at) => of(at)).join(", ");
}

/**
 * `SELECT change`: (number of the audience from 1, number of the profile, 1 for entering or 0 for leaving). Compared
 * are bits, 64 audiences at once, one row for each person: of 100 audiences that is a hundredth of the rows of
 * membership.
 */
function differenceSql(
  snapshot: Snapshot,
  audiences: readonly string[],
  { sql, columns }: CompiledRules,
  piece: Piece | undefined,
): { readonly sql: string; readonly parameters: Parameters } {
  const members = membersSql(snapshot, audiences, piece);
  const each = (of: (word: number) => string) => words(audiences, of);
  // As bytes first: one addition of 64 took the engine twice as long to analyse as all the rest.
  const holds = masksSql(columns);
  const bits = (mask: string, word: number, profile: string, member: 0 | 1) =>
    `arrayMap(bit -> (toUInt32(bit + ${word * BITS + 1}), ${profile}, toUInt8(${member})), bitPositionsToArray(${mask}))`;
  const changes = each((word) => {
    const gone = (was: string) => `bitAnd(${was}, bitNot(now${word}))`;
    return [
      bits(`bitAnd(now${word}, bitNot(was${word}))`, word, "person", 1),
      bits(gone(`own${word}`), word, "person", 0),
      `arrayFlatten(arrayMap(other -> ${bits(gone(`other.2[${word + 1}]`), word, "other.1", 0)}, others))`,
    ].join(", ");
  });
  return {
    sql: `SELECT arrayJoin(arrayConcat(${changes})) AS change
FROM (
  SELECT person, ${each((at) => `groupBitOr(holds${at}) AS now${at}`)}, ${each((at) => `groupBitOr(in${at}) AS was${at}`)},
    ${each((at) => `groupBitOrIf(in${at}, number = person) AS own${at}`)},
    groupArrayIf((number, [${each((at) => `in${at}`)}]), number != person AND was_member) AS others
  FROM (
    SELECT profile AS person, profile AS number, 0 AS was_member, ${each((at) => `${holds[at]} AS holds${at}`)},
      ${each((at) => `toUInt64(0) AS in${at}`)}
    FROM (${sql})
    UNION ALL
    SELECT person, number, 1, ${each(() => "toUInt64(0)")}, ${each((at) => `in${at}`)} FROM (${members.sql})
  )
  GROUP BY person
)
WHERE ${each((at) => `now${at} != was${at}`).replaceAll(", ", " OR ")}`,
    parameters: members.parameters,
  };
}

/**
 * `SELECT person, number, in0, …`: for each number that is in any of the audiences the canonical one, and as bits in
 * which. Reads `merge_view`. What is written of a number and an audience says in turn that it entered and that it
 * left, so an odd count of rows is a member. That is a sum without carry, and the order needs not be known.
 */
function membersSql(
  snapshot: Snapshot,
  audiences: readonly string[],
  piece: Piece | undefined,
  own?: number,
): { readonly sql: string; readonly parameters: Parameters } {
  const seen = published(snapshot, undefined, own);
  // Looked up once for each audience, as the column is a dictionary; `indexOf` looked for each row.
  const numbers = `CAST(range(1, ${audiences.length + 1}), 'Array(UInt32)')`;
  const bit = (word: number) => {
    const first = word * BITS;
    return `groupBitXor(if(at > ${first} AND at <= ${first + BITS}, bitShiftLeft(toUInt64(1), toUInt8(at - ${first + 1})), toUInt64(0))) AS in${word}`;
  };
  return {
    sql: `SELECT if(merged.new = 0, latest.number, merged.new) AS person, latest.number AS number,
    ${words(audiences, (at) => `latest.in${at} AS in${at}`)}
  FROM (
    SELECT profile AS number, ${words(audiences, bit)}
    FROM (
      SELECT profile, transform(audience, {ev_audiences:Array(String)}, ${numbers}, toUInt32(0)) AS at FROM membership
      WHERE audience IN {ev_audiences:Array(String)} AND ${seen.sql}${piece === undefined ? "" : ` AND ${exactlyInPiece(piece)}`}
    )
    GROUP BY profile
  ) AS latest
  LEFT ANY JOIN merge_view AS merged ON merged.old = latest.number`,
    parameters: { ...seen.parameters, ev_audiences: audiences },
  };
}
