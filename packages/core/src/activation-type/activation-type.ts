import type { z } from "zod";
import type { RequestFunction } from "./request.ts";
import type { DestinationSetup } from "./setup.ts";
import type { Change, Delivery, Verdict } from "./verdict.ts";

/** How much an activation type wants to be sent at a time. */
export interface Limits {
  /** Changes in one message. */
  readonly batchSize: number;
  /** Messages under way at the same time. */
  readonly requestsAtOnce: number;
  readonly requestTimeoutMs: number;
  /** All messages and their repetitions together; without it, as many as come. */
  readonly requestsPerSecond?: number;
}

/** How a bearer token is asked for: OAuth 2.0 client credentials, RFC 6749 §4.4. */
export interface TokenGrant {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How they are shown: HTTP Basic, or fields of the form. */
  readonly authentication: "basic" | "body";
  readonly scope?: string | undefined;
}

/** How the engine reaches a destination. */
export interface Connection {
  readonly proxy?: { readonly url: string; readonly credentials?: string | undefined } | undefined;
  /** Certificates (PEM) that are trusted beside the known ones. */
  readonly certificateAuthority?: string | undefined;
  /** Every message carries `Authorization: Bearer` with such a token. */
  readonly token?: TokenGrant | undefined;
  /** What must not be kept or shown, besides the secret settings themselves: parts and encodings of them. */
  readonly secrets: readonly string[];
}

/** A setting that works but is likely a mistake, with the remedy as a button can apply it, where there is one. */
export interface SettingWarning {
  /** Path of the setting, such as `/settings/baseUrl`. */
  readonly path: string;
  readonly message: string;
  /** The value to put there instead. */
  readonly use?: string | number;
  /** Credentials are to be made anew: what generates them fills these settings, by path. */
  readonly generate?: readonly string[];
}

/** An audience as the destination is told about it. */
export interface Segment {
  readonly audienceId: string;
  readonly name: string;
}

/** One property of a segment as text: tags are a JSON array, times are ISO 8601 in UTC. */
export interface SegmentFact {
  readonly audienceId: string;
  readonly property: "name" | "description" | "tags" | "size" | "lastUpdated";
  readonly value: string;
}

export interface Call<Settings> {
  readonly settings: Settings;
  readonly request: RequestFunction;
}

/**
 * One kind of destination. It knows how messages are spelt and what answers mean, and nothing else: chunking,
 * parallelism, time-outs, retries, halving, the breaker, redaction and the request log are the engine's.
 */
export interface ActivationType<Schema extends z.ZodObject = z.ZodObject> {
  /** As it stands in definitions; fixed for life. */
  readonly id: string;
  readonly name: string;
  /** One schema for form, validation, API document and docs; secrets carry `.meta({ secret: true })`. */
  readonly settings: Schema;
  /** The identifier that the destination knows people by. */
  readonly personIdentifier: string;
  /** What makes two activations send to the same place: a normalised address. */
  target(settings: z.output<Schema>): string;
  /** The settings that, with `target`, name where accepted people stand; fixed once somebody was accepted. */
  readonly fixedSettings: readonly string[];
  warnings(settings: z.output<Schema>): SettingWarning[];
  limits(settings: z.output<Schema>): Limits;
  connection(settings: z.output<Schema>): Connection;
  /** The destination's own side, to copy. */
  readonly setup: DestinationSetup;
  /** Is the destination there, and are the credentials right? Changes nothing there. */
  check(call: Call<z.output<Schema>>): Promise<Verdict>;
  /** An audience is carried from now on. Repeating it is harmless. */
  attach(call: Call<z.output<Schema>>, segment: Segment): Promise<Verdict>;
  /** Brings people in and out; answers for every change by its id. */
  deliver(call: Call<z.output<Schema>>, changes: readonly Change[]): Promise<Delivery>;
  /** An audience is carried no more. Repeating it is harmless. */
  detach(call: Call<z.output<Schema>>, audienceId: string): Promise<Verdict>;
  /** Tells the destination about its segments. */
  describe(call: Call<z.output<Schema>>, facts: readonly SegmentFact[]): Promise<Verdict>;
}

/** Declares an activation type: the settings' schema gives the type of the settings everywhere in it. */
export function defineActivationType<Schema extends z.ZodObject>(
  type: ActivationType<Schema>,
): ActivationType<Schema> {
  return type;
}
