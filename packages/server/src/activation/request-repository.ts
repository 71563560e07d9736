import type { RequestOutcome } from "@peregrine/core";
import type { Engine, Parameters } from "../engine/engine.ts";

/** Names one request among all of an activation. */
export interface RequestKey {
  readonly run: number;
  readonly epoch: number;
  /** From 0 within the run's epoch. */
  readonly request: number;
}

/** Which requests are asked for; what is left out restricts nothing. Instants in ms UTC. */
export interface RequestFilter {
  readonly run?: number | undefined;
  readonly outcome?: RequestOutcome | undefined;
  readonly code?: string | undefined;
  /** 0: no answer came. */
  readonly status?: number | undefined;
  readonly action?: string | undefined;
  /** Messages about changes of this audience. */
  readonly audience?: string | undefined;
  /** Messages about changes of this person. */
  readonly personId?: string | undefined;
  readonly from?: number | undefined;
  /** Before this instant. */
  readonly to?: number | undefined;
}

/** One request as it was kept; `answer` without secrets. */
export interface StoredRequest extends RequestKey {
  readonly action: string;
  readonly sentAt: number;
  readonly durationMs: number;
  readonly status: number;
  readonly outcome: RequestOutcome;
  /** Empty when it was accepted. */
  readonly code: string;
  readonly answer: string;
  readonly changes: number;
}

/** Refusals of one run with the same answer, apart from ids and numbers in it. */
export interface RunRefusal {
  readonly code: string;
  /** One of the answers. */
  readonly reason: string;
  readonly people: number;
}

export interface RequestChange {
  readonly audience: string;
  readonly personId: string;
  readonly membership: boolean;
}

/** The place of a request in the list, newest first. */
export type RequestPosition = readonly [sentAt: number, run: number, epoch: number, request: number];

const COLUMNS = `request.run AS run, request.epoch AS epoch, request.request AS request,
  toString(request.action) AS action, toUnixTimestamp64Milli(request.sent_at) AS sentAt,
  request.duration_ms AS durationMs, request.status AS status, toString(request.outcome) AS outcome,
  request.code AS code, request.answer AS answer, request.changes AS changes`;

/** So many different answers are told. */
const REASONS = 100;

/** A filter's column and type; each is bound under its own name. */
const EQUALS = {
  run: ["run", "UInt64"],
  outcome: ["outcome", "String"],
  code: ["code", "String"],
  status: ["status", "UInt16"],
  action: ["action", "String"],
} as const satisfies Partial<Record<keyof RequestFilter, readonly [column: string, type: string]>>;

