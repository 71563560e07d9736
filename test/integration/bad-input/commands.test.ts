import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue, peregrine, type Refusal, refused } from "./command.ts";
import { CUSTOMERS, customers, HEADER, type Installation, startInstallation } from "./installation.ts";

let shop: Installation;
/** What was said to who asked for somebody before there was anything. */
let refusedAtFirst: Refusal;
beforeAll(async () => {
  shop = await startInstallation();
  refusedAtFirst = await shop.refused("profile", "show", "userid:1");
  await shop.define(...CUSTOMERS, {
    kind: "audience",
    id: "a0000001",
    name: "All",
    rule: { everyone: true },
  });
  await writeFile(join(shop.folder, "customers.csv"), HEADER + customers(3));
  expect((await shop.run("import", "customers", "customers.csv")).exit).toBe(0);
});
afterAll(() => shop?.close());

describe("something that is not there", () => {
  it.each([
    [["audience", "show", "nobody"], "There is no audience `nobody`.", /^`peregrine audience list`/],
    [
      ["audience", "preview", "a000001"],
      "There is no audience `a000001`.",
      /^Did you mean `a0000001`\? `peregrine audience list`/,
    ],
    [
      ["audience", "version", "a0000001", "9"],
      "The audience `a0000001` has no version 9.",
      /audience versions/,
    ],
    [["activation", "show", "nobody"], "There is no activation `nobody`.", /^`peregrine activation list`/],
    [["activation", "status", "nobody"], "There is no activation `nobody`.", /^`peregrine activation list`/],
    [["activation", "run", "nobody"], "There is no activation `nobody`.", /^`peregrine activation list`/],
    [
      ["import", "custmers", "customers.csv"],
      "There is no dataflow `custmers`.",
      /^Did you mean `customers`\? `peregrine definition list --kind dataflow`/,
    ],
    [["profile", "show", "userid:nobody"], "No profile has the userid `nobody`.", /another identifier/],
    [["profile", "show", "99999"], "There is no profile 99999.", /another identifier/],
    [["import", "refused", "99999"], "There is no import 99999.", /^`peregrine import list`/],
    [["token", "revoke", "nobody"], "There is no live token with the id nobody.", /^`peregrine token list`/],
    [["catalog", "values", "nothing"], "There is no attribute `nothing`.", /^`peregrine catalog`/],
  ])("%j: exit code 66, and where what exists is listed", async (args, error, remedy) => {
    const failure = await shop.refused(...args);
    expect(failure).toMatchObject({ exit: 66, code: "notFound", error });
    expect(failure.details).toEqual([expect.stringMatching(remedy)]);
  });

  it("an identifier of an unknown kind, or without one, names the kinds", async () => {
    for (const wanted of ["phone:1", "1042x"]) {
      const failure = await shop.refused("profile", "show", wanted);
      expect(failure).toMatchObject({ exit: 65, code: "requestInvalid" });
      expect(failure.text).toMatch(/kind is one of: email, userid/);
    }
  });

  it("an identifier where there are none yet says so, and what brings some", () => {
    expect(refusedAtFirst).toMatchObject({ exit: 65, code: "requestInvalid" });
    expect(refusedAtFirst.text).toMatch(/There are no identifiers yet; `peregrine apply -f` brings some/);
    expect(refusedAtFirst.text).not.toContain("one of");
  });

  it("commands in what is said are those of who came by npx or `npm run`, as JSON and as text", async () => {
    const environment = { ...shop.environment, npm_command: "run-script" };
    const failure = await refused(["audience", "show", "nobody"], { environment, cwd: shop.folder });
    expect(failure.details).toEqual([expect.stringMatching(/^`npx peregrine audience list`/)]);
    const help = await peregrine(["audience"], { environment, cwd: shop.folder });
    expect(help.stderr).toContain("Usage: npx peregrine audience");
  });

  it("an id that can be none says what ids look like", async () => {
    const failure = await shop.refused("audience", "show", "../tokens");
    expect(failure).toMatchObject({ exit: 65, error: "The request's address is not as the API expects it." });
    expect(failure.text).toMatch(/1 to 64 letters, digits/);
  });
});

