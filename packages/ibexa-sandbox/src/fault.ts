import { Checker, type Fault } from "./checker.ts";
import { UPDATE_TYPES, type UpdateType } from "./message.ts";

/** Whether the fault strikes before the message is worked on, or after it was done. */
export type Moment = "before" | "after";

/** How `Retry-After` is written: `7`, or the HTTP date in 7 seconds. */
export type RetryAfterForm = "seconds" | "date";

/** Whether a person is refused wherever they stand, only in a batch of one, or only among others. */
type Company = "any" | "alone" | "together";

interface Scope {
  /** How many requests it hits before it is spent; without it, all. */
  times?: number;
  /** Matching requests that it lets pass first. */
  skip?: number;
  /** Share of the matching requests that it hits, 0 to 1, drawn from `seed`. */
  probability?: number;
  seed?: number;
  match?: FaultMatch;
}

/** Which requests; all that is named must hold. */
export interface FaultMatch {
  action?: UpdateType | UpdateType[];
  /** The message names this audience. */
  audience?: string;
  /** The message names this person. */
  person?: string;
  /** The message carries at least so many changes. */
  minChanges?: number;
}

export type FaultSpec = Scope &
  (
    | { kind: "latency"; ms: number; toMs?: number }
    | { kind: "hang"; at?: Moment }
    | {
        kind: "status";
        status: number;
        at?: Moment;
        retryAfterSeconds?: number;
        retryAfterForm?: RetryAfterForm;
      }
    | { kind: "loginPage"; at?: Moment }
    | { kind: "text"; at?: Moment }
    | { kind: "redirect"; location: string; status?: number; at?: Moment }
    | { kind: "reset"; at?: Moment }
    | { kind: "cut"; at?: Moment }
    | { kind: "refusePeople"; people: string[]; company?: Company; status?: number }
  );

type FaultKind = FaultSpec["kind"];

const SCOPE = ["kind", "times", "skip", "probability", "seed", "match"] as const;
const MOMENTS = ["before", "after"] as const;

/** The request to inject a fault cannot be understood; `faults` names what is wrong with it. */
export class FaultSpecError extends Error {
  readonly faults: Fault[];
  constructor(faults: Fault[]) {
    super(faults.map((fault) => `${fault.path || "fault"} ${fault.message}`).join("; "));
    this.name = "FaultSpecError";
    this.faults = faults;
  }
}

/** Checks a fault that somebody asks for. Throws FaultSpecError with all that is wrong. */
export function readFaultSpec(value: unknown): FaultSpec {
  const check = new Checker();
  const given = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
  const kind = check.oneOf(given, "kind", FAULT_KINDS);
  if (kind === undefined) throw new FaultSpecError(check.faults);
  const { fields: known, read } = READERS[kind];
  const fields = check.object(value, "", [...SCOPE, ...known]) ?? {};
  const spec = { ...readScope(check, fields), ...read(check, fields) };
  if (check.count > 0) throw new FaultSpecError(check.faults);
  return spec;
}

type Fields = Record<string, unknown>;
interface Reader<Kind extends FaultKind> {
  fields: readonly string[];
  read: (check: Checker, fields: Fields) => Extract<FaultSpec, { kind: Kind }>;
}

