import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Peregrine, startPeregrine } from "../harness/peregrine.ts";

const CODE = "users-set-up-code";
const ADA = { name: "Ada", email: "Ada@Example.com", password: "ada's long password" };

let folder: string;
let server: Peregrine;
let ada = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "peregrine-users-"));
  server = await startPeregrine({ folder, environment: { PEREGRINE_SETUP_CODE: CODE }, token: "" });
});
afterAll(async () => {
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Said {
  readonly status: number;
  readonly body: {
    readonly code?: string;
    readonly user?: { readonly id: string; readonly email: string } | null;
  };
  /** What the browser would send from now on. */
  readonly cookie: string;
  readonly setCookie: string;
}

async function ask(
  method: string,
  path: string,
  {
    cookie = "",
    body,
    headers = {},
  }: { cookie?: string; body?: object; headers?: Record<string, string> } = {},
): Promise<Said> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: {
      ...(cookie === "" ? {} : { Cookie: cookie }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const setCookie = response.headers.get("set-cookie") ?? "";
  const [sent = ""] = setCookie.split(";");
  return {
    status: response.status,
    body: text === "" ? {} : JSON.parse(text),
    cookie: sent || cookie,
    setCookie,
  };
}

const signIn = (email: string, password: string) => ask("POST", "/session", { body: { email, password } });

describe("the first administrator", () => {
  it("is made by the set-up code alone, and is signed in by a cookie that scripts and other sites don't get", async () => {
    expect((await ask("GET", "/session")).body).toEqual({ user: null, awaitsSetup: true });
    const wrong = await ask("POST", "/setup/administrator", { body: { code: "not it", ...ADA } });
    expect(wrong).toMatchObject({ status: 403, body: { code: "setupCodeWrong" } });
    const made = await ask("POST", "/setup/administrator", { body: { code: CODE, ...ADA } });
    expect(made).toMatchObject({ status: 200, body: { user: { email: "ada@example.com" } } });
    expect(made.setCookie).toMatch(/HttpOnly/);
    expect(made.setCookie).toMatch(/SameSite=Strict/);
    ada = made.cookie;
    expect((await ask("GET", "/users", { cookie: ada })).status).toBe(200);
    expect((await ask("GET", "/session")).body).toEqual({ user: null, awaitsSetup: false });
  });

  it("can't be made twice by one code", async () => {
    const again = await ask("POST", "/setup/administrator", {
      body: { code: CODE, ...ADA, email: "eve@example.com" },
    });
    expect(again).toMatchObject({ status: 403, body: { code: "setupCodeWrong" } });
  });
});

describe("a session", () => {
  it("begins by the right password, whatever the letters of the address, and by no other", async () => {
    expect(await signIn("ADA@example.com", ADA.password)).toMatchObject({ status: 200 });
    const refused = { status: 401, body: { code: "signInRefused" } };
    expect(await signIn(ADA.email, "another password")).toMatchObject(refused);
    expect(await signIn("nobody@example.com", ADA.password)).toMatchObject(refused);
  });

  it("changes nothing for another site's page", async () => {
    const body = { documents: [] };
    for (const headers of [{ Origin: "https://evil.example" }, { "Sec-Fetch-Site": "cross-site" }]) {
      const answer = await ask("POST", "/apply", { cookie: ada, body, headers });
      expect(answer).toMatchObject({ status: 403, body: { code: "requestForged" } });
    }
    expect((await ask("POST", "/apply", { cookie: ada, body, headers: { Origin: server.url } })).status).toBe(
      200,
    );
  });

  it("opens nothing after signing out", async () => {
    const { cookie } = await signIn(ADA.email, ADA.password);
    expect((await ask("DELETE", "/session", { cookie })).status).toBe(204);
    expect(await ask("GET", "/users", { cookie })).toMatchObject({
      status: 401,
      body: { code: "tokenMissing" },
    });
  });
});

describe("users", () => {
  it("have a role that holds at once, are shut out at once, and there is always an administrator", async () => {
    const vera = {
      name: "Vera",
      email: "vera@example.com",
      role: "viewer",
      password: "vera's long password",
    };
    const made = await ask("POST", "/users", { cookie: ada, body: vera });
    expect(made.status).toBe(201);
    const { id } = JSON.parse(JSON.stringify(made.body)) as { id: string };
    expect(await ask("POST", "/users", { cookie: ada, body: vera })).toMatchObject({
      status: 409,
      body: { code: "emailTaken" },
    });
    const { cookie } = await signIn(vera.email, vera.password);
    expect((await ask("GET", "/audiences", { cookie })).status).toBe(200);
    const apply = () => ask("POST", "/apply", { cookie, body: { documents: [] } });
    expect(await apply()).toMatchObject({ status: 403, body: { code: "roleTooLow" } });
    await ask("PATCH", `/users/${id}`, { cookie: ada, body: { role: "editor" } });
    expect((await apply()).status).toBe(200);
    await ask("PATCH", `/users/${id}`, { cookie: ada, body: { disabled: true } });
    expect((await apply()).status).toBe(401);
    expect((await signIn(vera.email, vera.password)).status).toBe(401);
    const self = (await ask("GET", "/session", { cookie: ada })).body.user?.id ?? "";
    expect(await ask("PATCH", `/users/${self}`, { cookie: ada, body: { role: "viewer" } })).toMatchObject({
      status: 409,
      body: { code: "lastAdministrator" },
    });
  });

  it("change their own password, which ends their other sessions", async () => {
    const one = await signIn(ADA.email, ADA.password);
    const other = await signIn(ADA.email, ADA.password);
    const change = (old: string) =>
      ask("POST", "/session/password", {
        cookie: one.cookie,
        body: { old, password: "a new long password" },
      });
    expect(await change("wrong")).toMatchObject({ status: 401, body: { code: "signInRefused" } });
    expect((await change(ADA.password)).status).toBe(204);
    expect((await ask("GET", "/users", { cookie: one.cookie })).status).toBe(200);
    expect((await ask("GET", "/users", { cookie: other.cookie })).status).toBe(401);
    expect((await signIn(ADA.email, ADA.password)).status).toBe(401);
  });
});

describe("the audit log", () => {
  it("says who did what to whom, before and after, without a secret, and to administrators alone", async () => {
    const { cookie } = await signIn(ADA.email, "a new long password");
    const made = await ask("POST", "/users", {
      cookie,
      body: { name: "Otto", email: "otto@example.com", role: "viewer", password: "otto's long password" },
    });
    const { id } = JSON.parse(JSON.stringify(made.body)) as { id: string };
    await ask("PATCH", `/users/${id}`, { cookie, body: { role: "editor" } });
    const answer = await ask("GET", "/audit?kind=user&limit=2", { cookie });
    expect(answer.body).toMatchObject({
      items: [
        {
          by: "Ada",
          action: "changed",
          kind: "user",
          subject: id,
          before: { role: "viewer" },
          after: { role: "editor" },
        },
        { by: "Ada", action: "created", subject: id, before: null, after: { name: "Otto" } },
      ],
      next: expect.any(String),
    });
    expect(JSON.stringify(answer.body)).not.toMatch(/password|scrypt/);
    const otto = await signIn("otto@example.com", "otto's long password");
    expect(await ask("GET", "/audit", { cookie: otto.cookie })).toMatchObject({
      status: 403,
      body: { code: "roleTooLow" },
    });
  });

  it("has a definition's change with what it was and is", async () => {
    const { cookie } = await signIn(ADA.email, "a new long password");
    const define = (priority: number) =>
      ask("PUT", "/definitions/identifier/userid", { cookie, body: { priority, limit: "one" } });
    expect((await define(100)).status).toBe(200);
    await define(90);
    expect((await ask("GET", "/audit?kind=identifier", { cookie })).body).toMatchObject({
      items: [
        { action: "changed", before: { priority: 100 }, after: { priority: 90 } },
        { action: "created", before: null, after: { priority: 100 } },
      ],
    });
  });
});

describe("guessing a password", () => {
  it("is stopped after twenty attempts in a minute", async () => {
    const answers: number[] = [];
    for (let attempt = 0; attempt < 25; attempt += 1)
      answers.push((await signIn("x@example.com", "y")).status);
    expect(answers.at(-1)).toBe(429);
  });
});
