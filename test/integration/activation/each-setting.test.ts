import { wireProfileTables } from "@peregrine/activation-types";
import type { FaultSpec, Sandbox, SandboxConfig } from "@peregrine/ibexa-sandbox";
import { createOutgoing, type Outgoing } from "@peregrine/server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startProxy } from "../harness/proxy.ts";
import { AUTHORITY, SERVER_TLS } from "../harness/tls.ts";
import { live, speaker } from "./speaker.ts";
import { activate, CREDENTIALS, openSandbox, openWorld, type World } from "./world.ts";

let world: World;
let outgoing: Outgoing;
let proxy: Awaited<ReturnType<typeof startProxy>>;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  world = await openWorld();
  outgoing = createOutgoing(world.clock);
  proxy = await startProxy();
  closing.push(() => outgoing.close(), proxy.close);
  await world.audiences.know(Array.from({ length: 12 }, (_, at) => [at + 1, `u${at + 1}`]));
});
afterAll(async () => {
  for (const close of closing) await close();
  await world.close();
});

type Advanced = Record<string, unknown>;

async function sandboxOf(config: Partial<SandboxConfig>): Promise<Sandbox> {
  const sandbox = await openSandbox(config);
  closing.push(() => sandbox.close());
  return sandbox;
}

const speak = (sandbox: Sandbox, advanced: Advanced) =>
  speaker(outgoing, {
    clientId: CREDENTIALS.clientId,
    clientSecret: CREDENTIALS.clientSecret,
    baseUrl: sandbox.webhookUrl,
    segmentGroupIdentifier: CREDENTIALS.group,
    advanced: { timeoutSeconds: 20, ...advanced },
  });

/** A receiver that wants it so, and the settings that say so. Where the default is refused, `isStrict`. */
interface Spelt {
  readonly wanted: NonNullable<SandboxConfig["wire"]>;
  readonly advanced: Advanced | ((sandbox: Sandbox) => Advanced);
  readonly isStrict: boolean;
}

const spelt = (wanted: Spelt["wanted"], advanced: Spelt["advanced"] = { ...wanted }): Spelt => ({
  wanted,
  advanced,
  isStrict: true,
});
const preset = (advanced: Advanced): Spelt => ({ wanted: {}, advanced, isStrict: false });
const oauth = (more: Advanced) =>
  spelt({ credentials: { in: "oauth" } }, ({ url }) => ({
    credentials: { in: "oauth", tokenUrl: `${url}/oauth/token`, ...more },
  }));
const inBody = { in: "body", idName: "tenant", secretName: "pass" } as const;
const renamed = { create: "C1", membershipChanges: "M1", metadata: "D1", detach: "X1", heartbeat: "H1" };
const below = { create: "/c", membershipChanges: "/m", metadata: "/d", detach: "/x", heartbeat: "/h" };

const SPELT: readonly Spelt[] = [
  preset({ version: 1 }),
  preset({ method: "POST" }),
  spelt({ method: "PUT" }),
  spelt({ method: "PATCH" }),
  spelt({ contentType: "application/vnd.shop+json" }),
  preset({ credentials: { in: "headers" } }),
  spelt({ credentials: { in: "headers", idName: "Shop-Id", secretName: "Shop-Key" } }),
  spelt({ credentials: { in: "basic" } }),
  oauth({}),
  oauth({ authentication: "basic", clientId: CREDENTIALS.clientId }),
  oauth({ authentication: "body", scope: "segments.write" }),
  spelt({ credentials: inBody }),
  spelt(
    {
      keySpelling: "snake_case",
      credentials: { in: "body", idName: "client_id", secretName: "client_secret" },
    },
    { keySpelling: "snake_case", credentials: { in: "body" } },
  ),
  preset({ keySpelling: "camelCase" }),
  spelt({ keySpelling: "PascalCase" }),
  spelt({ keySpelling: "snake_case" }),
  spelt({ updateTypes: renamed }),
  preset({ segmentGroup: { in: "body" } }),
  spelt({ segmentGroup: { in: "header", name: "X-SEGMENT-GROUP" } }, { segmentGroup: { in: "header" } }),
  spelt({ segmentGroup: { in: "header", name: "Shop-Group" } }),
  spelt({ personIdType: "ez-user" }),
  spelt({ paths: below }),
];

/** What one message is taken for when it is answered by a fault. */
interface Answered {
  readonly advanced: Advanced;
  readonly fault: FaultSpec;
  readonly message: "create" | "membershipChanges" | "detach";
  readonly kind: string;
}

const said = (
  advanced: Advanced,
  fault: FaultSpec,
  kind: string,
  message: Answered["message"] = "membershipChanges",
): Answered => ({ advanced, fault, message, kind });
const status = (code: number): FaultSpec => ({ kind: "status", status: code });
const page: FaultSpec = { kind: "loginPage" };
const text: FaultSpec = { kind: "text" };
const field = (equals: readonly unknown[]) => ({ success: { field: "/status", equals } });

