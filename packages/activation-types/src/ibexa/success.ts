import type { ErrorCode, Exchange, Verdict } from "@peregrine/core";
import type { WireProfile } from "./wire-profile.ts";
import { excerpt, parseJson } from "./words.ts";

type Answer = Extract<Exchange, { kind: "answer" }>;

const ABSENT = Symbol("absent");

function isWebPage(answer: Answer): boolean {
  return /html/i.test(answer.headers["content-type"] ?? "") || /^\s*</.test(answer.body);
}

function stop(code: ErrorCode, reason: string): Verdict {
  return { kind: "stop", failure: { code, reason } };
}

/** The value at a JSON pointer (RFC 6901). */
function valueAt(value: unknown, pointer: string): unknown {
  let found: unknown = value;
  for (const part of pointer.split("/").slice(1)) {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return ABSENT;
    found = Object.getOwnPropertyDescriptor(found, name)?.value;
  }
  return found;
}

/** A 2xx counts only with the content that the profile expects of the webhook; a web page never does. */
export function success(wire: WireProfile, answer: Answer, queued: boolean): Verdict {
  const accepted = { kind: "accepted", queued } as const;
  if (isWebPage(answer)) {
    return stop(
      "destinationWebPage",
      `The address answered ${answer.status} with ${excerpt(answer.body) || "a web page"}.`,
    );
  }
  const { body: wanted, field, equals = [] } = wire.success;
  const body = answer.body.trim();
  const json = answer.truncated ? undefined : parseJson(body);
  if (json === undefined && /^[[{]/.test(body)) {
    return {
      kind: "lost",
      failure: {
        code: "destinationAnswerBroken",
        reason: `Ibexa answered ${answer.status} with JSON that breaks off or isn't valid.`,
      },
    };
  }
  if (field !== undefined && json !== undefined) {
    const said = valueAt(json, field);
    if (equals.some((value) => value === said)) return accepted;
    if (said !== ABSENT) {
      const reason = `Ibexa answered ${answer.status}, and ${field} says ${excerpt(JSON.stringify(said))}: ${excerpt(body)}`;
      return { kind: "refused", failure: { code: "destinationSaysNo", reason } };
    }
  }
  if (field !== undefined) {
    const reason = `The address answered ${answer.status} without the field ${field} that says whether it was done: ${excerpt(body) || "an empty body"}`;
    return stop("destinationAnswerUnexpected", reason);
  }
  if (wanted === "notWebPage" || json !== undefined || (wanted === "emptyOrJson" && body === ""))
    return accepted;
  const expected = wanted === "json" ? "JSON" : "neither JSON nor an empty body";
  return stop(
    "destinationAnswerUnexpected",
    wanted === "json"
      ? `The address answered ${answer.status} without ${expected}: ${excerpt(body) || "an empty body"}`
      : `The address answered ${answer.status} with ${expected}: ${excerpt(body)}`,
  );
}
