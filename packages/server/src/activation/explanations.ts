import {
  type Clock,
  decide,
  heldSentence,
  isFinal,
  LINK_STATES,
  type NextStep,
  nextStep,
  notFound,
  PeregrineError,
  type PersonState,
  type Standing,
} from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import type { ActivationAudience } from "../store/activation-audiences.ts";
import type { Store } from "../store/index.ts";
import type { LoadedActivation } from "./activation-source.ts";
import { blockOf, heldBlocksOf } from "./held-people.ts";
import { activationsWithLinks } from "./known-activations.ts";
import { memoryOf } from "./link.ts";
import type { KnownPerson, PersonSource, RuleExplanation } from "./person-source.ts";
import { type PersonStanding, personStandings } from "./person-standing.ts";
import { RequestRepository, type StoredRequest } from "./request-repository.ts";
import { KEPT_MS } from "./retention.ts";
import { countsOf } from "./run-counts.ts";
import type { DeliveryPolicy } from "./run-dependencies.ts";

/** One person in one segment: where it comes from, what Ibexa answered, and what is next. Instants in ms UTC. */
export interface PersonInSegment {
  readonly activation: { readonly id: string; readonly name: string };
  readonly audience: { readonly id: string; readonly name: string };
  readonly profile: number | null;
  readonly personId: string | null;
  /** Null: neither a member nor in the segment. */
  readonly state: PersonState | null;
  /** Why the rule holds, or doesn't; null when the audience or the person is gone, or the rule has faults. */
  readonly rule: RuleExplanation | null;
  /** By the last evaluation, ISO 8601; null: no member. */
  readonly memberSince: string | null;
  readonly held: Standing["held"];
  /** When a message about the person was last prepared. */
  readonly lastSentAt: number | null;
  readonly refusal: PersonStanding["refusal"];
  /** The latest requests about the person, newest first. */
  readonly requests: readonly StoredRequest[];
  readonly next: NextStep;
  /** The way from the rule to the next step, one plain sentence each. */
  readonly steps: readonly Step[];
}

interface Step {
  readonly name: "rule" | "membership" | "identifier" | "held" | "answer" | "next";
  readonly sentence: string;
}

interface ExplanationsOptions {
  readonly store: Store;
  readonly engine: Engine;
  readonly clock: Clock;
  readonly policy: DeliveryPolicy;
  readonly persons: PersonSource;
  /** @throws PeregrineError `notFound` */
  readonly load: (activationId: string) => Promise<LoadedActivation>;
}

/** What is known of the activation that a person is looked at in. */
interface Surroundings {
  readonly activation: LoadedActivation;
  readonly links: readonly ActivationAudience[];
  readonly person: KnownPerson | undefined;
  readonly personId: string | undefined;
  /** To be deleted. */
  readonly isExcluded: boolean;
  readonly isRunning: boolean;
  readonly settlesAt: number;
  readonly standings: ReadonlyMap<string, PersonStanding>;
  /** By audience: the removal is held. */
  readonly holds: ReadonlyMap<string, "waiting" | "left">;
}

const REQUESTS = 20;
/** Kinds of identifiers are numbered from 1. */
const NO_IDENTIFIER = 0;

/** Explains single people in single segments; changes nothing. */
export class Explanations {
  readonly #options: ExplanationsOptions;
  readonly #requests: RequestRepository;

  constructor(options: ExplanationsOptions) {
    this.#options = options;
    this.#requests = new RequestRepository(options.engine);
  }

  /**
   * @param person number of the profile, or `kind:value` of an identifier; one that nobody owns any more is looked up
   *   in the segment all the same, if it is the activation's
   * @throws PeregrineError `notFound`, `requestInvalid`
   */
  async explain(activationId: string, audienceId: string, person: string): Promise<PersonInSegment> {
    const around = await this.#surroundings(await this.#options.load(activationId), person);
    const link = around.links.find((one) => one.audienceId === audienceId);
    if (link === undefined) {
      throw notFound(
        "audience",
        `The activation \`${activationId}\` carries no audience \`${audienceId}\`.`,
        {
          asked: audienceId,
          known: around.links.map((one) => one.audienceId),
        },
      );
    }
    if (around.person === undefined && (around.personId === undefined || around.standings.size === 0)) {
      throw notFound("profile", "Nobody is known by that, and nothing was sent about them.");
    }
    return this.#inSegment(around, link);
  }