describe("wrong usage is exit code 64 and sends nothing", () => {
  it.each([
    [["frobnicate"], /Unknown command 'frobnicate'/],
    [["audience", "list", "--jsno"], /Unknown option '--jsno'. Did you mean --json\?/],
    [["audience"], /Say which command/],
    [[], /Say which command/],
    [["import"], /Missing required argument 'dataflow'/],
    [["import", "customers"], /Missing required argument 'file'/],
    [["import", "show", "twelve"], /'twelve' is invalid for argument 'id'. It is a whole number/],
    [["definition", "list", "--kind", "audienc"], /Allowed choices are identifier, schema, dataflow/],
    [["import", "refused", "twelve"], /'twelve' is invalid for argument 'id'. It is a whole number/],
    [["apply"], /Required option '-f, --file <paths...>' not specified/],
    [["audience", "list", "more"], /Too many arguments/],
    [
      ["audience", "preview", "a0000001", "--as-of", "yesterday"],
      /It is an instant such as 2026-07-01T00:00:00Z/,
    ],
    [["token", "create", "x", "--role", "boss"], /Allowed choices are viewer, editor, admin/],
    [["login"], /Say --setup-code CODE, or --token TOKEN/],
    [["--url", "nonsense", "audience", "list"], /--url is not an http:\/\/ or https:\/\/ address/],
    [["--url", "http://me:pw@localhost", "audience", "list"], /without a user name/],
  ])("%j", async (args, words) => {
    // Where a command is missing, its help stands on standard error too.
    const failure = await refused(args, { environment: shop.environment, cwd: shop.folder }, true);
    expect(failure.exit).toBe(64);
    expect(failure.error).toMatch(words);
    expect(failure.text).not.toContain("me:pw");
  });

  it("and help is no failure: it goes to standard output", async () => {
    for (const args of [["--help"], ["import", "--help"], ["apply", "--help"], ["--version"]]) {
      const { exit, stdout, stderr } = await shop.run(...args);
      expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
      expect(stdout.length).toBeGreaterThan(5);
    }
  });
});

