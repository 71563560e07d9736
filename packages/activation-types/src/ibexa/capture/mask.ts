import { headerText, textOfHeader } from "../header.ts";
import { ENVELOPE_KEYS, KEY_SPELLINGS, KEYS, spell } from "../spelling.ts";
import { type CapturedMessage, type CapturedToken, placeholder } from "./capture.ts";

/** What whoever captures knows; it makes the reading certain. */
export interface KnownCredentials {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly segmentGroupIdentifier?: string | undefined;
}

/** A request as it came; header names in lower case, the body decoded. */
export interface RawRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** Headers that say nothing about the message: of the connection, of proxies, of tracing. */
const NOISE =
  /^(accept(-.*)?|baggage|cache-control|cdn-loop|cf-.*|connection|content-length|content-encoding|correlation-id|date|expect|forwarded|host|keep-alive|origin|pragma|priority|referer|request-id|sec-.*|sentry-.*|te|trace.*|transfer-encoding|true-client-ip|user-agent|via|x-amz.*|x-correlation-id|x-forwarded-.*|x-real-ip|x-request-id)$/;
const BELOW = new Set(KEY_SPELLINGS.flatMap((spelling) => KEYS.map((key) => spell(key, spelling))));
/** Keys that hold no credentials: of the envelope at the top of a message, of all five messages below. */
const TOP = new Set(KEY_SPELLINGS.flatMap((spelling) => ENVELOPE_KEYS.map((key) => spell(key, spelling))));
const NAMES_SECRET = /secret|password|passwd|token|api_?key|credential|auth/i;
const NAMES_GROUP = /group|segment/i;

/** As many changes of a message are kept as show its form. */
const KEPT_CHANGES = 5;
/** Characters of an answer that are kept. */
const KEPT_ANSWER = 2_000;
/** A value shorter than this would be removed from where it stands by chance. */
const SHORTEST_SECRET = 4;

/** Puts variables in place of secrets before anything is kept. What isn't known to be harmless counts as one. */
export class Masker {
  readonly #known: KnownCredentials;
  readonly #keepsPeople: boolean;
  readonly #variables = new Map<string, string>();
  /** Values to be removed wherever they show up, with what stands in their place. */
  readonly #values = new Map<string, string>();
  readonly #people = new Map<string, string>();
  readonly #constant = new Map<string, string>();
  readonly #varying = new Set<string>();

  constructor(known: KnownCredentials, options: { readonly keepsPeople: boolean }) {
    this.#known = known;
    this.#keepsPeople = options.keepsPeople;
    if (known.clientSecret !== undefined) this.#values.set(known.clientSecret, "CLIENT_SECRET");
  }

