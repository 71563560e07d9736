import type { SandboxConfig } from "./config.ts";
import type { MembershipChange } from "./message.ts";
import { type Sandbox, startSandbox } from "./sandbox.ts";

export const GROUP = "example_segment_group_identifier";
export const CREDENTIALS = { "x-client-id": "shop", "x-client-secret": "a long secret" };

/** Starts sandboxes that are closed at the end of their test; `atEnd` is vitest's `onTestFinished`. */
export function sandboxes(atEnd: (close: () => Promise<void>) => void) {
  return async (config: Partial<SandboxConfig> = {}): Promise<Sandbox> => {
    const sandbox = await startSandbox({
      activations: [{ clientId: "shop", clientSecret: "a long secret", segmentGroupIdentifier: GROUP }],
      segmentGroups: [{ identifier: GROUP, name: "Audiences" }],
      users: { range: [1, 5000] },
      ...config,
    });
    atEnd(() => sandbox.close());
    return sandbox;
  };
}

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  json: unknown;
}

/** Sends any text to the webhook and reads the answer to its end. Rejects where the connection breaks. */
export async function sendText(sandbox: Sandbox, body: string, init: RequestInit = {}): Promise<Reply> {
  const response = await fetch(sandbox.webhookUrl, {
    method: "POST",
    headers: { "content-type": "application/json", ...CREDENTIALS },
    body,
    redirect: "manual",
    ...init,
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  const json: unknown = isJson ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

export function send(sandbox: Sandbox, message: unknown, init: RequestInit = {}): Promise<Reply> {
  return sendText(sandbox, JSON.stringify(message), init);
}

export function create(audienceId: string, audienceName = "An audience", segmentGroupIdentifier = GROUP) {
  return { updateType: "create", segmentGroupIdentifier, data: { audienceId, audienceName } };
}

export function memberships(changes: MembershipChange[], segmentGroupIdentifier = GROUP) {
  return { updateType: "membershipChanges", segmentGroupIdentifier, data: { changes } };
}

export function metadata(key: string, properties: Record<string, string>) {
  const changes = Object.entries(properties).map(([propertyName, value]) => ({ key, propertyName, value }));
  return { updateType: "metadata", segmentGroupIdentifier: GROUP, data: { changes } };
}

export function detach(audienceId: string) {
  return { updateType: "detach", segmentGroupIdentifier: GROUP, data: { audienceId } };
}

export const HEARTBEAT = { updateType: "heartbeat", segmentGroupIdentifier: GROUP, data: {} };

export function joins(audienceId: string, ...people: (string | number)[]): MembershipChange[] {
  return people.map((person) => ({ audienceId, personId: String(person), membership: true }));
}

export function leaves(audienceId: string, ...people: (string | number)[]): MembershipChange[] {
  return people.map((person) => ({ audienceId, personId: String(person), membership: false }));
}

export function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