describe("who may not", () => {
  const as = (token: string) => ({
    environment: { ...shop.environment, PEREGRINE_TOKEN: token },
    cwd: shop.folder,
  });

  it("is told so without a token, with an unknown one, and with one of too low a role", async () => {
    const nobody = { environment: { ...shop.environment, PEREGRINE_TOKEN: "" } };
    const missing = await refused(["audience", "list"], nobody);
    expect(missing).toMatchObject({ exit: 77, code: "tokenMissing" });
    expect(missing.text).toMatch(/`peregrine login`, or set PEREGRINE_TOKEN/);

    const unknown = await refused(["audience", "list"], as("pgt_no-such-token"));
    expect(unknown).toMatchObject({ exit: 77, code: "tokenUnknown" });
    expect(unknown.text).not.toContain("no-such-token");

    const made = oneValue((await shop.run("token", "create", "eyes", "--json")).stdout);
    const viewer = as(String(made["token"]));
    expect((await peregrine(["audience", "list"], viewer)).exit).toBe(0);
    for (const args of [["import", "customers", "customers.csv"], ["rebuild"], ["token", "create", "mine"]]) {
      const low = await refused(args, viewer);
      expect(low).toMatchObject({ exit: 77, code: "roleTooLow" });
      expect(low.text).toMatch(/needs the role (editor|admin); the token "eyes" has the role viewer/);
      expect(low.text).not.toContain(String(made["token"]));
    }
    expect((await shop.run("token", "revoke", String(made["id"]))).exit).toBe(0);
    expect(await refused(["audience", "list"], viewer)).toMatchObject({ exit: 77, code: "tokenUnknown" });
  });

  it("is told so with a wrong set-up code and with a used one, which it does not repeat", async () => {
    for (const code of ["WRONG-CODE-0000", "set-up-code-of-the-tests"]) {
      const failure = await shop.refused("login", "--setup-code", code);
      expect(failure).toMatchObject({ exit: 77, code: "setupCodeWrong" });
      expect(failure.text).toMatch(/serve` printed at its first start/);
      expect(failure.text).not.toContain(code);
    }
  });

  it("is told so when the stored tokens are damaged", async () => {
    const home = await mkdtemp(join(tmpdir(), "peregrine-home-"));
    try {
      const surroundings = { environment: { PEREGRINE_URL: shop.server.url, XDG_CONFIG_HOME: home } };
      const login = await peregrine(["login", "--token", shop.server.token], surroundings);
      expect(login.exit).toBe(0);
      expect((await peregrine(["audience", "list"], surroundings)).exit).toBe(0);
      await writeFile(join(home, "peregrine", "credentials.json"), "{ damaged");
      const failure = await refused(["audience", "list"], surroundings);
      expect(failure.exit).toBe(78);
      expect(failure.text).toMatch(/credentials\.json can't be read.*\nRemove the file and sign in again/);
    } finally {
      await rm(home, { recursive: true });
    }
  });
});

describe("an address where no Peregrine answers", () => {
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
  });
  async function stranger(type: string, status: number, body: string): Promise<string> {
    const server = createServer((_, response) =>
      response.writeHead(status, { "Content-Type": type }).end(body),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  async function nobody(): Promise<string> {
    const url = await stranger("text/html", 200, "");
    const server = servers.pop();
    await new Promise((resolve) => server?.close(resolve));
    return url;
  }
  const commands = [
    ["audience", "list"],
    ["import", "customers", "customers.csv"],
  ];

  it("because nothing listens, or there is no such host", async () => {
    for (const url of [await nobody(), "http://peregrine.invalid"]) {
      for (const args of commands) {
        const failure = await shop.refused("--url", url, ...args);
        expect(failure.exit).toBe(69);
        expect(failure.error).toContain(`No Peregrine answers at ${url} (E`);
        expect(failure.text).toMatch(/`peregrine serve`, or say where it is with PEREGRINE_URL or --url/);
      }
    }
  });

  it("because another program is there", async () => {
    for (const url of [
      await stranger("text/html", 200, "<html>Welcome</html>"),
      await stranger("text/html", 404, "<html>Not found</html>"),
      await stranger("application/json", 500, '{"message":"no"}'),
    ]) {
      for (const args of commands) {
        const failure = await shop.refused("--url", url, ...args);
        expect(failure.exit).toBe(69);
        expect(failure.text).toMatch(/and not as Peregrine does\.\nIs there another program/);
      }
    }
  });
});

describe("a command that succeeds", () => {
  it("prints exactly one JSON value when asked to, and nothing on standard error", async () => {
    for (const args of [
      ["audience", "list"],
      ["audience", "show", "a0000001"],
      ["audience", "preview", "a0000001"],
      ["activation", "list"],
      ["profile", "show", "userid:1"],
      ["token", "list"],
      ["import", "customers", "customers.csv"],
      ["import", "refused", "1"],
      ["rebuild"],
    ]) {
      const { exit, stdout, stderr } = await shop.run(...args, "--json");
      expect({ args, exit, stderr }).toEqual({ args, exit: 0, stderr: "" });
      oneValue(stdout);
    }
  });

  it("ends quietly when its reader has read enough", async () => {
    const { spawn } = await import("node:child_process");
    const child = spawn(
      "bash",
      [
        "-c",
        `"$0" "$1" profile show userid:1 | head -n 1; echo "\${PIPESTATUS[0]}"`,
        process.execPath,
        join(import.meta.dirname, "../../../packages/cli/bin/peregrine.js"),
      ],
      {
        env: { PATH: process.env["PATH"] ?? "", ...shop.environment },
      },
    );
    let said = "";
    child.stdout.on("data", (text: Buffer) => (said += text));
    child.stderr.on("data", (text: Buffer) => (said += text));
    await new Promise((resolve) => child.once("close", resolve));
    expect(said).toBe("Profile 1\n0\n");
  });
});