const ANSWERED: readonly Answered[] = [
  said({ success: { body: "emptyOrJson" } }, status(204), "accepted"),
  said({ success: { body: "emptyOrJson" } }, text, "stop"),
  said({ success: { body: "json" } }, status(204), "stop"),
  said({ success: { body: "json" } }, status(200), "accepted"),
  said({ success: { body: "notWebPage" } }, text, "accepted"),
  said({ success: { body: "notWebPage" } }, page, "stop"),
  said(field(["done", "queued"]), status(200), "refused"),
  said(field(["refused"]), status(200), "accepted"),
  said(field([1, true]), status(200), "refused"),
  said(field(["done"]), status(204), "stop"),
  said({ alreadyThere: [409] }, status(409), "accepted", "create"),
  said({ alreadyThere: [] }, status(409), "stop", "create"),
  said({ alreadyThere: [422] }, status(422), "accepted", "create"),
  said({ alreadyGone: [404] }, status(404), "accepted", "detach"),
  said({ alreadyGone: [] }, status(404), "stop", "detach"),
  said({ alreadyGone: [410] }, status(410), "accepted", "detach"),
  said({}, status(418), "stop"),
  said({ statuses: { 418: "retried" } }, status(418), "lost"),
  said({ statuses: { 418: "refused" } }, status(418), "refused"),
  said({ statuses: { 503: "stops" } }, status(503), "stop"),
  said({}, status(503), "lost"),
];

let runs = 0;

/** A run of twelve people, with the messages of it that were under way at the same time. */
async function run(advanced: Advanced, config: Partial<SandboxConfig> = {}, fault?: FaultSpec) {
  const sandbox = await sandboxOf(config);
  if (fault !== undefined) sandbox.addFault(fault);
  runs += 1;
  const audience = `e${String(runs).padStart(7, "0")}`;
  let underWay = 0;
  let atOnce = 0;
  const network = createOutgoing(world.clock);
  const service = world.service({
    outgoing: {
      send: async (...message) => {
        underWay += 1;
        atOnce = Math.max(atOnce, underWay);
        return network.send(...message).finally(() => {
          underWay -= 1;
        });
      },
      close: () => network.close(),
    },
  });
  const id = `each-${runs}`;
  await activate(world, service, {
    id,
    baseUrl: sandbox.webhookUrl,
    audiences: [audience],
    advanced: { timeoutSeconds: 20, ...advanced },
  });
  world.audiences.set(
    audience,
    Array.from({ length: 12 }, (_, at) => at + 1),
  );
  const began = performance.now();
  const ended = await service.run(id, "manual");
  const took = performance.now() - began;
  const batches = sandbox
    .requests()
    .filter(({ action }) => action === "membershipChanges")
    .map(({ changes }) => changes);
  return {
    ended,
    batches,
    atOnce,
    took,
    requests: sandbox.requests().length,
    people: sandbox.people(audience),
  };
}

const SLOWLY: FaultSpec = { kind: "latency", ms: 120, match: { action: "membershipChanges" } };

interface Sent {
  readonly advanced: Advanced | (() => Advanced);
  readonly config?: Partial<SandboxConfig>;
  readonly fault?: FaultSpec;
  readonly shows: (done: Awaited<ReturnType<typeof run>>) => void;
}

const allIn = ({ ended, people }: Awaited<ReturnType<typeof run>>) => {
  expect(ended).toMatchObject({ state: "done", counts: { accepted: 12 } });
  expect(people.size).toBe(12);
};

const SENT: readonly Sent[] = [
  {
    advanced: { batchSize: 5 },
    shows: (done) => {
      allIn(done);
      expect(done.batches.toSorted()).toEqual([2, 5, 5]);
      expect(done.ended.counts).not.toHaveProperty("queued");
    },
  },
  {
    advanced: { requestsAtOnce: 1, batchSize: 3 },
    fault: SLOWLY,
    shows: (done) => {
      allIn(done);
      expect(done.atOnce).toBe(1);
    },
  },
  {
    advanced: { requestsAtOnce: 3, batchSize: 3 },
    fault: SLOWLY,
    shows: (done) => {
      allIn(done);
      expect(done.atOnce).toBe(3);
    },
  },
  {
    advanced: { requestsPerSecond: 20, batchSize: 2 },
    shows: (done) => {
      allIn(done);
      // Timers may fire a millisecond early.
      expect(done.took).toBeGreaterThan(((done.requests - 1) * 1000) / 20 - done.requests);
    },
  },
  {
    advanced: { timeoutSeconds: 0.3 },
    fault: { kind: "hang", match: { action: "create" } },
    shows: ({ ended }) => {
      expect(ended).toMatchObject({
        state: "failed",
        error: { code: "destinationTimeout", detail: expect.stringContaining("0.3 s") },
      });
    },
  },
  {
    advanced: { bulkAsyncThreshold: 12 },
    shows: (done) => {
      allIn(done);
      expect(done.ended.counts).toMatchObject({ queued: 12 });
    },
  },
  {
    advanced: { certificateAuthority: AUTHORITY },
    config: { tls: SERVER_TLS },
    shows: allIn,
  },
  {
    advanced: () => ({ proxy: proxy.url }),
    shows: (done) => {
      allIn(done);
      expect(proxy.tunnels.length).toBeGreaterThan(0);
    },
  },
];

