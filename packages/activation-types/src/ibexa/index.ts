import { defineActivationType, deliveryOfAll } from "@peregrine/core";
import { readAnswer } from "./answer.ts";
import { ibexaConnection } from "./connection.ts";
import {
  createMessage,
  detachMessage,
  heartbeatMessage,
  membershipChangesMessage,
  metadataMessage,
} from "./message.ts";
import { ibexaSettings, ibexaTarget, ibexaWarnings } from "./settings.ts";
import { ibexaSetup } from "./setup.ts";

/** Ibexa DXP: every audience becomes a segment of one segment group. */
export const ibexa = defineActivationType({
  id: "ibexa",
  name: "Ibexa",
  settings: ibexaSettings,
  personIdentifier: "userid",
  target: ibexaTarget,
  fixedSettings: ["segmentGroupIdentifier"],
  warnings: ibexaWarnings,
  limits: ({ advanced }) => ({
    batchSize: advanced.batchSize,
    requestsAtOnce: advanced.requestsAtOnce,
    requestTimeoutMs: Math.round(advanced.timeoutSeconds * 1000),
    ...(advanced.requestsPerSecond === undefined ? {} : { requestsPerSecond: advanced.requestsPerSecond }),
  }),
  connection: ibexaConnection,
  setup: ibexaSetup,
  async check({ settings, request }) {
    return readAnswer(settings, "heartbeat", await request(heartbeatMessage(settings)));
  },
  async attach({ settings, request }, segment) {
    return readAnswer(settings, "create", await request(createMessage(settings, segment)));
  },
  async deliver({ settings, request }, changes) {
    const exchange = await request(membershipChangesMessage(settings, changes));
    return deliveryOfAll(readAnswer(settings, "membershipChanges", exchange, changes.length));
  },
  async detach({ settings, request }, audienceId) {
    return readAnswer(settings, "detach", await request(detachMessage(settings, audienceId)));
  },
  async describe({ settings, request }, facts) {
    return readAnswer(settings, "metadata", await request(metadataMessage(settings, facts)));
  },
});
