import {
  type ActivationDefinition,
  type ActivationType,
  type Fault,
  faultsOfIssues,
  PeregrineError,
  secretSettings,
  splitSecrets,
} from "@peregrine/core";
import { z } from "zod";
import { type CheckContext, type KindHooks, type Note, secretOwner } from "../definition/index.ts";
import type { Engine } from "../engine/index.ts";
import type { Store } from "../store/index.ts";
import { typeOf } from "./activation-source.ts";
import { demandsOf, hearDemands } from "./demand.ts";
import { forgetAccepted } from "./forget-accepted.ts";
import { activationsWithLinks, isActivation } from "./known-activations.ts";
import { leavingNotes } from "./leaving-notes.ts";
import { memoryOf, STARTS_ANEW } from "./link.ts";

interface HookDependencies {
  readonly store: Store;
  readonly engine: Engine;
  readonly types: readonly ActivationType[];
  /** Ends runs in order, and waits for one of this process. */
  readonly stop: (activationId: string) => Promise<void>;
  /** Hears of every activation that was saved or deleted. */
  readonly onWritten: (activationId: string) => void;
}

/** Where an activation sends to, normalised; undefined when its type or its settings don't tell. */
export function targetOf(
  types: readonly ActivationType[],
): (activation: ActivationDefinition) => string | undefined {
  return ({ type: id, settings }) => {
    const type = types.find((one) => one.id === id);
    if (type === undefined) return undefined;
    // The address needs no secret.
    const plain = type.settings.omit(maskOf(type)).safeParse(splitSecrets(type.settings, settings).plain);
    return plain.success ? `${id} ${type.target(plain.data)}` : undefined;
  };
}

/** What the activations' domain has to do with their definitions. */
export function activationHooks(dependencies: HookDependencies): KindHooks<"activation"> {
  const { store, engine, types, stop, onWritten } = dependencies;
  const target = targetOf(types);
  /**
   * Definitions that send somewhere else than what was accepted so far stands; found before they are written,
   * when the last deleted one can still be looked at.
   */
  const elsewhere = new WeakSet<ActivationDefinition>();
  const isElsewhere = async (
    body: ActivationDefinition,
    before: ActivationDefinition | undefined,
    destination: "same" | "different" | undefined,
  ): Promise<boolean> => {
    if (before !== undefined) return destination === "different" && movesAway(types, body, before);
    const deleted = await lastDeleted(store, body.id);
    return deleted !== undefined && target(deleted) !== target(body);
  };
  return {
    open(body) {
      const type = types.find((one) => one.id === body.type);
      if (type === undefined) return { body, secrets: {}, faults: [] };
      const { plain, secrets } = splitSecrets(type.settings, body.settings);
      const faults = Object.entries(secrets).flatMap(([name, value]) => {
        const checked = z.object({ [name]: type.settings.shape[name] }).safeParse({ [name]: value });
        return checked.success ? [] : faultsOf(checked.error);
      });
      // In YAML a secret of digits alone is a number, unless it stands in quotes.
      for (const name of secretSettings(type.settings)) {
        if (!Object.hasOwn(plain, name)) continue;
        delete plain[name];
        secrets[name] = "";
        faults.push({
          path: `/settings/${name}`,
          message: "a text is expected here; put a number into quotes",
        });
      }
      return { body: { ...body, settings: plain }, secrets, faults };
    },

    async check({ action, body, before }, context) {
      if (action === "deleted" || action === "unchanged") return [];
      const faults = settingFaults(types, body, context);
      if (faults.length > 0) return faults;
      await refuseTwins(store, target, body);
      if (before !== undefined)
        await refuseMoves({ store, types }, body, before, context.answers.destination);
      return [];
    },

    async notes({ action, body }, { answers, given }) {
      const kept = new Set(action === "deleted" ? [] : body.audiences);
      const [warnings, leaving] = await Promise.all([
        action === "deleted" ? [] : warningsOf(dependencies, body, given),
        leavingNotes(dependencies, body, kept, answers.people ?? "takeOut"),
      ]);
      return [...warnings, ...leaving];
    },

    async prepare({ action, body, before, number }, { answers }) {
      if (action === "deleted" || !(await isElsewhere(body, before, answers.destination))) return;
      elsewhere.add(body);
      // The next run forgets by what the links say; without a link there is nobody to say it.
      if (body.audiences.length === 0) await forgetAccepted(engine, number);
    },

    async write({ action, body }, transaction, { answers }) {
      const links = store.activationAudiences.with(transaction);
      const startsAnew = elsewhere.has(body);
      if (startsAnew)
        for (const link of await links.of(body.id)) await links.forget(body.id, link.audienceId);
      if (action === "deleted" || body.state === "paused") {
        const counters = { counters: store.counters.with(transaction) };
        await hearDemands(counters, body.id, await demandsOf(counters, body.id));
      }
      const kept = new Set(action === "deleted" ? [] : body.audiences);
      await links.link(body.id, [...kept]);
      if (startsAnew) for (const id of kept) await links.update(body.id, id, { metadata: STARTS_ANEW });
      let isLeaving = false;
      for (const link of await links.of(body.id)) {
        if (kept.has(link.audienceId)) continue;
        // Who was tried isn't an audience's: a save leaves them, and a deletion always takes them out.
        const isTest = link.status === "test";
        if (isTest && action !== "deleted") continue;
        // Where a Create was never accepted nobody can be; and who stays gets no Detach, which might delete the segment.
        if ((isTest || answers.people !== "leave") && memoryOf(link).attached) {
          isLeaving = true;
          await links.update(body.id, link.audienceId, { status: "takingOut" });
        } else {
          await links.forget(body.id, link.audienceId);
        }
      }
      if (action === "deleted" && !isLeaving) {
        await store.secrets.with(transaction).delete(secretOwner("activation", body.id));
      }
    },

    written({ action, body }) {
      // What is under way goes by the old definition.
      // A control plane that fails meanwhile has nothing more sent either: the run's lease runs out.
      if (action === "deleted" || body.state === "paused") stop(body.id).catch(() => undefined);
      onWritten(body.id);
    },
  };
}