/** Reads the request log, and through the plans whom a request was about. */
export class RequestRepository {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /**
   * @param since requests before this instant (ms UTC) are no longer kept, whether they are deleted already or not
   * @param after the last one of the page before
   */
  async page(
    activation: number,
    filter: RequestFilter,
    { since, after, limit }: { since: number; after: RequestPosition | undefined; limit: number },
  ): Promise<StoredRequest[]> {
    const conditions = [
      "request.activation = {rq_activation:UInt32}",
      "request.sent_at >= fromUnixTimestamp64Milli({rq_from:Int64}, 'UTC')",
    ];
    const parameters: Record<string, Parameters[string]> = {
      rq_activation: activation,
      rq_from: Math.max(since, filter.from ?? 0),
      rq_limit: limit,
    };
    for (const [name, [column, type]] of Object.entries(EQUALS)) {
      const value = filter[name as keyof typeof EQUALS];
      if (value === undefined) continue;
      conditions.push(`request.${column} = {rq_${name}:${type}}`);
      parameters[`rq_${name}`] = value;
    }
    if (filter.to !== undefined) {
      conditions.push("request.sent_at < fromUnixTimestamp64Milli({rq_to:Int64}, 'UTC')");
      parameters["rq_to"] = filter.to;
    }
    if (after !== undefined) {
      const [sentAt, run, epoch, request] = after;
      conditions.push(`(request.sent_at, request.run, request.epoch, request.request)
        < (fromUnixTimestamp64Milli({rq_after:Int64}, 'UTC'), {rq_after_run:UInt64}, {rq_after_epoch:UInt32}, {rq_after_request:UInt32})`);
      Object.assign(parameters, {
        rq_after: sentAt,
        rq_after_run: run,
        rq_after_epoch: epoch,
        rq_after_request: request,
      });
    }
    const planned = plannedFor(filter);
    conditions.push(...planned.conditions);
    return this.#engine.query(
      `SELECT ${COLUMNS}
      FROM delivery_request AS request ${planned.sql}
      WHERE ${conditions.join(" AND ")}
      ORDER BY request.sent_at DESC, request.run DESC, request.epoch DESC, request.request DESC
      LIMIT {rq_limit:UInt32}`,
      { ...parameters, ...planned.parameters },
    );
  }

  /**
   * Why people were refused in a run, equal answers together, the most frequent first. Refused batches are halved
   * until each refused person stands alone, so the messages about one person tell all.
   * @param since as for {@link page}
   */
  async refusalsOf(activation: number, run: number, since: number): Promise<RunRefusal[]> {
    return this.#engine.query(
      `SELECT request.code AS code, any(request.answer) AS reason,
        toUInt32(uniqExact(plan.audience, plan.person_id)) AS people
      FROM delivery_request AS request
      INNER JOIN (
        SELECT epoch, n, audience, person_id FROM plan_change WHERE run = {rq_run:UInt64}
      ) AS plan ON plan.epoch = request.epoch AND plan.n = request.first_n
      WHERE request.activation = {rq_activation:UInt32} AND request.run = {rq_run:UInt64}
        AND request.sent_at >= fromUnixTimestamp64Milli({rq_from:Int64}, 'UTC')
        AND request.outcome = 'refused' AND request.changes = 1
      GROUP BY code, replaceRegexpAll(replaceAll(request.answer, plan.person_id, '…'), '[0-9]+', '0')
      ORDER BY people DESC, code LIMIT ${REASONS}`,
      { rq_activation: activation, rq_run: run, rq_from: since },
    );
  }

  /** One request with everybody whom it was about, in the order of the message. */
  async one(
    activation: number,
    { run, epoch, request }: RequestKey,
  ): Promise<(StoredRequest & { readonly people: RequestChange[] }) | undefined> {
    const [found] = await this.#engine.query<StoredRequest & { first: number; last: number }>(
      `SELECT ${COLUMNS}, first_n AS first, last_n AS last FROM delivery_request AS request
      WHERE activation = {rq_activation:UInt32} AND run = {rq_run:UInt64} AND epoch = {rq_epoch:UInt32}
        AND request = {rq_request:UInt32}
      LIMIT 1`,
      { rq_activation: activation, rq_run: run, rq_epoch: epoch, rq_request: request },
    );
    if (found === undefined) return undefined;
    const { first, last, ...kept } = found;
    if (kept.changes === 0) return { ...kept, people: [] };
    const people = await this.#engine.query<Omit<RequestChange, "membership"> & { membership: number }>(
      `SELECT toString(audience) AS audience, person_id AS personId, membership FROM plan_change
      WHERE run = {rq_run:UInt64} AND epoch = {rq_epoch:UInt32} AND n BETWEEN {rq_first:UInt64} AND {rq_last:UInt64}
      ORDER BY n`,
      { rq_run: run, rq_epoch: epoch, rq_first: first, rq_last: last },
    );
    return { ...kept, people: people.map((change) => ({ ...change, membership: change.membership === 1 })) };
  }
}

/**
 * A join that leaves the requests about an audience or a person. In a plan an audience's changes stand side by side in
 * each of its parts, so that their first and last number tell whether a message holds one of them.
 */
function plannedFor({ audience, personId }: RequestFilter): {
  readonly sql: string;
  readonly conditions: readonly string[];
  readonly parameters: Parameters;
} {
  if (audience === undefined && personId === undefined) return { sql: "", conditions: [], parameters: {} };
  // The parts of a plan begin at multiples of 2^30.
  const span = personId === undefined ? "bitShiftRight(n, 30)" : "n";
  return {
    sql: `INNER JOIN (
      SELECT run, epoch, groupArray((first, last)) AS spans
      FROM (
        SELECT run, epoch, min(n) AS first, max(n) AS last FROM plan_change
        WHERE run IN (SELECT run FROM delivery_request WHERE activation = {rq_activation:UInt32})
          ${audience === undefined ? "" : "AND audience = {rq_audience:String}"}
          ${personId === undefined ? "" : "AND person_id = {rq_person:String}"}
        GROUP BY run, epoch, ${span}
      )
      GROUP BY run, epoch
    ) AS planned ON planned.run = request.run AND planned.epoch = request.epoch`,
    conditions: [
      "request.changes > 0",
      "arrayExists(span -> request.first_n <= span.2 AND request.last_n >= span.1, planned.spans)",
    ],
    parameters: {
      ...(audience === undefined ? {} : { rq_audience: audience }),
      ...(personId === undefined ? {} : { rq_person: personId }),
    },
  };
}