  /** Every segment that a person is to be in, or may be in. @throws PeregrineError `notFound`, `requestInvalid` */
  async segmentsOf(person: string): Promise<PersonInSegment[]> {
    const found: PersonInSegment[] = [];
    const { store, persons } = this.#options;
    const activations = await activationsWithLinks(store);
    // Without an activation there is nothing below by which the person would be found.
    let isKnown = activations.length === 0 && (await persons.find(person, NO_IDENTIFIER)) !== undefined;
    for (const { id } of activations) {
      const around = await this.#surroundings(await this.#options.load(id), person);
      isKnown ||= around.person !== undefined || around.standings.size > 0;
      const isMember = (audience: string) =>
        around.person?.memberships.some((one) => one.id === audience) === true;
      for (const link of around.links) {
        const held = around.standings.get(link.audienceId)?.held ?? "absent";
        const isIn = held === "in" || held === "unknown";
        if (isIn || (link.status === "linked" && isMember(link.audienceId))) {
          found.push(await this.#inSegment(around, link));
        }
      }
    }
    if (!isKnown) throw notFound("profile", "Nobody is known by that, and nothing was sent about them.");
    return found;
  }

  async #surroundings(activation: LoadedActivation, person: string): Promise<Surroundings> {
    const { store, engine, clock, persons } = this.#options;
    const { personIdentifier } = activation.definition;
    const identifier = await store.definitions.get("identifier", personIdentifier);
    const known = identifier && (await persons.find(person, identifier.number));
    const links = (await store.activationAudiences.of(activation.id)).filter(
      ({ status }) => status !== "test",
    );
    const own = `${personIdentifier}:`;
    const asked = person.startsWith(own) ? person.slice(own.length) : undefined;
    const personId = known === undefined ? asked : known.personId;
    const run = await store.runs.latest(activation.id);
    const carried = links.map(({ audienceId }) => audienceId);
    const open = (await store.removalHolds.active(activation.id)).filter(({ state }) => state !== "approved");
    const held = personId === undefined ? new Set() : await heldBlocksOf(engine, open.map(blockOf), personId);
    const linked = new Set(
      links.filter(({ status }) => status === "linked").map(({ audienceId }) => audienceId),
    );
    const settlesAt = countsOf(run).settlesAt ?? 0;
    return {
      activation,
      links,
      person: known,
      personId,
      isExcluded:
        identifier !== undefined &&
        personId !== undefined &&
        (await store.personDeletions.excluded(identifier.number)).includes(personId),
      isRunning: run !== undefined && !isFinal(run.state),
      settlesAt: settlesAt > clock.now() ? settlesAt : 0,
      holds: new Map(
        open
          .filter(({ audienceId }) => linked.has(audienceId) && held.has(audienceId))
          .map(({ audienceId, state }) => [audienceId, state === "left" ? "left" : "waiting"]),
      ),
      standings:
        personId === undefined || carried.length === 0
          ? new Map()
          : await personStandings(engine, activation.number, carried, personId),
    };
  }

  async #inSegment(around: Surroundings, link: ActivationAudience): Promise<PersonInSegment> {
    const { store, clock } = this.#options;
    const { activation, person, personId, isRunning } = around;
    const { personIdentifier } = activation.definition;
    const membership = person?.memberships.find(({ id }) => id === link.audienceId);
    const isListed = LINK_STATES[link.status].desiresMembers && membership !== undefined;
    const isMember = isListed && !around.isExcluded;
    const standing = around.standings.get(link.audienceId);
    const { requestTimeoutMs } = activation.type.limits(activation.settings);
    const settleMs = requestTimeoutMs + this.#options.policy.graceMs;
    const now = clock.now();
    const held = standing?.held ?? "absent";
    const refusal = standing?.refusal ?? null;
    const hasIdentifier = personId !== undefined;
    const hold = isMember || around.isExcluded ? null : (around.holds.get(link.audienceId) ?? null);
    const decision = decide(
      {
        held,
        attempted: standing?.attempted ?? false,
        attemptedAgoMs: now - (standing?.attemptedAt ?? 0),
        desired: isMember && hasIdentifier,
        ...(refusal === null
          ? {}
          : { refusal: { membership: refusal.membership, dueInMs: refusal.nextAttemptAt - now } }),
      },
      { settleMs, unsettled: around.settlesAt > 0 },
    );
    const next = nextStep({
      decision,
      desired: isMember,
      held,
      hasIdentifier,
      identifier: personIdentifier,
      hold,
      isPaused: activation.definition.state === "paused" && !activation.deleted,
      isRunning,
      nextAttemptAt: refusal?.nextAttemptAt ?? null,
      settlesAt: Math.max(around.settlesAt, (standing?.attemptedAt ?? 0) + settleMs),
    });
    const [rule, requests, audience] = await Promise.all([
      person === undefined ? null : this.#rule(link.audienceId, person.profile),
      personId === undefined ? [] : this.#about(activation.number, link.audienceId, personId),
      store.definitions.get("audience", link.audienceId),
    ]);
    const state =
      isListed && around.isExcluded
        ? "suppressed"
        : stateOf({ isMember, hasIdentifier, held, refusal, isHeld: hold !== null });
    const found = {
      activation: { id: activation.id, name: activation.definition.name },
      audience: { id: link.audienceId, name: audience?.body.name ?? link.audienceId },
      profile: person?.profile ?? null,
      personId: personId ?? null,
      state,
      rule,
      memberSince: membership?.since ?? null,
      held,
      lastSentAt: standing?.attemptedAt ?? null,
      refusal,
      requests,
      next,
    };
    return {
      ...found,
      steps: stepsOf(found, { link, standing, identifier: personIdentifier, isExcluded: around.isExcluded }),
    };
  }

  /** What keeps its members, and says why it could not be evaluated in the status, is not explained. */
  async #rule(audienceId: string, profile: number): Promise<RuleExplanation | null> {
    try {
      return await this.#options.persons.explain(audienceId, profile);
    } catch (error) {
      if (error instanceof PeregrineError && ["notFound", "ruleInvalid"].includes(error.code)) return null;
      throw error;
    }
  }

  #about(activation: number, audience: string, personId: string): Promise<StoredRequest[]> {
    const since = this.#options.clock.now() - KEPT_MS;
    return this.#requests.page(
      activation,
      { audience, personId },
      { since, after: undefined, limit: REQUESTS },
    );
  }
}

