import type { Change, OutgoingMessage, Segment, SegmentFact } from "@peregrine/core";
import { headersOf, headerText } from "./header.ts";
import type { IbexaSettings } from "./settings.ts";
import { type Key, spell } from "./spelling.ts";
import type { IbexaAction, WireProfile } from "./wire-profile.ts";

type Credentials = WireProfile["credentials"];

interface Shown {
  readonly headers?: Readonly<Record<string, string>>;
  readonly fields?: Readonly<Record<string, string>>;
}

/** How each kind of credentials is shown. A bearer token is added by the engine, which keeps and renews it. */
const SHOW = {
  headers: (settings, { idName, secretName }) => ({
    headers: {
      [idName.toLowerCase()]: settings.clientId,
      [secretName.toLowerCase()]: settings.clientSecret,
    },
  }),
  basic: (settings) => ({
    headers: { authorization: `Basic ${btoa(`${settings.clientId}:${settings.clientSecret}`)}` },
  }),
  oauth: () => ({}),
  body: (settings, { idName, secretName }) => {
    const { keySpelling } = settings.advanced;
    return {
      fields: {
        [idName ?? spell("clientId", keySpelling)]: settings.clientId,
        [secretName ?? spell("clientSecret", keySpelling)]: settings.clientSecret,
      },
    };
  },
} as const satisfies {
  [In in Credentials["in"]]: (settings: IbexaSettings, shown: Extract<Credentials, { in: In }>) => Shown;
};

function show(settings: IbexaSettings): Shown {
  const shown = settings.advanced.credentials;
  const one = SHOW[shown.in] as (settings: IbexaSettings, shown: Credentials) => Shown;
  return one(settings, shown);
}

function field(wire: WireProfile, name: Key): string {
  return JSON.stringify(spell(name, wire.keySpelling));
}

/** All of a message but its data. */
interface Frame {
  readonly head: Omit<OutgoingMessage, "body">;
  /** The body up to the data; one bracket follows these. */
  readonly opening: string;
}

/** By settings, which are never changed in place: of the messages of a run, thousands differ in their data alone. */
const FRAMES = new WeakMap<IbexaSettings, Map<IbexaAction, Frame>>();

function envelope(settings: IbexaSettings, action: IbexaAction, data: string): OutgoingMessage {
  let frames = FRAMES.get(settings);
  if (frames === undefined) {
    frames = new Map();
    FRAMES.set(settings, frames);
  }
  let frame = frames.get(action);
  if (frame === undefined) {
    frame = frameOf(settings, action);
    frames.set(action, frame);
  }
  return { ...frame.head, body: `${frame.opening}${data}}` };
}

function frameOf(settings: IbexaSettings, action: IbexaAction): Frame {
  const wire = settings.advanced;
  const { headers = {}, fields = {} } = show(settings);
  const group = wire.segmentGroup;
  const identifier = settings.segmentGroupIdentifier;
  const inBody = Object.entries(fields).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  const type = `${field(wire, "updateType")}:${JSON.stringify(wire.updateTypes[action])}`;
  const groupField =
    group.in === "body" ? [`${field(wire, "segmentGroupIdentifier")}:${JSON.stringify(identifier)}`] : [];
  return {
    head: {
      method: wire.method,
      url: addressOf(settings, action),
      headers: {
        ...headersOf(settings.extraHeaders),
        "content-type": wire.contentType,
        accept: "application/json",
        ...headers,
        ...(group.in === "header" ? { [group.name.toLowerCase()]: headerText(identifier) } : {}),
      },
    },
    opening: `{${[...inBody, type, ...groupField, field(wire, "data")].join(",")}:`,
  };
}

/** The Base URL, with the profile's path for this message. */
function addressOf(settings: IbexaSettings, action: IbexaAction): string {
  const path = settings.advanced.paths[action];
  if (path === undefined) return settings.baseUrl;
  const url = new URL(settings.baseUrl);
  url.pathname = url.pathname.replace(/\/+$/, "") + path;
  return url.href;
}

/** Data of one object, its keys in the profile's spelling. */
function fieldsOf(wire: WireProfile, fields: Partial<Record<Key, string>>): string {
  const spelt = Object.entries(fields).map(([name, value]) => [spell(name, wire.keySpelling), value]);
  return JSON.stringify(Object.fromEntries(spelt));
}

export function createMessage(settings: IbexaSettings, segment: Segment): OutgoingMessage {
  const data = { audienceName: segment.name, audienceId: segment.audienceId };
  return envelope(settings, "create", fieldsOf(settings.advanced, data));
}

/** Texts that are the same within JSON's quotes. */
const PLAIN = /^[\w.@+:-]*$/;

/** The one bulk message; a batch may mix audiences, adds and removals. */
export function membershipChangesMessage(
  settings: IbexaSettings,
  changes: readonly Change[],
): OutgoingMessage {
  const wire = settings.advanced;
  const audienceKey = field(wire, "audienceId");
  const personKey = field(wire, "personId");
  const type = wire.personIdType;
  const typeField = type === undefined ? "" : `,${field(wire, "personIdType")}:${JSON.stringify(type)}`;
  const ends = {
    true: `,${field(wire, "membership")}:true${typeField}}`,
    false: `,${field(wire, "membership")}:false${typeField}}`,
  };
  // By hand, and most ids need no escaping: it is the only message that is built by the million.
  const list: string[] = [];
  let audienceId: string | undefined;
  let audience = "";
  for (const change of changes) {
    if (change.audienceId !== audienceId) {
      audienceId = change.audienceId;
      audience = `{${audienceKey}:${JSON.stringify(audienceId)},${personKey}:`;
    }
    const person = PLAIN.test(change.personId) ? `"${change.personId}"` : JSON.stringify(change.personId);
    list.push(`${audience}${person}${change.membership ? ends.true : ends.false}`);
  }
  return envelope(settings, "membershipChanges", `{${field(wire, "changes")}:[${list.join(",")}]}`);
}

export function metadataMessage(settings: IbexaSettings, facts: readonly SegmentFact[]): OutgoingMessage {
  const wire = settings.advanced;
  const changes = facts.map((fact) =>
    fieldsOf(wire, { key: fact.audienceId, propertyName: fact.property, value: fact.value }),
  );
  return envelope(settings, "metadata", `{${field(wire, "changes")}:[${changes.join(",")}]}`);
}

export function detachMessage(settings: IbexaSettings, audienceId: string): OutgoingMessage {
  return envelope(settings, "detach", fieldsOf(settings.advanced, { audienceId }));
}

export function heartbeatMessage(settings: IbexaSettings): OutgoingMessage {
  return envelope(settings, "heartbeat", "{}");
}
