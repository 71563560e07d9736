import { type Capture, type CapturedMessage, fillIn, readSeen } from "@peregrine/activation-types";
import type { Exchange, OutgoingMessage } from "@peregrine/core";

/** One message that was sent again, and whether it was answered as the captured one. */
export interface Replayed {
  readonly number: number;
  readonly text: string;
  readonly expected: number;
  /** 0 when no answer came. */
  readonly got: number;
  readonly isSame: boolean;
  /** Why it isn't the same. */
  readonly why: string;
}

export interface ReplayOptions {
  readonly to: string;
  readonly tokenTo?: string | undefined;
  /** What stands in place of the variables; mostly the environment. */
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly send: (message: OutgoingMessage) => Promise<Exchange>;
}

/** Something that the replay needs and doesn't have. */
export class ReplayImpossible extends Error {
  override readonly name = "ReplayImpossible";
}

/** Sends a captured run again, message by message, and compares the answers. @throws ReplayImpossible */
export async function replayCapture(capture: Capture, options: ReplayOptions): Promise<Replayed[]> {
  const values = await variablesOf(capture, options);
  const messages = capture.messages.map((message) => filled(message, options.to, values));
  const missing = [...new Set(messages.flatMap((one) => one.missing))];
  if (missing.length > 0) throw new ReplayImpossible(`These variables have no value: ${missing.join(", ")}.`);
  const replayed: Replayed[] = [];
  for (const [index, message] of capture.messages.entries()) {
    const outgoing = messages[index]?.outgoing;
    if (outgoing === undefined) continue;
    const exchange = await options.send(outgoing);
    replayed.push({
      number: index + 1,
      text: `${message.method} ${message.path || "/"}`,
      ...compare(message, exchange),
    });
  }
  return replayed;
}

function base64(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, "utf8").toString("base64");
}

/** The given variables, those that follow from them, and a token that is fetched as it was fetched then. */
async function variablesOf(
  capture: Capture,
  { values, tokenTo, send }: ReplayOptions,
): Promise<Record<string, string | undefined>> {
  const { CLIENT_ID: id, CLIENT_SECRET: secret } = values;
  const known: Record<string, string | undefined> = {
    ...values,
    CLIENT_BASIC: id === undefined || secret === undefined ? undefined : base64(`${id}:${secret}`),
    BASIC: base64(values["BASIC"]),
  };
  const [token] = capture.tokens;
  if (token === undefined || known["BEARER_TOKEN"] !== undefined) return known;
  if (tokenTo === undefined) {
    throw new ReplayImpossible("The messages carry a token: say where it is fetched, or give BEARER_TOKEN.");
  }
  const form = new URLSearchParams();
  const missing: string[] = [];
  for (const [name, value] of Object.entries(token.form)) {
    const field = fillIn(value, known);
    missing.push(...field.missing);
    form.set(name, field.text);
  }
  const headers = fillHeaders(token.headers, known);
  missing.push(...headers.missing);
  if (missing.length > 0) throw new ReplayImpossible(`These variables have no value: ${missing.join(", ")}.`);
  const exchange = await send({
    method: "POST",
    url: tokenTo,
    headers: headers.headers,
    body: form.toString(),
  });
  const answer = exchange.kind === "answer" ? parse(exchange.body) : undefined;
  const given = isObject(answer) ? answer["access_token"] : undefined;
  if (typeof given !== "string") {
    const got = exchange.kind === "answer" ? `it answered ${exchange.status}` : exchange.reason;
    throw new ReplayImpossible(`No token was given: ${got}.`);
  }
  return { ...known, BEARER_TOKEN: given };
}

function fillHeaders(
  headers: Readonly<Record<string, string>>,
  values: Readonly<Record<string, string | undefined>>,
) {
  const missing: string[] = [];
  const filledIn: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const header = fillIn(value, values);
    missing.push(...header.missing);
    // Headers carry bytes.
    filledIn[name] = Buffer.from(header.text, "utf8").toString("latin1");
  }
  return { headers: filledIn, missing };
}

function filled(message: CapturedMessage, to: string, values: Readonly<Record<string, string | undefined>>) {
  const headers = fillHeaders(message.headers, values);
  // Each value by itself: quotes in a secret must not end a JSON text.
  const missing = [...headers.missing];
  const body = JSON.stringify(message.body, (_, value: unknown) => {
    if (typeof value !== "string") return value;
    const text = fillIn(value, values);
    missing.push(...text.missing);
    return text.text;
  });
  const outgoing: OutgoingMessage = {
    method: message.method as OutgoingMessage["method"],
    url: to.replace(/\/+$/, "") + message.path,
    headers: headers.headers,
    body,
  };
  return { outgoing, missing };
}

/** Statuses that mean done as well: what is made exists already, what is let go is gone already. */
const DONE_ALREADY: Readonly<Record<string, number>> = { create: 409, detach: 404 };

function compare(message: CapturedMessage, exchange: Exchange): Omit<Replayed, "number" | "text"> {
  const { answer } = message;
  const expected = answer.status;
  if (exchange.kind === "failed") return { expected, got: 0, isSame: expected === 0, why: exchange.reason };
  const got = exchange.status;
  const seen = readSeen(message);
  const already = typeof seen === "string" ? undefined : DONE_ALREADY[seen.action];
  const isDone = (status: number) => (status >= 200 && status < 300) || status === already;
  const fits = expected === got || (isDone(expected) && isDone(got));
  if (!fits) return { expected, got, isSame: false, why: `It was answered ${expected} then.` };
  const isPage = /html/i.test(exchange.headers["content-type"] ?? "") && !/html/i.test(answer.contentType);
  if (isPage) return { expected, got, isSame: false, why: "It was answered with a web page." };
  const said = statusIn(answer.body);
  const says = statusIn(parse(exchange.body));
  const differs = said !== undefined && says !== undefined && said !== says && got < 300;
  return {
    expected,
    got,
    isSame: !differs,
    why: differs ? `Its body says ${says}, and said ${said} then.` : "",
  };
}

/** What a JSON answer says in the field that most of them have. */
function statusIn(body: unknown): string | undefined {
  const status = isObject(body) ? body["status"] : undefined;
  return typeof status === "string" ? status : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
