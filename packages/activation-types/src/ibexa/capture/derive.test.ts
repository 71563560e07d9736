import type { OutgoingMessage } from "@peregrine/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ibexaConnection } from "../connection.ts";
import {
  createMessage,
  detachMessage,
  heartbeatMessage,
  membershipChangesMessage,
  metadataMessage,
} from "../message.ts";
import { type IbexaSettings, ibexaSettings } from "../settings.ts";
import { ACTIONS, wireProfile } from "../wire-profile.ts";
import { type Capture, placeholder } from "./capture.ts";
import { deriveWireProfile } from "./derive.ts";
import { type KnownCredentials, Masker } from "./mask.ts";

const CLIENT = { clientId: "client-of-raptor", clientSecret: "s3cret-of-raptor" };
const GROUP = "Käufer und Kunden";
const BASE = "https://shop.example/cdp/webhook";
const ANSWER = { status: 200, contentType: "application/json", body: '{"status":"done"}' };

function settingsWith(advanced: unknown): IbexaSettings {
  return ibexaSettings.parse({ ...CLIENT, baseUrl: BASE, segmentGroupIdentifier: GROUP, advanced });
}

/** What a sender with these settings says in a run: every message, two of them with a full batch. */
function spoken(settings: IbexaSettings): OutgoingMessage[] {
  const changes = (from: number, count: number) =>
    Array.from({ length: count }, (_, at) => ({
      id: at,
      audienceId: "5d822e81",
      personId: String(from + at),
      membership: at % 2 === 0,
    }));
  const { batchSize } = settings.advanced;
  return [
    heartbeatMessage(settings),
    createMessage(settings, { audienceId: "5d822e81", name: "Cat owners" }),
    membershipChangesMessage(settings, changes(1_000, batchSize)),
    membershipChangesMessage(settings, changes(5_000, batchSize)),
    membershipChangesMessage(settings, changes(9_000, 1)),
    metadataMessage(settings, [{ audienceId: "5d822e81", property: "size", value: "3" }]),
    detachMessage(settings, "5d822e81"),
  ];
}

function captureOf(
  settings: IbexaSettings,
  known: KnownCredentials,
  messages = spoken(settings),
  more: Readonly<Record<string, string>> = {},
): Capture {
  const masker = new Masker(known, { keepsPeople: false });
  const { token } = ibexaConnection(settings);
  const headers = token === undefined ? {} : { authorization: "Bearer token-of-the-desk" };
  const form = new URLSearchParams({ grant_type: "client_credentials" });
  if (token?.scope !== undefined) form.set("scope", token.scope);
  if (token?.authentication === "body") {
    form.set("client_id", CLIENT.clientId);
    form.set("client_secret", CLIENT.clientSecret);
  }
  const shown: Record<string, string> =
    token?.authentication === "basic"
      ? { authorization: `Basic ${btoa(`${CLIENT.clientId}:${CLIENT.clientSecret}`)}` }
      : {};
  const tokens =
    token === undefined
      ? []
      : [masker.token({ method: "POST", path: "", headers: shown, body: form.toString() }, ANSWER)];
  const captured = messages.map((message, at) =>
    masker.message(
      {
        method: message.method,
        path: message.url.slice(BASE.length),
        headers: { ...message.headers, ...headers, "x-request-id": String(at), "x-run": `r${at}`, ...more },
        body: message.body ?? "",
      },
      ANSWER,
    ),
  );
  return {
    format: "peregrine-ibexa-capture",
    version: 1,
    to: BASE,
    ...(token === undefined ? {} : { tokenTo: token.url }),
    capturedAt: "2026-02-03T04:05:06.000Z",
    variables: masker.variables,
    atOnce: 1,
    left: 0,
    varying: masker.varying,
    messages: captured,
    tokens,
  };
}

/** Header names are the same in any case, and so compared in one. */
function comparable(advanced: unknown): unknown {
  return JSON.parse(JSON.stringify(advanced), (key, value: unknown) =>
    /^(idName|secretName|name)$/.test(key) && typeof value === "string" ? value.toLowerCase() : value,
  );
}