  get variables(): { name: string; where: string }[] {
    return [...this.#variables].map(([name, where]) => ({ name, where }));
  }

  get varying(): string[] {
    return [...this.#varying].sort();
  }

  message(raw: RawRequest, answer: RawAnswer): CapturedMessage {
    const headers = this.#headers(raw.headers);
    const parsed = parse(raw.body);
    const changes = isObject(parsed) ? changesOf(parsed).length : 0;
    const body = isObject(parsed)
      ? this.#fields(parsed, true)
      : { unreadable: `${raw.body.length} characters that are no JSON object` };
    return {
      method: raw.method,
      path: this.#redacted(raw.path),
      headers,
      body,
      changes,
      answer: this.#answer(answer),
    };
  }

  token(raw: RawRequest, answer: RawAnswer): CapturedToken {
    const headers = this.#headers(raw.headers);
    const form: Record<string, string> = {};
    for (const [name, value] of new URLSearchParams(raw.body)) {
      form[name] = ["grant_type", "scope", "audience", "resource"].includes(name)
        ? value
        : this.#variable(value, name, `field ${name} of the token's form`);
    }
    // Of what was given out only the form is kept.
    const parsed = parse(answer.body);
    const body = isObject(parsed) ? Object.keys(parsed) : "no JSON object";
    return { headers, form, answer: { status: answer.status, contentType: answer.contentType, body } };
  }

  #headers(raw: Readonly<Record<string, string>>): Record<string, string> {
    const headers: Record<string, string> = {};
    for (const [name, value] of Object.entries(raw)) {
      if (NOISE.test(name)) continue;
      if ((this.#constant.get(name) ?? value) !== value) this.#varying.add(name);
      this.#constant.set(name, value);
      headers[name] = this.#header(name, value);
    }
    return headers;
  }

  #header(name: string, value: string): string {
    if (name === "content-type") return value;
    if (name === "authorization") return this.#authorization(value);
    const { segmentGroupIdentifier: group } = this.#known;
    if (group !== undefined && value === headerText(group)) return group;
    if (group === undefined && NAMES_GROUP.test(name) && !NAMES_SECRET.test(name)) return textOfHeader(value);
    return this.#variable(value, name, `header ${name}`);
  }

  #authorization(value: string): string {
    const [scheme = "", rest = ""] = value.split(/ (.*)/s);
    const where = "header authorization";
    if (/^bearer$/i.test(scheme)) return `${scheme} ${this.#name("BEARER_TOKEN", rest, where)}`;
    if (!/^basic$/i.test(scheme)) return this.#name("AUTHORIZATION", value, where);
    const { clientId, clientSecret } = this.#known;
    const isOurs =
      clientId !== undefined && clientSecret !== undefined && isBasic(rest, clientId, clientSecret);
    return `${scheme} ${this.#name(isOurs ? "CLIENT_BASIC" : "BASIC", rest, where)}`;
  }

  /** A value that may be a secret, by what is known of it, else by where it stands. */
  #variable(value: string, name: string, where: string): string {
    if (value === this.#known.clientId) return this.#name("CLIENT_ID", "", where);
    if (value === this.#known.clientSecret) return this.#name("CLIENT_SECRET", value, where);
    // By its place too: a field `client_id` must not be taken for the client id that is known.
    const [place = ""] = where.split(" ");
    return this.#name(`${place}_${name}`.toUpperCase().replace(/[^A-Z0-9]+/g, "_"), value, where);
  }

  #name(name: string, secret: string, where: string): string {
    this.#variables.set(name, where);
    if (secret.length >= SHORTEST_SECRET && !this.#values.has(secret)) this.#values.set(secret, name);
    return placeholder(name);
  }

  /** A JSON object; at the top, what doesn't belong to the envelope may be credentials. */
  #fields(object: Readonly<Record<string, unknown>>, isTop: boolean): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(object).map(([key, value]) => [key, this.#value(key, value, isTop)]),
    );
  }

  #value(key: string, value: unknown, isTop: boolean): unknown {
    if (Array.isArray(value)) {
      return value.slice(0, KEPT_CHANGES).map((item: unknown) => this.#value(key, item, false));
    }
    if (isObject(value)) return this.#fields(value, false);
    if (typeof value !== "string") return value;
    if (isPersonKey(key)) return this.#person(value);
    if ((isTop ? TOP : BELOW).has(key)) return this.#redacted(value);
    return isTop || NAMES_SECRET.test(key)
      ? this.#variable(value, key, `field ${key} of the body`)
      : this.#redacted(value);
  }

  /** People are numbered in the order of their appearance, unless they are to be kept. */
  #person(id: string): string {
    if (this.#keepsPeople) return id;
    const number = this.#people.get(id) ?? String(this.#people.size + 1);
    this.#people.set(id, number);
    return number;
  }

  #answer({ status, contentType, body }: RawAnswer): CapturedMessage["answer"] {
    const text = this.#redacted(body);
    const parsed = parse(text);
    if (parsed !== undefined && text.length <= KEPT_ANSWER) {
      return { status, contentType, body: this.#keepsPeople ? parsed : withoutPeople(parsed) };
    }
    return { status, contentType, body: text.slice(0, this.#keepsPeople ? KEPT_ANSWER : 200) };
  }

  #redacted(text: string): string {
    let redacted = text;
    for (const [value, name] of this.#values) redacted = redacted.replaceAll(value, placeholder(name));
    return redacted;
  }
}

function isPersonKey(key: string): boolean {
  return KEY_SPELLINGS.some((spelling) => spell("personId", spelling) === key);
}

function isBasic(encoded: string, clientId: string, clientSecret: string): boolean {
  const plain = btoa(`${clientId}:${clientSecret}`);
  const form = btoa(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`);
  return encoded === plain || encoded === form;
}

/** Receivers list people whom they refused; nothing is learnt from who they are. */
function withoutPeople(answer: unknown): unknown {
  if (!isObject(answer)) return answer;
  return Object.fromEntries(Object.entries(answer).filter(([, value]) => !Array.isArray(value)));
}

/** The list of changes of a message, in whatever spelling. */
function changesOf(message: Readonly<Record<string, unknown>>): readonly unknown[] {
  const data = message["data"] ?? message["Data"];
  const changes = isObject(data) ? (data["changes"] ?? data["Changes"]) : undefined;
  return Array.isArray(changes) ? changes : [];
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
