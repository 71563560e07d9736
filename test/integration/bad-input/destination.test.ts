import { writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "@peregrine/ibexa-sandbox";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { peregrine, refused } from "./command.ts";
import { CUSTOMERS, customers, HEADER, type Installation, startInstallation } from "./installation.ts";

const CLIENT_ID = "bad-input";
const SECRET = "s3cret-of-the-sandbox";
const PEOPLE = 20;

let shop: Installation;
let sandbox: Sandbox;
const closers: (() => Promise<unknown>)[] = [];
beforeAll(async () => {
  // No worker: a run begins when it is asked for, and what it says stays to be read.
  shop = await startInstallation({ PEREGRINE_ROLES: "web,ingest" });
  sandbox = await startSandbox({
    activations: [{ clientId: CLIENT_ID, clientSecret: SECRET, segmentGroupIdentifier: "cdp" }],
    segmentGroups: [{ identifier: "cdp" }],
    users: "any",
  });
  await shop.define(...CUSTOMERS);
  await writeFile(join(shop.folder, "customers.csv"), HEADER + customers(PEOPLE));
  expect((await shop.run("import", "customers", "customers.csv")).exit).toBe(0);
});
afterAll(async () => {
  await shop?.close();
  for (const close of closers) await close();
  await sandbox?.close();
});

async function listen(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/cdp/webhook`;
}

const answering = (status: number, type: string, body: string, headers: Record<string, string> = {}) =>
  listen((_, response) => response.writeHead(status, { "Content-Type": type, ...headers }).end(body));

async function closedPort(): Promise<string> {
  const url = await listen(() => {});
  await closers.pop()?.();
  return url;
}

/** An activation with an audience of its own; both are named by `id`. */
async function define(id: string, settings: Record<string, unknown>, state = "active"): Promise<void> {
  await shop.define(
    { kind: "audience", id, name: `Everyone of ${id}`, rule: { everyone: true } },
    {
      kind: "activation",
      id,
      name: id,
      type: "ibexa",
      state,
      personIdentifier: "userid",
      settings: {
        baseUrl: sandbox.webhookUrl,
        clientId: CLIENT_ID,
        clientSecret: SECRET,
        segmentGroupIdentifier: "cdp",
        ...settings,
      },
      audiences: [id],
    },
  );
}

interface Status {
  readonly segments: readonly {
    readonly accepted: number;
    readonly waiting: number;
    readonly status: string;
  }[];
}

const statusOf = async (id: string) =>
  (await shop.server.call<Status>("GET", `/activations/${id}/status`)).body;

describe("a run that cannot deliver says why, counts nobody, and delivers everybody once that is mended", () => {
  it.each([
    {
      name: "nothing listens there",
      settings: async () => ({ baseUrl: await closedPort() }),
      exit: 69,
      code: "destinationRefusesConnection",
      words: [
        /127\.0\.0\.1:\d+ can't be reached: it refuses the connection \(ECONNREFUSED\)/,
        /Check the port/,
      ],
    },
    {
      name: "there is no such host",
      settings: async () => ({ baseUrl: "http://ibexa.invalid/cdp/webhook" }),
      exit: 69,
      code: "destinationHostUnknown",
      words: [/ibexa\.invalid can't be reached: its name is not known/, /DNS/],
    },
    {
      name: "it never answers",
      settings: async () => ({ baseUrl: await listen(() => {}), advanced: { timeoutSeconds: 0.2 } }),
      exit: 75,
      code: "destinationTimeout",
      words: [/0\.2 s/, /tried again by itself; nothing was lost/],
    },
    {
      name: "a web page with 200",
      settings: async () => ({ baseUrl: await answering(200, "text/html", "<title>Log in</title>") }),
      exit: 78,
      code: "destinationWebPage",
      words: [/answered 200 with a page named "Log in"/, /no login page stands before/, /Nobody was counted/],
    },
    {
      name: "a web page with 404",
      settings: async () => ({ baseUrl: await answering(404, "text/html", "<title>Nothing</title>") }),
      exit: 78,
      code: "destinationNotFound",
      words: [/404: a page named "Nothing"/, /ends in \/cdp\/webhook/],
    },
    {
      name: "plain text with 200",
      settings: async () => ({ baseUrl: await answering(200, "text/plain", "It works!") }),
      exit: 78,
      code: "destinationAnswerUnexpected",
      words: [/It works!/, /Nobody was counted/],
    },
    {
      name: "a redirect",
      settings: async () => ({
        baseUrl: await answering(301, "text/html", "", { Location: "https://www.shop.example/cdp/webhook" }),
      }),
      exit: 78,
      code: "destinationRedirects",
      words: [/redirects \(301\)/, /https:\/\/www\.shop\.example\/cdp\/webhook/],
    },
    {
      name: "wrong credentials",
      settings: async () => ({ clientSecret: "s3cret-of-another" }),
      exit: 77,
      code: "destinationCredentials",
      words: [/answered 401/, /Client Id and Client Secret must equal those/],
    },
    {
      name: "an unknown segment group",
      settings: async () => ({ segmentGroupIdentifier: "cdpp" }),
      exit: 78,
      code: "destinationRefusesSegment",
      words: [/no segment group "cdpp"/, /segment group exists there with exactly this identifier/],
    },
  ])("$name", async ({ name, settings, exit, code, words }) => {
    const id = name.replaceAll(" ", "-");
    await define(id, await settings());
    // While it is tried again, standard error says why.
    const own = { environment: shop.environment, cwd: shop.folder };
    const failure = await refused(["activation", "run", id], own, true);
    expect(failure).toMatchObject({ exit, code });
    expect(failure.error).toMatch(/^Run \d+ failed: /);
    for (const word of words) expect(failure.text).toMatch(word);
    const shown = await shop.run("activation", "status", id);
    for (const word of words) expect(shown.stdout).toMatch(word);
    for (const text of [JSON.stringify(failure.json), shown.stdout]) expect(text).not.toContain("s3cret");
    expect(await statusOf(id)).toMatchObject({
      segments: [{ accepted: 0, waiting: PEOPLE, status: "failed" }],
    });
    expect(sandbox.people(id).size).toBe(0);

    await define(id, {});
    const mended = await shop.run("activation", "run", id);
    expect({ exit: mended.exit, stderr: mended.stderr }).toEqual({ exit: 0, stderr: "" });
    expect(sandbox.people(id).size).toBe(PEOPLE);
    expect(await statusOf(id)).toMatchObject({
      segments: [{ accepted: PEOPLE, waiting: 0, status: "upToDate" }],
    });
  });
});

describe("a destination that can't be reached", () => {
  it("is named while it is tried again: once, and in the status of the activation", async () => {
    // So seldom that it is still being tried whenever that is looked at.
    const settings = { baseUrl: await closedPort(), advanced: { requestsPerSecond: 0.02 } };
    await define("waiting", settings);
    let said = "";
    const running = peregrine(["activation", "run", "waiting"], {
      environment: shop.environment,
      cwd: shop.folder,
      hear: (text) => (said += text),
    });
    const reason =
      /waits: 127\.0\.0\.1:\d+ can't be reached: it refuses the connection \(ECONNREFUSED\)\. It is tried again\.$/m;
    await expect.poll(() => said, { timeout: 60_000 }).toMatch(reason);
    expect((await shop.run("activation", "status", "waiting")).stdout).toMatch(reason);
    await define("waiting", settings, "paused");
    const { exit, stderr } = await running;
    expect(exit).toBe(75);
    expect(stderr.split("\n").filter((line) => reason.test(line))).toHaveLength(1);
  });
});

describe("an activation is tried out", () => {
  it("by a heartbeat: four ticks, and what to do about the one that fails", async () => {
    await define("tried", {});
    const good = await shop.run("activation", "test", "tried");
    expect(good.stdout.split("\n").slice(0, 4)).toEqual([
      "✓ Reached: An answer came.",
      "✓ Is the webhook: It answered as the webhook does.",
      "✓ Credentials: They were taken.",
      expect.stringMatching(/^\? Message format: Not verified with your Ibexa/),
    ]);
    await define("tried", { clientSecret: "s3cret-of-another" });
    const failure = await shop.refused("activation", "test", "tried");
    expect(failure).toMatchObject({ exit: 77, code: "destinationCredentials" });
    expect(failure.text).toMatch(
      /What it means: Status 401[\s\S]+Where to look: On Ibexa's side[\s\S]+What to do: /,
    );
    expect(failure.text).toContain("docs/errors/destinationCredentials.md");
    expect(JSON.stringify(failure.json)).not.toContain("s3cret");
  });

  it("by one person, who is taken out again", async () => {
    await define("tried", {});
    const added = await shop.run("activation", "test-person", "tried", "--person", "14");
    expect(added.stdout).toMatch(/✓ The person was brought in\.[\s\S]+peregrine-test-tried/);
    expect(sandbox.segmentsOf("14")).toContain("peregrine-test-tried");
    const removed = await shop.run("activation", "test-person", "tried", "--remove");
    expect(removed).toMatchObject({ exit: 0, stderr: "" });
    expect(removed.stdout).toContain("Nobody is left in the test segment.");
    expect(sandbox.segment("peregrine-test-tried")).toBeUndefined();
    expect(await shop.refused("activation", "test-person", "tried")).toMatchObject({ exit: 64 });
  });
});

describe("an activation that may not run or change", () => {
  const apply = async (settings: string, ...more: string[]) => {
    await writeFile(
      join(shop.folder, "moved.yaml"),
      `kind: activation
id: fixed
name: fixed
type: ibexa
personIdentifier: userid
settings: ${settings}
audiences: [fixed]
`,
    );
    return shop.refused("apply", "-f", "moved.yaml", ...more);
  };

  it("asks whether another address is the same Ibexa, once people were accepted there", async () => {
    await define("fixed", {});
    expect((await shop.run("activation", "run", "fixed")).exit).toBe(0);
    const before = await shop.standing();
    const moved = await apply(
      `{ baseUrl: "https://www.shop.example/cdp/webhook", clientId: ${CLIENT_ID}, segmentGroupIdentifier: cdp }`,
    );
    expect(moved).toMatchObject({ exit: 65, code: "activationMoved" });
    expect(moved.text).toMatch(/destination[= ]same.*destination[= ]different/s);
    const regrouped = await apply(
      `{ baseUrl: "${sandbox.webhookUrl}", clientId: ${CLIENT_ID}, segmentGroupIdentifier: other }`,
    );
    expect(regrouped).toMatchObject({ exit: 65, code: "activationFixed" });
    expect(regrouped.text).toMatch(/moved\.yaml:6: .*\/settings\/segmentGroupIdentifier: is fixed/);
    expect(await shop.standing()).toEqual(before);
  });

  it("says that it is paused", async () => {
    await shop.define({
      kind: "activation",
      id: "paused",
      name: "paused",
      type: "ibexa",
      personIdentifier: "userid",
      state: "paused",
      settings: {
        baseUrl: sandbox.webhookUrl,
        clientId: CLIENT_ID,
        clientSecret: SECRET,
        segmentGroupIdentifier: "cdp",
      },
      audiences: [],
    });
    const failure = await shop.refused("activation", "run", "paused");
    expect(failure).toMatchObject({ exit: 65, code: "activationPaused" });
    expect(failure.text).toMatch(/Set its state to `active` first/);
  });
});