const word = fc.stringMatching(/^[a-z][a-z-]{3,12}$/);
const distinctWords = (count: number) =>
  fc
    .uniqueArray(word, { minLength: count, maxLength: count })
    .map((words) => words.map((one) => `x-${one}q`));
const anyProfile = distinctWords(3)
  .chain(([id = "", secret = "", group = ""]) =>
    fc.record(
      {
        method: fc.constantFrom("POST", "PUT", "PATCH"),
        contentType: fc.constantFrom(
          "application/json",
          "application/vnd.api+json; charset=utf-8",
          "text/json",
        ),
        credentials: fc.oneof(
          fc.constant({ in: "headers", idName: id, secretName: secret }),
          fc.constant({ in: "headers" }),
          fc.constant({ in: "basic" }),
          fc.constant({ in: "body", idName: id, secretName: secret }),
          fc.record(
            {
              in: fc.constant("oauth"),
              tokenUrl: fc.constant("https://id.example/token"),
              authentication: fc.constantFrom("basic", "body"),
              scope: fc.constantFrom("cdp", "cdp write"),
            },
            { requiredKeys: ["in", "tokenUrl"] },
          ),
        ),
        keySpelling: fc.constantFrom("camelCase", "PascalCase", "snake_case"),
        updateTypes: fc
          .uniqueArray(fc.string({ minLength: 1, maxLength: 30 }), { minLength: 5, maxLength: 5 })
          .map((names) => Object.fromEntries(ACTIONS.map((action, at) => [action, names[at]]))),
        segmentGroup: fc.constantFrom({ in: "body" }, { in: "header", name: group }, { in: "header" }),
        personIdType: fc.constantFrom("user-id", "user_id"),
        paths: fc.dictionary(
          fc.constantFrom(...ACTIONS),
          word.map((path) => `/${path}`),
        ),
        batchSize: fc.integer({ min: 2, max: 120 }),
      },
      { requiredKeys: [] },
    ),
  )
  .filter((profile) => wireProfile.safeParse(profile).success);