/** Settings that work and are likely a mistake; with the secrets that are stored and those that are given now. */
async function warningsOf(
  { store, types }: Pick<HookDependencies, "store" | "types">,
  body: ActivationDefinition,
  given: Readonly<Record<string, string>>,
): Promise<readonly Note[]> {
  const stored = await store.secrets.of(secretOwner("activation", body.id));
  const type = typeOf(types, body.type);
  const settings = type.settings.safeParse({ ...body.settings, ...stored, ...given });
  return settings.success ? type.warnings(settings.data).map(({ path, message }) => ({ path, message })) : [];
}

function maskOf(type: ActivationType): Record<string, true> {
  return Object.fromEntries(secretSettings(type.settings).map((name) => [name, true]));
}

function faultsOf(error: z.ZodError): Fault[] {
  return faultsOfIssues(error.issues, ["settings"]);
}

function settingFaults(
  types: readonly ActivationType[],
  body: ActivationDefinition,
  { secrets }: CheckContext,
): Fault[] {
  const type = types.find((one) => one.id === body.type);
  if (type === undefined) {
    const known = types.map(({ id }) => `\`${id}\``).join(", ");
    return [{ path: "/type", message: `there is no activation type \`${body.type}\`; there is ${known}` }];
  }
  const mask = maskOf(type);
  const checked = type.settings.omit(mask).safeParse(body.settings);
  const faults = checked.success ? [] : faultsOf(checked.error);
  for (const name of Object.keys(mask)) {
    if (secrets.includes(name) || type.settings.shape[name]?.safeParse(undefined).success === true) continue;
    faults.push({ path: `/settings/${name}`, message: "is missing, and none is stored yet" });
  }
  if (body.personIdentifier !== type.personIdentifier) {
    const message = `${type.name} recognises people only by \`${type.personIdentifier}\``;
    faults.push({ path: "/personIdentifier", message });
  }
  return faults;
}

/**
 * Two activations that are defined with one audience for one destination are refused with the other references.
 * Here it is about those that are taking an audience's people out just now: they would undo each other's work.
 */
async function refuseTwins(
  store: Store,
  target: ReturnType<typeof targetOf>,
  body: ActivationDefinition,
): Promise<void> {
  for (const other of await activationsWithLinks(store)) {
    if (other.id === body.id || target(other.body) !== target(body)) continue;
    const links = await store.activationAudiences.of(other.id);
    const leaving = new Set(
      links.filter(({ status }) => status === "takingOut").map((link) => link.audienceId),
    );
    const at = body.audiences.findIndex((id) => leaving.has(id));
    if (at === -1) continue;
    throw new PeregrineError("audienceSentTwice", {
      detail: `The activation "${other.body.name}" is still taking the people of \`${body.audiences[at]}\` out there.`,
      faults: [{ path: `/audiences/${at}`, message: `is being taken out by the activation \`${other.id}\`` }],
    });
  }
}

/** The settings that say where accepted people stand, as far as they differ. */
function fixedFaults(
  type: ActivationType,
  body: ActivationDefinition,
  before: ActivationDefinition,
): Fault[] {
  const message = "is fixed since the destination accepted something";
  const faults: Fault[] = type.fixedSettings
    .filter((name) => JSON.stringify(before.settings[name]) !== JSON.stringify(body.settings[name]))
    .map((name) => ({ path: `/settings/${name}`, message }));
  if (before.type !== body.type) faults.push({ path: "/type", message });
  if (before.personIdentifier !== body.personIdentifier) faults.push({ path: "/personIdentifier", message });
  return faults;
}

function movesAway(
  types: readonly ActivationType[],
  body: ActivationDefinition,
  before: ActivationDefinition,
): boolean {
  const type = typeOf(types, body.type);
  return targetOf(types)(body) !== targetOf(types)(before) || fixedFaults(type, body, before).length > 0;
}

async function refuseMoves(
  { store, types }: { readonly store: Store; readonly types: readonly ActivationType[] },
  body: ActivationDefinition,
  before: ActivationDefinition,
  destination: "same" | "different" | undefined,
): Promise<void> {
  const links = await store.activationAudiences.of(body.id);
  if (destination === "different" || !links.some((link) => memoryOf(link).attached)) return;
  const faults = fixedFaults(typeOf(types, body.type), body, before);
  if (faults.length > 0) throw new PeregrineError("activationFixed", { faults });
  const target = targetOf(types);
  if (destination !== undefined || target(body) === target(before)) return;
  throw new PeregrineError("activationMoved", {
    detail: `The address was ${target(before)} and is ${target(body)} now.`,
    faults: [{ path: "/settings/baseUrl", message: "say whether this is the same destination" }],
  });
}

async function lastDeleted(store: Store, id: string): Promise<ActivationDefinition | undefined> {
  const known = (await store.definitions.all()).filter(isActivation);
  return known.find((record) => record.id === id && record.state === "deleted")?.body;
}
