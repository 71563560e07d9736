import { describe, expect, it } from "vitest";
import { ibexaConnection } from "./connection.ts";
import { ibexa } from "./index.ts";
import {
  createMessage,
  detachMessage,
  heartbeatMessage,
  membershipChangesMessage,
  metadataMessage,
} from "./message.ts";
import { ibexaSettings } from "./settings.ts";

function settingsWith(advanced: object, more: object = {}) {
  return ibexaSettings.parse({
    clientSecret: "secret",
    clientId: "id",
    baseUrl: "https://shop.example/cdp/webhook",
    segmentGroupIdentifier: "Käufer",
    advanced,
    ...more,
  });
}

const CHANGE = { id: 1, audienceId: "5d822e81", personId: "14", membership: true };

function sent(advanced: object, more: object = {}) {
  const message = membershipChangesMessage(settingsWith(advanced, more), [CHANGE]);
  return { ...message, body: JSON.parse(message.body ?? "") };
}

describe("each setting of the wire profile changes what is sent", () => {
  it("method and content type", () => {
    const message = sent({ method: "PUT", contentType: "application/vnd.ibexa+json; charset=utf-8" });
    expect(message.method).toBe("PUT");
    expect(message.headers["content-type"]).toBe("application/vnd.ibexa+json; charset=utf-8");
  });

  it("credentials in headers of other names", () => {
    const credentials = { in: "headers", idName: "Client-Id", secretName: "Api-Key" };
    expect(sent({ credentials }).headers).toMatchObject({ "client-id": "id", "api-key": "secret" });
    expect(sent({ credentials }).headers).not.toHaveProperty("x-client-id");
  });

  it("credentials by HTTP Basic", () => {
    const { headers } = sent({ credentials: { in: "basic" } });
    expect(headers["authorization"]).toBe(`Basic ${btoa("id:secret")}`);
    expect(headers).not.toHaveProperty("x-client-secret");
  });

  it("credentials in the body, by names of their own or in the profile's spelling", () => {
    expect(sent({ credentials: { in: "body" }, keySpelling: "snake_case" }).body).toMatchObject({
      client_id: "id",
      client_secret: "secret",
    });
    const credentials = { in: "body", idName: "user", secretName: "pass" };
    expect(sent({ credentials }).body).toMatchObject({ user: "id", pass: "secret" });
  });

  it("credentials for a token: nothing in the message, a grant for the engine", () => {
    const credentials = { in: "oauth", tokenUrl: "https://shop.example/token", scope: "cdp" };
    const { headers, body } = sent({ credentials });
    expect(JSON.stringify([headers, body])).not.toContain("secret");
    const grant = { url: "https://shop.example/token", authentication: "basic", scope: "cdp" };
    expect(ibexaConnection(settingsWith({ credentials })).token).toEqual({
      ...grant,
      clientId: "id",
      clientSecret: "secret",
    });
    const own = settingsWith(
      { credentials: { ...credentials, clientId: "token-id", authentication: "body" } },
      { tokenClientSecret: "token-secret" },
    );
    expect(ibexaConnection(own).token).toMatchObject({
      clientId: "token-id",
      clientSecret: "token-secret",
      authentication: "body",
    });
  });

  it.each([
    [
      "PascalCase",
      {
        UpdateType: "membershipChanges",
        SegmentGroupIdentifier: "Käufer",
        Data: { Changes: [{ AudienceId: "5d822e81", PersonId: "14", Membership: true }] },
      },
    ],
    [
      "snake_case",
      {
        update_type: "membershipChanges",
        segment_group_identifier: "Käufer",
        data: { changes: [{ audience_id: "5d822e81", person_id: "14", membership: true }] },
      },
    ],
  ])("keys in %s", (keySpelling, body) => {
    expect(sent({ keySpelling }).body).toEqual(body);
  });

  it("keys of the other messages", () => {
    const settings = settingsWith({ keySpelling: "snake_case" });
    const data = (message: { readonly body?: string }) => JSON.parse(message.body ?? "").data;
    expect(data(createMessage(settings, { audienceId: "a", name: "A" }))).toEqual({
      audience_name: "A",
      audience_id: "a",
    });
    const fact = { audienceId: "a", property: "lastUpdated", value: "x" } as const;
    expect(data(metadataMessage(settings, [fact]))).toEqual({
      changes: [{ key: "a", property_name: "lastUpdated", value: "x" }],
    });
    expect(data(detachMessage(settings, "a"))).toEqual({ audience_id: "a" });
    expect(data(heartbeatMessage(settings))).toEqual({});
  });

  it("values of updateType", () => {
    const updateTypes = { membershipChanges: "MembershipChanges", create: "CREATE" };
    expect(sent({ updateTypes }).body.updateType).toBe("MembershipChanges");
    const created = createMessage(settingsWith({ updateTypes }), { audienceId: "a", name: "A" });
    expect(JSON.parse(created.body ?? "").updateType).toBe("CREATE");
    expect(JSON.parse(heartbeatMessage(settingsWith({ updateTypes })).body ?? "").updateType).toBe(
      "heartbeat",
    );
  });

  it("the segment group in a header, its letters as UTF-8", () => {
    const { headers, body } = sent({ segmentGroup: { in: "header", name: "X-Group" } });
    expect(Buffer.from(headers["x-group"] ?? "", "latin1").toString("utf8")).toBe("Käufer");
    expect(body).not.toHaveProperty("segmentGroupIdentifier");
  });

  it("personIdType", () => {
    expect(sent({}).body.data.changes[0]).not.toHaveProperty("personIdType");
    const changes = sent({ personIdType: "user-id", keySpelling: "PascalCase" }).body.Data.Changes;
    expect(changes[0]).toMatchObject({ PersonIdType: "user-id" });
  });

  it("a path for a message, below the Base URL", () => {
    const advanced = { paths: { membershipChanges: "/members", create: "/segments" } };
    expect(sent(advanced).url).toBe("https://shop.example/cdp/webhook/members");
    expect(heartbeatMessage(settingsWith(advanced)).url).toBe("https://shop.example/cdp/webhook");
  });

  it("extra headers, which never replace one of the message", () => {
    const extraHeaders = "Authorization: Basic c3RhZ2luZw==\r\nX-Stage: a: b\nX-Client-Id: other\n";
    const { headers } = sent({}, { extraHeaders });
    expect(headers).toMatchObject({
      authorization: "Basic c3RhZ2luZw==",
      "x-stage": "a: b",
      "x-client-id": "id",
    });
  });

  it("batch size, messages at once, time-out, messages a second", () => {
    const advanced = { batchSize: 5, requestsAtOnce: 2, timeoutSeconds: 1.5, requestsPerSecond: 0.5 };
    expect(ibexa.limits(settingsWith(advanced))).toEqual({
      batchSize: 5,
      requestsAtOnce: 2,
      requestTimeoutMs: 1500,
      requestsPerSecond: 0.5,
    });
    expect(ibexa.limits(settingsWith({}))).not.toHaveProperty("requestsPerSecond");
  });

  it("proxy and authority, and what of them is secret", () => {
    const more = {
      proxyCredentials: "user:proxy-password",
      extraHeaders: "Authorization: Basic c3RhZ2luZw==",
    };
    const connection = ibexaConnection(settingsWith({ proxy: "http://proxy.example:3128" }, more));
    expect(connection.proxy).toEqual({
      url: "http://proxy.example:3128",
      credentials: "user:proxy-password",
    });
    expect(connection.secrets).toEqual(
      expect.arrayContaining([
        "c3RhZ2luZw==",
        "proxy-password",
        btoa("id:secret"),
        btoa("user:proxy-password"),
      ]),
    );
  });
});
