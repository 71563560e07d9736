import type { ErrorCode, Exchange, Verdict } from "@peregrine/core";
import type { IbexaAction } from "./message.ts";
import type { IbexaSettings } from "./settings.ts";

type Answer = Extract<Exchange, { kind: "answer" }>;

const UNANSWERED = {
  unreachable: "destinationUnreachable",
  timeout: "destinationTimeout",
  broken: "destinationAnswerBroken",
} as const satisfies Record<Extract<Exchange, { kind: "failed" }>["cause"], ErrorCode>;

interface StatusRow {
  readonly kind: "refused" | "lost" | "stop";
  readonly code: ErrorCode;
}

/** Statuses with a meaning of their own; the others go by their class. */
const STATUS: Readonly<Record<number, StatusRow>> = {
  400: { kind: "refused", code: "destinationRefused" },
  401: { kind: "stop", code: "destinationCredentials" },
  403: { kind: "stop", code: "destinationCredentials" },
  404: { kind: "stop", code: "destinationNotFound" },
  408: { kind: "lost", code: "destinationTimeout" },
  410: { kind: "stop", code: "destinationNotFound" },
  413: { kind: "refused", code: "destinationTooLarge" },
  422: { kind: "refused", code: "destinationRefused" },
  425: { kind: "lost", code: "destinationBusy" },
  429: { kind: "lost", code: "destinationBusy" },
  501: { kind: "stop", code: "destinationConfiguration" },
  503: { kind: "lost", code: "destinationBusy" },
  504: { kind: "lost", code: "destinationTimeout" },
};

const CLASS: Readonly<Record<number, StatusRow>> = {
  3: { kind: "stop", code: "destinationRedirects" },
  4: { kind: "stop", code: "destinationConfiguration" },
  5: { kind: "lost", code: "destinationFailing" },
};

const OTHER: StatusRow = { kind: "stop", code: "destinationAnswerUnexpected" };

/** Fields in which JSON answers usually say in words what happened. */
const SAYING = ["reason", "message", "detail", "error", "title"];

function words(body: string): string {
  const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1];
  if (title !== undefined) return `a page named "${title.trim()}"`;
  const parsed = parseJson(body);
  if (typeof parsed !== "object" || parsed === null) return body;
  const said = SAYING.map((name) => Object.getOwnPropertyDescriptor(parsed, name)?.value);
  return said.find((value): value is string => typeof value === "string" && value !== "") ?? body;
}

/** As much of an answer as helps a person, in one line of at most 200 characters. */
function excerpt(body: string): string {
  const text = words(body).replace(/\s+/g, " ").trim();
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

function isWebPage(answer: Answer): boolean {
  return /html/i.test(answer.headers["content-type"] ?? "") || /^\s*</.test(answer.body);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** A 2xx counts only with the content that the webhook answers. */
function success(answer: Answer, queued: boolean): Verdict {
  if (isWebPage(answer)) {
    return {
      kind: "stop",
      failure: {
        code: "destinationWebPage",
        reason: `The address answered ${answer.status} with ${excerpt(answer.body) || "a web page"}.`,
      },
    };
  }
  const body = answer.body.trim();
  if (body === "" || (!answer.truncated && parseJson(body) !== undefined))
    return { kind: "accepted", queued };
  if (/^[[{]/.test(body)) {
    return {
      kind: "lost",
      failure: {
        code: "destinationAnswerBroken",
        reason: `Ibexa answered ${answer.status} with JSON that breaks off or isn't valid.`,
      },
    };
  }
  return {
    kind: "stop",
    failure: {
      code: "destinationAnswerUnexpected",
      reason: `The address answered ${answer.status} with neither JSON nor an empty body: ${excerpt(body)}`,
    },
  };
}

function redirect(settings: IbexaSettings, answer: Answer): string {
  const location = answer.headers["location"];
  if (location === undefined || !URL.canParse(location, settings.baseUrl)) {
    return `The address answered ${answer.status}, a redirect that doesn't say where to.`;
  }
  return `The address redirects (${answer.status}). Use ${new URL(location, settings.baseUrl).href} instead, if it is yours.`;
}

/**
 * What Ibexa's answer to one message means, by the wire profile's defaults.
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
    return { kind: "lost", failure: { code: UNANSWERED[exchange.cause], reason: exchange.reason } };
  }
  const { status } = exchange;
  if (status >= 200 && status < 300) return success(exchange, changes >= wire.bulkAsyncThreshold);
  if (action === "create" && status === wire.alreadyThere) return { kind: "accepted", already: true };
  if (action === "detach" && status === wire.alreadyGone) return { kind: "accepted", already: true };

  const general = STATUS[status] ?? CLASS[Math.floor(status / 100)] ?? OTHER;
  const row =
    action === "create" && general.code === "destinationRefused"
      ? { ...general, code: "destinationRefusesSegment" as const }
      : general;
  const said = excerpt(exchange.body);
  const failure = {
    code: row.code,
    reason:
      row.code === "destinationRedirects"
        ? redirect(settings, exchange)
        : `Ibexa answered ${status}${said === "" ? "." : `: ${said}`}`,
  };
  if (action === "membershipChanges" && status === 404) return { kind: "missing", failure };
  if (row.kind !== "lost") return { kind: row.kind, failure };
  const retryAfter = exchange.headers["retry-after"];
  return retryAfter === undefined ? { kind: "lost", failure } : { kind: "lost", failure, retryAfter };
}
