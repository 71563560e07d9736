/**
 * The tables of the data plane, by version. All data on disk before an insert is acknowledged, and the directory
 * entry too: measured by killing, not one acknowledged row was lost. A released version is never edited: a change
 * is a new one.
 *
 * Columns that many tables share:
 * `op` the operation that wrote the row, invisible until that is published (see snapshot.ts) ·
 * `arrival` the row's place in the order of everything that ever came · `step` the order within one arrival ·
 * `profile` a profile's number, from 1 on.
 */
export const DURABLE = "fsync_after_insert = 1, fsync_part_directory = 1";

const ENUM_STATE = "Enum8('out' = 0, 'in' = 1, 'unknown' = 2)";
const MOMENT = "DateTime64(3, 'UTC')";
const OWNERSHIP = `op UInt64, kind UInt32, value String, profile UInt32, arrival UInt64, step UInt32`;

function table(name: string, columns: string, orderBy: string, engine = "MergeTree", ttl = ""): string {
  return `CREATE TABLE IF NOT EXISTS ${name} (${columns}) ENGINE = ${engine} ORDER BY ${orderBy} ${ttl} SETTINGS ${DURABLE}`;
}

/** What a new, empty database is given before anything else; knows of itself which versions were applied. */
export const INSTALLATION_TABLE = table(
  "installation",
  `id String, version UInt32, applied_at ${MOMENT}`,
  "(version, applied_at)",
);

export interface Migration {
  readonly version: number;
  /** Each can be run twice. */
  readonly statements: readonly string[];
}

export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    statements: [
      // Every row as it came; everything else can be made from these again.
      table(
        "import_row",
        "op UInt64, import UInt32, arrival UInt64, line UInt32, cells Array(String)",
        "arrival",
      ),
      table(
        "refused_row",
        "op UInt64, import UInt32, line UInt32, `column` String, reason String, raw String",
        "(import, line)",
      ),
      // Every profile number ever issued.
      table("profile", "op UInt64, profile UInt32, arrival UInt64", "profile"),
      // `new` was the surviving profile at that time; chains are never written: older pointers are pointed anew by a
      // later row. The row with the highest (arrival, step) counts.
      table("profile_merge", "op UInt64, old UInt32, new UInt32, arrival UInt64, step UInt32", "old"),
      // Who owns an identifier's value: the row with the highest (arrival, step).
      table("identifier", OWNERSHIP, "(kind, value)"),
      // The same rows, to be found by profile.
      table("identifier_of_profile", OWNERSHIP, "(profile, kind, value)"),
      table(
        "identity_conflict",
        "op UInt64, arrival UInt64, kind UInt32, value String, from_profile UInt32, to_profile UInt32",
        "arrival",
      ),
      // One value of one attribute from one dataflow; one of the typed columns holds it. `attribute` is the number of
      // the column in the catalog.
      table(
        "attribute",
        `op UInt64, import UInt32, dataflow UInt32, attribute UInt32, profile UInt32, time ${MOMENT}, tie String,
         arrival UInt64, is_null UInt8, text String, number Decimal(18, 6), flag UInt8, moment ${MOMENT},
         list Array(String)`,
        "(attribute, profile, time)",
      ),
      // The keys of events whose dataflow maps one: an event with a known key is not written again.
      table("event_key", "op UInt64, dataflow UInt32, import UInt32, key UInt128", "(dataflow, key)"),
      // Only differences: who entered (1), who left (0).
      table(
        "membership",
        `op UInt64, audience LowCardinality(String), profile UInt32, member UInt8, sequence UInt64, at ${MOMENT}`,
        "(audience, profile, sequence)",
      ),
      table(
        "plan_change",
        `run UInt64, epoch UInt32, n UInt32, audience LowCardinality(String), person_id String, membership UInt8,
         prior ${ENUM_STATE}`,
        "(run, epoch, n)",
      ),
      // What the destination holds of a person; `version` is epoch * 2^40 + sequence, the highest counts.
      table(
        "delivery_state",
        `activation UInt32, audience LowCardinality(String), person_id String, state ${ENUM_STATE}, attempted UInt8,
         epoch UInt32, sequence UInt64, at ${MOMENT}, version UInt64`,
        "(activation, audience, person_id)",
        "ReplacingMergeTree(version)",
      ),
      // `attempts` = 0 says that the refusal is over.
      table(
        "delivery_refusal",
        `activation UInt32, audience LowCardinality(String), person_id String, membership UInt8, code String,
         reason String, attempts UInt16, at ${MOMENT}, next_attempt_at ${MOMENT}, version UInt64`,
        "(activation, audience, person_id)",
        "ReplacingMergeTree(version)",
      ),
      table(
        "delivery_request",
        `activation UInt32, run UInt64, epoch UInt32, request UInt32, action LowCardinality(String), sent_at ${MOMENT},
         duration_ms UInt32, status UInt16, outcome LowCardinality(String), code String, answer String,
         changes UInt32, first_n UInt32, last_n UInt32`,
        "(activation, sent_at)",
        "MergeTree",
        "TTL toDateTime(sent_at) + INTERVAL 14 DAY",
      ),
    ],
  },
  {
    version: 2,
    statements: [
      // Stretches of a plan whose messages may have left: unknown, until the row with `settled` says otherwise.
      table(
        "delivery_intent",
        `activation UInt32, run UInt64, epoch UInt32, first_n UInt32, last_n UInt32, sequence UInt64, at ${MOMENT},
         settled UInt8`,
        "(activation, run, epoch, first_n)",
        "ReplacingMergeTree(settled)",
      ),
    ],
  },
  {
    version: 3,
    statements: [
      // Who is known to be in which segment, by another CDP; kept for a month.
      table(
        "member_list",
        `list UInt32, audience String, person_id String, at ${MOMENT}`,
        "(list, audience, person_id)",
        "ReplacingMergeTree",
        "TTL toDateTime(at) + INTERVAL 30 DAY",
      ),
    ],
  },
];
