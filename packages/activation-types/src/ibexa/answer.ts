import { type ErrorCode, type Exchange, UNANSWERED, type Verdict } from "@peregrine/core";
import type { IbexaSettings } from "./settings.ts";
import { success } from "./success.ts";
import type { IbexaAction, WireProfile } from "./wire-profile.ts";
import { excerpt } from "./words.ts";

type Answer = Extract<Exchange, { kind: "answer" }>;

interface StatusRow {
  readonly kind: "refused" | "lost" | "stop";
  readonly code: ErrorCode;
}

/** Statuses with a meaning of their own; the others go by their class. */
const STATUS: Readonly<Record<number, StatusRow>> = {
  400: { kind: "refused", code: "destinationRefused" },
  401: { kind: "stop", code: "destinationCredentials" },
  403: { kind: "stop", code: "destinationForbidden" },
  404: { kind: "stop", code: "destinationNotFound" },
  408: { kind: "lost", code: "destinationTimeout" },
  410: { kind: "stop", code: "destinationNotFound" },
  413: { kind: "refused", code: "destinationTooLarge" },
  422: { kind: "refused", code: "destinationRefused" },
  425: { kind: "lost", code: "destinationBusy" },
  429: { kind: "lost", code: "destinationBusy" },
  501: { kind: "stop", code: "destinationConfiguration" },
  502: { kind: "lost", code: "destinationGateway" },
  503: { kind: "lost", code: "destinationUnavailable" },
  504: { kind: "lost", code: "destinationGateway" },
};

const CLASS: Readonly<Record<number, StatusRow>> = {
  3: { kind: "stop", code: "destinationRedirects" },
  4: { kind: "stop", code: "destinationConfiguration" },
  5: { kind: "lost", code: "destinationFailing" },
};

/** 202: taken, and not done yet (RFC 9110 §15.3.3). */
const QUEUED = 202;

const OTHER: StatusRow = { kind: "stop", code: "destinationAnswerUnexpected" };

/** What a profile makes of a status that means something else to it than to the table. */
const OVERRIDDEN = {
  retried: { kind: "lost", code: "destinationFailing" },
  refused: { kind: "refused", code: "destinationRefused" },
  stops: { kind: "stop", code: "destinationConfiguration" },
} as const satisfies Record<WireProfile["statuses"][string], StatusRow>;

/** A refusal of these is about something else than people, and mended otherwise. */
const REFUSED_ABOUT: Readonly<Partial<Record<IbexaAction, ErrorCode>>> = {
  create: "destinationRefusesSegment",
  heartbeat: "destinationRefusesHeartbeat",
};

function rowOf(wire: WireProfile, status: number): StatusRow {
  const general = STATUS[status] ?? CLASS[Math.floor(status / 100)] ?? OTHER;
  const meant = wire.statuses[String(status)];
  if (meant === undefined) return general;
  const row = OVERRIDDEN[meant];
  return general.kind === row.kind ? general : row;
}

function redirect(settings: IbexaSettings, answer: Answer): string {
  const location = answer.headers["location"];
  if (location === undefined || !URL.canParse(location, settings.baseUrl)) {
    return `The address answered ${answer.status}, a redirect that doesn't say where to.`;
  }
  return `The address redirects (${answer.status}). Use ${new URL(location, settings.baseUrl).href} instead, if it is yours.`;
}

/**
 * What Ibexa's answer to one message means, by the activation's wire profile.
 * @param changes how many changes the message carried; decides whether "accepted" only means "queued"
 */
export function readAnswer(
  settings: IbexaSettings,
  action: IbexaAction,
  exchange: Exchange,
  changes = 0,
): Verdict {
  const wire = settings.advanced;
  if (exchange.kind === "failed") {
    const { code, stops } = UNANSWERED[exchange.cause];
    return { kind: stops ? "stop" : "lost", failure: { code, reason: exchange.reason } };
  }
  const { status } = exchange;
  if (status >= 200 && status < 300) {
    return success(wire, exchange, status === QUEUED || changes >= wire.bulkAsyncThreshold);
  }
  if (action === "create" && wire.alreadyThere.includes(status)) return { kind: "accepted", already: true };
  if (action === "detach" && wire.alreadyGone.includes(status)) return { kind: "accepted", already: true };

  const general = rowOf(wire, status);
  const row =
    general.code === "destinationRefused"
      ? { ...general, code: REFUSED_ABOUT[action] ?? general.code }
      : general;
  const said = excerpt(exchange.body);
  const failure = {
    code: row.code,
    reason:
      row.code === "destinationRedirects"
        ? redirect(settings, exchange)
        : `Ibexa answered ${status}${said === "" ? "." : `: ${said}`}`,
  };
  if (action === "membershipChanges" && status === 404 && row.kind === "stop")
    return { kind: "missing", failure };
  if (row.kind !== "lost") return { kind: row.kind, failure };
  const retryAfter = exchange.headers["retry-after"];
  return retryAfter === undefined ? { kind: "lost", failure } : { kind: "lost", failure, retryAfter };
}
