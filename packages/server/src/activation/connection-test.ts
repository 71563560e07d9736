import { isDeepStrictEqual } from "node:util";
import {
  type ActivationType,
  type ConnectionTest,
  faultsOfIssues,
  PeregrineError,
  readConnectionTest,
  splitSecrets,
} from "@peregrine/core";
import type { Store } from "../store/index.ts";
import type { LoadedActivation } from "./activation-source.ts";
import type { Sent } from "./request.ts";
import { countsOf } from "./run-counts.ts";
import type { RunDependencies } from "./run-dependencies.ts";

/** What is tested: an activation as it is saved, or with settings that aren't saved yet. */
export interface Testable {
  readonly id: string;
  readonly type: ActivationType;
  readonly settings: Record<string, unknown>;
  readonly secrets: readonly string[];
  /** It is what is saved. */
  readonly isSaved: boolean;
}

/** Settings as somebody typed them, some of the secrets left out because they are stored. */
interface Typed {
  readonly id: string;
  readonly type: ActivationType;
  readonly settings: Record<string, unknown>;
}

/**
 * Settings that aren't saved yet, with the stored secrets of the same activation where none are given.
 *
 * @throws PeregrineError `activationInvalid` with all faults; also where a stored secret would go to another place than
 *   it was saved for
 */
export async function withStoredSecrets(
  typed: Typed,
  saved: LoadedActivation | undefined,
): Promise<Testable> {
  const { id, type } = typed;
  const given = splitSecrets(type.settings, typed.settings);
  const stored = saved?.type === type ? splitSecrets(type.settings, saved.settings).secrets : {};
  const missing = Object.keys(stored).filter((name) => !Object.hasOwn(typed.settings, name));
  const lent = Object.fromEntries(missing.map((name) => [name, stored[name] ?? ""]));
  const checked = type.settings.safeParse({ ...lent, ...typed.settings });
  if (!checked.success) {
    throw new PeregrineError("activationInvalid", {
      detail: "The settings can't be tested like this.",
      faults: faultsOfIssues(checked.error.issues, ["settings"]),
    });
  }
  if (saved !== undefined && missing.length > 0) {
    const known = new Set(await placesOf(type, saved.settings));
    if ((await placesOf(type, checked.data)).some((place) => !known.has(place))) {
      throw new PeregrineError("activationInvalid", {
        detail: "Stored secrets are sent only to where they were saved for.",
        faults: missing.map((name) => ({
          path: `/settings/${name}`,
          message: "give it again for another address",
        })),
      });
    }
  }
  const secrets = Object.values({ ...lent, ...given.secrets });
  return {
    id,
    type,
    settings: checked.data,
    secrets,
    isSaved: isDeepStrictEqual(checked.data, saved?.settings),
  };
}

/** Where credentials would go to. */
async function placesOf(type: ActivationType, settings: Record<string, unknown>): Promise<string[]> {
  const { token, proxy } = type.connection(settings);
  const urls = [token?.url, proxy?.url];
  await type.check({
    settings,
    request: async ({ url }) => {
      urls.push(url);
      return { kind: "failed", cause: "unreachable", reason: "Nothing was sent." };
    },
  });
  return urls.filter((url) => url !== undefined).map((url) => new URL(url).origin);
}

/** Sends a heartbeat and says what its answer shows. */
export async function testConnection(
  { store, lines, clock, wait }: Pick<RunDependencies, "store" | "lines" | "clock" | "wait">,
  testable: Testable,
  signal: AbortSignal,
): Promise<ConnectionTest & { readonly verifiedAt: number | undefined }> {
  const { id, type, settings, isSaved } = testable;
  const line = lines.of(testable);
  const now = clock.now();
  await wait(line.claim(now) - now, signal);
  let sent: Sent | undefined;
  const verdict = await type.check({
    settings,
    request: async (message) => {
      sent = await line.send(message);
      return sent.exchange;
    },
  });
  if (sent === undefined) throw new PeregrineError("internal", { detail: "The check has sent nothing." });
  const verifiedAt = isSaved ? await lastVerified(store, id) : undefined;
  const { exchange, durationMs } = sent;
  const test = readConnectionTest({ verdict, exchange, durationMs, timeoutMs: line.timeoutMs, verifiedAt });
  return { ...test, verifiedAt };
}

const PAGE = 100;

/** When a change of members was last accepted since the settings are as they are; ms UTC. */
async function lastVerified(store: Store, id: string): Promise<number | undefined> {
  const since = await settingsSince(store, id);
  let cursor: string | undefined;
  do {
    const { items, next } = await store.runs.page({
      activationId: id,
      limit: PAGE,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const run of items) {
      if (run.startedAt < since) return undefined;
      if ((countsOf(run).accepted ?? 0) > 0) return run.finishedAt ?? run.startedAt;
    }
    cursor = next ?? undefined;
  } while (cursor !== undefined);
  return undefined;
}

/** Since when an activation has its settings; ms UTC. */
async function settingsSince(store: Store, id: string): Promise<number> {
  let since = 0;
  let before: number | undefined;
  let settings: unknown;
  for (;;) {
    const versions = await store.definitions.versions("activation", id, { before, limit: PAGE });
    for (const { body, at, version } of versions) {
      settings ??= body?.settings;
      if (!isDeepStrictEqual(settings, body?.settings)) return since;
      since = at;
      before = version;
    }
    if (versions.length < PAGE) return since;
  }
}