const named = (advanced: unknown) =>
  typeof advanced === "object" ? JSON.stringify(advanced).slice(0, 90) : "what depends on the receiver";

describe("each setting of the wire profile, with each alternative", () => {
  it.each(SPELT.map((row) => [named(row.advanced), row] as const))(
    "%s: all five messages arrive as they are wanted",
    async (_, { wanted, advanced, isStrict }) => {
      const sandbox = await sandboxOf({ wire: wanted, onDetach: "delete" });
      const given = typeof advanced === "function" ? advanced(sandbox) : advanced;
      expect(await live(speak(sandbox, given), sandbox, "5d822e81")).toMatchObject({
        kinds: Array(6).fill("accepted"),
        people: ["14", "16"],
        segment: { name: "Audience 5d822e81", properties: { description: "Ünïcode" } },
      });
      expect(sandbox.requests().map(({ work }) => work)).toEqual(Array(6).fill("done"));
      if (!isStrict) return;
      const { kinds } = await live(speak(sandbox, {}), sandbox, "77ab01c4");
      expect(kinds.some((kind) => kind !== "accepted")).toBe(true);
    },
  );

  it.each(ANSWERED.map((row) => [named(row.advanced), JSON.stringify(row.fault), row.kind, row] as const))(
    "%s takes %s for: %s",
    async (_, __, kind, { advanced, fault, message }) => {
      const sandbox = await sandboxOf({});
      const one = speak(sandbox, advanced);
      if (message !== "create") await speak(sandbox, {}).attach("5d822e81");
      sandbox.addFault({ ...fault, match: { action: message } });
      const say = {
        create: () => one.attach("5d822e81"),
        membershipChanges: () => one.bring("5d822e81", ["14"], true),
        detach: () => one.detach("5d822e81"),
      } satisfies Record<Answered["message"], unknown>;
      expect((await say[message]()).kind).toBe(kind);
    },
  );

  it.each(SENT.map((row) => [named(row.advanced), row] as const))("%s: a run goes by it", async (_, row) => {
    const { advanced, config, fault, shows } = row;
    shows(await run(typeof advanced === "function" ? advanced() : advanced, config, fault));
  });

  it("is among these: none of docs/wire-profile.md is left out", async () => {
    const sandbox = await sandboxOf({});
    const settings = [...SPELT, ...ANSWERED, ...SENT].map(({ advanced }) =>
      typeof advanced === "function" ? advanced(sandbox) : advanced,
    );
    const tried = new Set(settings.flatMap((advanced) => mentioned("", advanced)));
    const missing = alternatives().filter((one) => !tried.has(one));
    expect(missing).toEqual([]);
    expect(alternatives().length).toBeGreaterThan(50);
  });
});

/** Every setting of the page's table, with each value that it names: `method=PUT`, `credentials(body).idName`. */
function alternatives(): string[] {
  let option = "";
  return wireProfileTables()
    .profile.split("\n")
    .slice(2)
    .flatMap((line) => {
      const [first = "", values = ""] = line.replace(/^\| /, "").split(" | ");
      const name = first.replaceAll("`", "");
      const [group = "", ...rest] = name.split(".");
      const codes = [...values.matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
      if (rest.length === 0) option = "";
      if (rest.join(".") === "in") {
        option = codes[0] ?? "";
        return [`${group}(${option})`];
      }
      const path = rest.length > 0 && option !== "" ? `${group}(${option}).${rest.join(".")}` : name;
      if (values === "" || (rest.length === 0 && ["credentials", "segmentGroup"].includes(group))) return [];
      if (values.startsWith("list: ") && values.includes(" or ")) {
        return values
          .slice("list: ".length)
          .split(" or ")
          .map((kind) => `${path}:${kind === "text" ? "string" : kind}`);
      }
      return codes.length > 0 ? codes.map((code) => `${path}=${code}`) : [path];
    });
}

/** What settings mention, in the words of {@link alternatives}. */
function mentioned(path: string, value: unknown): string[] {
  if (Array.isArray(value)) return [path, ...value.map((item) => `${path}:${typeof item}`)];
  if (typeof value !== "object" || value === null) return [path, `${path}=${value}`];
  const kind = "in" in value && typeof value.in === "string" ? `${path}(${value.in})` : path;
  const below = Object.entries(value).flatMap(([key, inner]) => {
    if (path === "statuses") return [`statuses=${inner}`];
    return mentioned(kind === "" ? key : `${kind}.${key}`, inner);
  });
  return [kind, ...below];
}