function stateOf({
  isMember,
  hasIdentifier,
  held,
  refusal,
  isHeld,
}: {
  readonly isMember: boolean;
  readonly hasIdentifier: boolean;
  readonly held: Standing["held"];
  readonly refusal: PersonStanding["refusal"];
  readonly isHeld: boolean;
}): PersonState | null {
  if (isMember && !hasIdentifier) return "withoutIdentifier";
  if (isMember) {
    if (held === "in") return "accepted";
    return refusal?.membership === true ? "refused" : "waiting";
  }
  if (held !== "in" && held !== "unknown") return null;
  if (isHeld) return "leavingHeld";
  return refusal?.membership === false ? "leavingRefused" : "leavingWaiting";
}

function stepsOf(
  found: Omit<PersonInSegment, "steps">,
  {
    link,
    standing,
    identifier,
    isExcluded,
  }: {
    readonly link: ActivationAudience;
    readonly standing: PersonStanding | undefined;
    readonly identifier: string;
    readonly isExcluded: boolean;
  },
): Step[] {
  const { rule, memberSince, profile, personId, held, next, refusal, requests } = found;
  const steps: Step[] = [];
  const step = (name: Step["name"], sentence: string) => steps.push({ name, sentence });
  if (link.status === "takingOut") {
    step("rule", "The audience was taken off the activation: everybody is taken out of its segment.");
  } else if (profile === null) {
    step("rule", `Nobody has the ${identifier} ${personId} any more, so it belongs to no audience.`);
  } else if (rule === null) {
    step("rule", "The rule of the audience can't be evaluated; its members stay as they were.");
  } else {
    const verdict = rule.holds ? "The rule holds for the person" : "The rule does not hold for the person";
    step("rule", `${verdict}: ${rule.sentences.join("; ")}.`);
  }
  if (isExcluded) step("rule", "The person is being deleted, and is taken out of every segment.");
  if (profile !== null) step("membership", membershipSentence(memberSince, rule));
  if (personId === null) step("identifier", `The person has no ${identifier}.`);
  else step("identifier", `Ibexa knows the person as ${personId} (${identifier}).`);
  if (!memoryOf(link).attached)
    step("held", "Ibexa has no segment for the audience yet; the next run creates it.");
  else step("held", heldSentence(held, standing?.attempted ?? false, standing?.attemptedAt ?? null));
  const [last] = requests;
  if (refusal !== null) {
    const times = refusal.attempts === 1 ? "once" : `${refusal.attempts} times in a row`;
    step("answer", `Ibexa refused the person ${times}, at last ${iso(refusal.at)}: ${refusal.reason}`);
  } else if (last !== undefined) {
    const answered = last.status === 0 ? "there was no answer" : `Ibexa answered ${last.status}`;
    step("answer", `To the last message about the person, of ${iso(last.sentAt)}, ${answered}.`);
  }
  step("next", next.sentence);
  return steps;
}

function membershipSentence(since: string | null, rule: RuleExplanation | null): string {
  const evaluated = rule?.membership?.evaluatedAsOf ?? null;
  if (evaluated === null && since === null) return "The audience was never evaluated.";
  const state = since === null ? "The person is no member" : `The person is a member since ${since}`;
  const asOf = evaluated === null ? "" : ` by the evaluation as of ${iso(evaluated)}`;
  const later = rule?.membership?.agrees === false ? "; the next evaluation changes that" : "";
  return `${state}${asOf}${later}.`;
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
