import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CUSTOMERS, type Installation, startInstallation } from "../bad-input/installation.ts";

interface Token {
  readonly id: string;
  readonly token: string;
  readonly role: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}

interface Operation {
  readonly security?: readonly object[];
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

let shop: Installation;
const tokens: Record<string, Token> = {};
beforeAll(async () => {
  shop = await startInstallation();
  await shop.define(...CUSTOMERS);
  for (const role of ["viewer", "editor", "admin"]) {
    const { status, body } = await shop.server.call<Token>("POST", "/tokens", { name: role, role });
    expect(status).toBe(201);
    tokens[role] = body;
  }
});
afterAll(() => shop?.close());

async function ask(
  token: string | undefined,
  method: string,
  path: string,
  body?: object,
): Promise<{ status: number; code: string | undefined }> {
  const response = await fetch(`${shop.server.url}${path}`, {
    method,
    headers: {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const answer: { code?: string } = text === "" ? {} : JSON.parse(text);
  return { status: response.status, code: answer.code };
}

describe("roles", () => {
  const AUDIENCE = { name: "All", rule: { everyone: true } };
  it.each([
    ["GET", "/api/v1/audiences", undefined, "viewer"],
    ["GET", "/api/v1/definitions", undefined, "viewer"],
    ["GET", "/api/v1/catalog", undefined, "viewer"],
    ["POST", "/api/v1/rules/validate", { rule: { everyone: true } }, "viewer"],
    ["POST", "/api/v1/rules/preview", { rule: { everyone: true } }, "viewer"],
    ["PUT", "/api/v1/audiences/roles", AUDIENCE, "editor"],
    ["POST", "/api/v1/apply", { documents: [] }, "editor"],
    ["DELETE", "/api/v1/audiences/roles", undefined, "editor"],
    ["GET", "/api/v1/tokens", undefined, "admin"],
    ["POST", "/api/v1/tokens", { name: "more", role: "viewer" }, "admin"],
    ["GET", "/api/v1/status", undefined, "admin"],
    ["POST", "/api/v1/rebuild", undefined, "admin"],
  ])("%s %s is for those who may: %s at least the %s", async (method, path, body, least) => {
    const roles = ["viewer", "editor", "admin"];
    for (const role of roles) {
      const { status, code } = await ask(tokens[role]?.token, method, path, body);
      if (roles.indexOf(role) < roles.indexOf(least))
        expect({ status, code }).toEqual({ status: 403, code: "roleTooLow" });
      else expect([200, 201, 202, 204, 404, 409]).toContain(status);
    }
  });

  it("nothing but health, set-up and sign-in answers without a token, or with an unknown one", async () => {
    const document = (await shop.server.call<unknown>("GET", "/openapi.json")).body;
    const paths = (document as { paths: Record<string, Record<string, Operation>> }).paths;
    const open: string[] = [];
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, operation] of Object.entries(operations)) {
        const place = path.replaceAll(/\{[^}]*\}/g, "1");
        const { status, code } = await ask(undefined, method.toUpperCase(), place);
        if (operation.security?.length === 0) {
          open.push(path);
          continue;
        }
        // Streams have a credential of their own, and no token opens one.
        if (path.startsWith("/stream/")) {
          const withToken = await ask(tokens["admin"]?.token, method.toUpperCase(), place);
          const refused = { status: 401, code: "streamIdUnknown" };
          expect({ path, method, answers: [{ status, code }, withToken] }).toEqual({
            path,
            method,
            answers: [refused, refused],
          });
          continue;
        }
        expect({ path, method, status, code }).toEqual({ path, method, status: 401, code: "tokenMissing" });
        const unknown = await ask("pgt_unknown", method.toUpperCase(), place);
        expect({ path, method, ...unknown }).toEqual({ path, method, status: 401, code: "tokenUnknown" });
      }
    }
    expect([...new Set(open)].toSorted()).toEqual([
      "/api/v1/session",
      "/api/v1/setup",
      "/api/v1/setup/administrator",
      "/health",
    ]);
  });

  it("a revoked token opens nothing from the next request on, and can't be revoked again", async () => {
    const { body } = await shop.server.call<Token>("POST", "/tokens", { name: "short", role: "admin" });
    expect((await ask(body.token, "GET", "/api/v1/tokens")).status).toBe(200);
    expect((await ask(body.token, "DELETE", `/api/v1/tokens/${body.id}`)).status).toBe(204);
    expect(await ask(body.token, "GET", "/api/v1/audiences")).toEqual({ status: 401, code: "tokenUnknown" });
    expect((await shop.server.call("DELETE", `/tokens/${body.id}`)).status).toBe(404);
  });

  it("tokens are listed with times in ISO 8601 and without what opens the door", async () => {
    const { body } = await shop.server.call<{ items: Token[] }>("GET", "/tokens");
    expect(body.items.length).toBeGreaterThan(3);
    for (const item of body.items) {
      expect(Object.keys(item)).not.toContain("token");
      expect(new Date(item.createdAt).toISOString()).toBe(item.createdAt);
    }
  });
});

describe("the set-up code", () => {
  it("that was used opens nothing more", async () => {
    // The harness has used it for the token that the tests have.
    const again = await shop.server.call("POST", "/setup", {
      code: "set-up-code-of-the-tests",
      name: "second",
    });
    expect(again).toMatchObject({ status: 403, body: { code: "setupCodeWrong", actor: "user" } });
  });
});

describe("the API's description", () => {
  it("has a name, a summary, a tag and the problem for every operation", async () => {
    const document = (await shop.server.call<unknown>("GET", "/openapi.json")).body;
    const { openapi, paths } = document as {
      openapi: string;
      paths: Record<string, Record<string, Operation>>;
    };
    expect(openapi).toMatch(/^3\.1/);
    const operations = Object.values(paths).flatMap((path) => Object.values(path));
    for (const { operationId, summary, tags, responses } of operations) {
      expect(operationId).toMatch(/^[a-z][A-Za-z]+$/);
      expect(summary?.length, operationId).toBeGreaterThan(10);
      expect(tags, operationId).toHaveLength(1);
      expect(responses["default"]?.content, operationId).toEqual({
        "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } },
      });
    }
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  });
});
