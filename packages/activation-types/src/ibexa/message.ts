import type { Change, OutgoingMessage, Segment, SegmentFact } from "@peregrine/core";
import type { IbexaSettings } from "./settings.ts";

export type IbexaAction = "create" | "membershipChanges" | "metadata" | "detach" | "heartbeat";

function envelope(settings: IbexaSettings, action: IbexaAction, data: string): OutgoingMessage {
  const wire = settings.advanced;
  const type = JSON.stringify(wire.updateTypes[action]);
  const group = JSON.stringify(settings.segmentGroupIdentifier);
  return {
    method: wire.method,
    url: settings.baseUrl,
    headers: {
      "content-type": wire.contentType,
      accept: "application/json",
      "x-client-id": settings.clientId,
      "x-client-secret": settings.clientSecret,
    },
    body: `{"updateType":${type},"segmentGroupIdentifier":${group},"data":${data}}`,
  };
}

export function createMessage(settings: IbexaSettings, segment: Segment): OutgoingMessage {
  return envelope(
    settings,
    "create",
    JSON.stringify({ audienceName: segment.name, audienceId: segment.audienceId }),
  );
}

/** Texts that are the same within JSON's quotes. */
const PLAIN = /^[\w.@+:-]*$/;

/** The one bulk message; a batch may mix audiences, adds and removals. */
export function membershipChangesMessage(
  settings: IbexaSettings,
  changes: readonly Change[],
): OutgoingMessage {
  // By hand, and most ids need no escaping: it is the only message that is built by the million.
  const list: string[] = [];
  let audienceId: string | undefined;
  let audience = "";
  for (const change of changes) {
    if (change.audienceId !== audienceId) {
      audienceId = change.audienceId;
      audience = `{"audienceId":${JSON.stringify(audienceId)},"personId":`;
    }
    const person = PLAIN.test(change.personId) ? `"${change.personId}"` : JSON.stringify(change.personId);
    list.push(`${audience}${person},"membership":${change.membership}}`);
  }
  return envelope(settings, "membershipChanges", `{"changes":[${list.join(",")}]}`);
}

export function metadataMessage(settings: IbexaSettings, facts: readonly SegmentFact[]): OutgoingMessage {
  const changes = facts.map((fact) => ({
    key: fact.audienceId,
    propertyName: fact.property,
    value: fact.value,
  }));
  return envelope(settings, "metadata", JSON.stringify({ changes }));
}

export function detachMessage(settings: IbexaSettings, audienceId: string): OutgoingMessage {
  return envelope(settings, "detach", JSON.stringify({ audienceId }));
}

export function heartbeatMessage(settings: IbexaSettings): OutgoingMessage {
  return envelope(settings, "heartbeat", "{}");
}
