import { expect, it } from "vitest";
import {
  createMessage,
  detachMessage,
  heartbeatMessage,
  membershipChangesMessage,
  metadataMessage,
} from "./message.ts";
import { ibexaSettings } from "./settings.ts";

const settings = ibexaSettings.parse({
  clientSecret: "secret",
  clientId: "id",
  baseUrl: "https://shop.example/cdp/webhook",
  segmentGroupIdentifier: 'group "1"',
});

function body(message: { readonly body?: string }): unknown {
  return JSON.parse(message.body ?? "");
}

it("spells the bulk message as docs/ibexa-webhook.md has it", () => {
  const message = membershipChangesMessage(settings, [
    { id: 1, audienceId: "5d822e81", personId: "14", membership: true },
    { id: 2, audienceId: "5d822e81", personId: 'a"\\\u2028', membership: false },
  ]);
  expect(message).toMatchObject({
    method: "POST",
    url: "https://shop.example/cdp/webhook",
    headers: { "content-type": "application/json", "x-client-id": "id", "x-client-secret": "secret" },
  });
  expect(body(message)).toEqual({
    updateType: "membershipChanges",
    segmentGroupIdentifier: 'group "1"',
    data: {
      changes: [
        { audienceId: "5d822e81", personId: "14", membership: true },
        { audienceId: "5d822e81", personId: 'a"\\\u2028', membership: false },
      ],
    },
  });
});

it("spells the other four", () => {
  const segmentGroupIdentifier = 'group "1"';
  expect(body(createMessage(settings, { audienceId: "a1", name: "Cat owners" }))).toEqual({
    updateType: "create",
    segmentGroupIdentifier,
    data: { audienceName: "Cat owners", audienceId: "a1" },
  });
  expect(body(metadataMessage(settings, [{ audienceId: "a1", property: "size", value: "3" }]))).toEqual({
    updateType: "metadata",
    segmentGroupIdentifier,
    data: { changes: [{ key: "a1", propertyName: "size", value: "3" }] },
  });
  expect(body(detachMessage(settings, "a1"))).toEqual({
    updateType: "detach",
    segmentGroupIdentifier,
    data: { audienceId: "a1" },
  });
  expect(body(heartbeatMessage(settings))).toEqual({
    updateType: "heartbeat",
    segmentGroupIdentifier,
    data: {},
  });
});