const READERS = {
  latency: {
    fields: ["ms", "toMs"],
    read: (check, { ms, toMs }) => {
      const from = check.whole(ms, "ms", 0);
      return { kind: "latency", ms: from, ...optional("toMs", toMs, (to) => check.whole(to, "toMs", from)) };
    },
  },
  hang: { fields: ["at"], read: (check, fields) => ({ kind: "hang", ...readMoment(check, fields) }) },
  status: {
    fields: ["at", "status", "retryAfterSeconds", "retryAfterForm"],
    read: (check, fields) => ({
      kind: "status",
      status: check.whole(fields["status"], "status", 200, 599),
      ...readMoment(check, fields),
      ...optional("retryAfterSeconds", fields["retryAfterSeconds"], (seconds) =>
        check.whole(seconds, "retryAfterSeconds", 0),
      ),
      ...optional(
        "retryAfterForm",
        fields["retryAfterForm"],
        (form): RetryAfterForm => check.oneOf(form, "retryAfterForm", ["seconds", "date"]) ?? "seconds",
      ),
    }),
  },
  loginPage: {
    fields: ["at"],
    read: (check, fields) => ({ kind: "loginPage", ...readMoment(check, fields) }),
  },
  text: { fields: ["at"], read: (check, fields) => ({ kind: "text", ...readMoment(check, fields) }) },
  redirect: {
    fields: ["at", "location", "status"],
    read: (check, fields) => ({
      kind: "redirect",
      location: check.text(fields["location"], "location", 1, 2000),
      ...readMoment(check, fields),
      ...optional("status", fields["status"], (status) => check.whole(status, "status", 300, 399)),
    }),
  },
  reset: { fields: ["at"], read: (check, fields) => ({ kind: "reset", ...readMoment(check, fields) }) },
  cut: { fields: ["at"], read: (check, fields) => ({ kind: "cut", ...readMoment(check, fields) }) },
  refusePeople: {
    fields: ["people", "company", "status"],
    read: (check, { people, company, status }) => ({
      kind: "refusePeople",
      people: check.list(people, "people").map((person, index) => check.text(person, `people[${index}]`)),
      ...optional(
        "company",
        company,
        (value): Company => check.oneOf(value, "company", ["any", "alone", "together"]) ?? "any",
      ),
      ...optional("status", status, (value) => check.whole(value, "status", 400, 599)),
    }),
  },
} satisfies { [Kind in FaultKind]: Reader<Kind> };

/** All that can be asked for. */
export const FAULT_KINDS = Object.keys(READERS) as FaultKind[];

function readScope(check: Checker, fields: Fields): Scope {
  return {
    ...optional("times", fields["times"], (times) => check.whole(times, "times", 1)),
    ...optional("skip", fields["skip"], (skip) => check.whole(skip, "skip", 0)),
    ...optional("probability", fields["probability"], (share) => readShare(check, share)),
    ...optional("seed", fields["seed"], (seed) => check.whole(seed, "seed", 0, 2 ** 32 - 1)),
    ...optional("match", fields["match"], (match) => readMatch(check, match)),
  };
}

function readMatch(check: Checker, value: unknown): FaultMatch {
  const fields = check.object(value, "match", ["action", "audience", "person", "minChanges"]) ?? {};
  const action = (value: unknown) => check.oneOf(value, "match.action", UPDATE_TYPES);
  return {
    ...optional("action", fields["action"], (value) =>
      (Array.isArray(value) ? value : [value]).map(action).filter((name) => name !== undefined),
    ),
    ...optional("audience", fields["audience"], (audience) => check.text(audience, "match.audience")),
    ...optional("person", fields["person"], (person) => check.text(person, "match.person")),
    ...optional("minChanges", fields["minChanges"], (least) => check.whole(least, "match.minChanges", 0)),
  };
}

function readMoment(check: Checker, fields: Fields): { at?: Moment } {
  return optional("at", fields["at"], (at) => check.oneOf(at, "at", MOMENTS) ?? "before");
}

function readShare(check: Checker, value: unknown): number {
  if (typeof value === "number" && value >= 0 && value <= 1) return value;
  check.fault("probability", "must be a number from 0 to 1");
  return 1;
}

/** `{ [name]: read(value) }`, or nothing where the value is absent. */
function optional<Name extends string, Value>(
  name: Name,
  value: unknown,
  read: (value: unknown) => Value,
): { [Key in Name]?: Value } {
  if (value === undefined) return {};
  const field: { [Key in Name]?: Value } = {};
  field[name] = read(value);
  return field;
}