describe("the profile of a sender", () => {
  it("is derived from what it says, whatever the profile is, and no secret is kept", () => {
    const known = { ...CLIENT, segmentGroupIdentifier: GROUP };
    fc.assert(
      fc.property(anyProfile, (advanced) => {
        const settings = settingsWith(advanced);
        const captured = captureOf(settings, known);
        const derived = deriveWireProfile(captured);
        expect(derived.faults).toEqual([]);
        expect(comparable(derived.profile)).toEqual(comparable(settings.advanced));
        expect(derived.segmentGroupIdentifier).toBe(GROUP);
        const kept = JSON.stringify(captured);
        expect(kept).not.toContain(CLIENT.clientSecret);
        expect(kept).not.toContain(btoa(`${CLIENT.clientId}:${CLIENT.clientSecret}`));
        expect(kept).not.toContain("token-of-the-desk");
        expect(kept).not.toMatch(/"(1000|5001|9000)"/);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["our default", {}],
    ["Basic", { credentials: { in: "basic" }, keySpelling: "PascalCase" }],
    ["fields of the body", { credentials: { in: "body" }, keySpelling: "snake_case" }],
    ["a group in a header", { segmentGroup: { in: "header", name: "X-Segment-Group" } }],
  ])("is recognised by names alone too, and masked all the same: %s", (_name, advanced) => {
    const settings = settingsWith(advanced);
    const captured = captureOf(settings, {});
    expect(JSON.stringify(captured)).not.toMatch(/s3cret-of-raptor|client-of-raptor/);
    const derived = deriveWireProfile(captured);
    expect(comparable(derived.profile)).toEqual(comparable(settings.advanced));
    expect(derived.notes.join(" ")).toContain("by the names of what carries them");
  });

  it("says what differs from the default", () => {
    const settings = settingsWith({ method: "PUT", credentials: { in: "basic" }, batchSize: 50 });
    const { differences } = deriveWireProfile(captureOf(settings, CLIENT));
    expect(differences).toEqual(
      expect.arrayContaining([
        { setting: "method", value: "PUT", default: "POST" },
        { setting: "credentials.in", value: "basic", default: "headers" },
        { setting: "batchSize", value: 50, default: 99 },
      ]),
    );
    expect(deriveWireProfile(captureOf(settingsWith({}), CLIENT)).differences).toEqual([]);
  });

  it("concludes the names of messages that weren't sent from the style of those that were", () => {
    const updateTypes = Object.fromEntries(
      ACTIONS.map((action) => [action, action.charAt(0).toUpperCase() + action.slice(1)]),
    );
    const settings = settingsWith({ updateTypes });
    const [, create, changes] = spoken(settings);
    const said = [create, changes].filter((one) => one !== undefined);
    const derived = deriveWireProfile(captureOf(settings, CLIENT, said));
    expect(derived.profile?.updateTypes).toEqual(updateTypes);
    expect(derived.notes.join(" ")).toMatch(/Not seen.*concluded.*Detach/);
    expect(derived.profile?.batchSize).toBe(99);
  });

  it("names headers that it can't explain", () => {
    const derived = deriveWireProfile(
      captureOf(settingsWith({}), CLIENT, undefined, { "x-stage": "abcdef" }),
    );
    expect(derived.profile).toBeDefined();
    expect(derived.notes.join(" ")).toMatch(/Further headers were sent: x-stage\./);
  });

  it.each<[string, (capture: Capture) => Capture, RegExp]>([
    ["nothing was said", (one) => ({ ...one, messages: [] }), /No message was captured/],
    [
      "a message has another form",
      (one) => ({ ...one, messages: one.messages.map((each) => ({ ...each, body: { event: "x" } })) }),
      /names no update type; its keys are event/,
    ],
    [
      "methods differ",
      (one) => ({
        ...one,
        messages: one.messages.map((each, at) => ({ ...each, method: at === 0 ? "PUT" : "POST" })),
      }),
      /differ in the method/,
    ],
    [
      "a path has a query",
      (one) => ({ ...one, messages: one.messages.map((each) => ({ ...each, path: "?tenant=1" })) }),
      /has a query/,
    ],
    [
      "no request for a token was seen",
      (one) => ({
        ...one,
        messages: one.messages.map((each) => ({ ...each, headers: { authorization: "Bearer x" } })),
      }),
      /--token-to/,
    ],
    [
      "there are no credentials",
      (one) => ({ ...one, messages: one.messages.map((each) => ({ ...each, headers: {} })) }),
      /isn't clear where the credentials stand/,
    ],
  ])("is not made up where %s", (_name, change, fault) => {
    const derived = deriveWireProfile(change(captureOf(settingsWith({}), CLIENT)));
    expect(derived.profile).toBeUndefined();
    expect(derived.faults.join(" ")).toMatch(fault);
  });
});

describe("what is kept of a message", () => {
  it("is its form: few changes and how many there were, people as numbers, no answer about people", () => {
    const masker = new Masker(CLIENT, { keepsPeople: false });
    const settings = settingsWith({});
    const message = spoken(settings)[2];
    const kept = masker.message(
      { method: "POST", path: "", headers: message?.headers ?? {}, body: message?.body ?? "" },
      {
        status: 422,
        contentType: "application/json",
        body: JSON.stringify({ status: "refused", reason: `not ${CLIENT.clientSecret}`, people: ["1000"] }),
      },
    );
    expect(kept.changes).toBe(99);
    const { data } = kept.body as { data: { changes: { personId: string }[] } };
    expect(data.changes.map(({ personId }) => personId)).toEqual(["1", "2", "3", "4", "5"]);
    expect(kept.answer.body).toEqual({ status: "refused", reason: `not ${placeholder("CLIENT_SECRET")}` });
  });

  it("keeps people where that is asked for", () => {
    const masker = new Masker(CLIENT, { keepsPeople: true });
    const body =
      '{"updateType":"x","data":{"changes":[{"audienceId":"a","personId":"1042","membership":true}]}}';
    const kept = masker.message({ method: "POST", path: "", headers: {}, body }, ANSWER);
    expect(JSON.stringify(kept)).toContain("1042");
  });
});
