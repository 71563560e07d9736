import {
  type ActivationType,
  Breaker,
  type BreakerPolicy,
  type Call,
  type Change,
  type Clock,
  type Delivery,
  type Failure,
  halves,
  outcomeOf,
  RefusalCount,
  type RetryPolicy,
  retryAfter,
  retryDelay,
  UNANSWERED,
  type Verdict,
} from "@peregrine/core";
import type { LeaseKeeper } from "./lease-keeper.ts";
import type { Line } from "./line.ts";
import type { Sent } from "./request.ts";
import type { RequestLog } from "./request-log.ts";
import type { Wait } from "./wait.ts";

export interface SenderOptions {
  readonly type: ActivationType;
  readonly settings: Record<string, unknown>;
  /** So long after its time-out a message may still be carried out. */
  readonly graceMs: number;
  readonly line: Line;
  readonly retry: RetryPolicy;
  readonly breaker: BreakerPolicy;
  readonly clock: Clock;
  readonly random: () => number;
  readonly wait: Wait;
  readonly lease: LeaseKeeper;
  readonly log: RequestLog;
  /** Ends the sending in order: what is under way is awaited, nothing new is begun. */
  readonly signal: AbortSignal;
  /** Is told why the destination is waited for, and by undefined that it has answered; each only when it changes. */
  readonly onWaiting: (failure: Failure | undefined) => void;
}

/** Why nothing more is sent in this run. */
export type Stop =
  | { readonly kind: "failure"; readonly failure: Failure; readonly notBefore?: number }
  | { readonly kind: "leaseLost" }
  | { readonly kind: "asked" };

/** Is told what became of every change. Each change ends accepted, refused or unknown, or was never sent. */
export interface ChangeSink {
  accepted(change: Change): void;
  refused(change: Change, failure: Failure): void;
  unknown(change: Change): void;
  /** Unknown, and a later refusal doesn't settle it: a message with this change was never answered. */
  lost(change: Change): void;
  /** Before this run: another refusal then tells nothing about the message. */
  wasRefusedBefore(change: Change): boolean;
}

/** Sends a run's messages: retries, halving, the breaker, the stops, and the request log. */
export class Sender {
  readonly #options: SenderOptions;
  readonly #breaker: Breaker;
  readonly #refusals = new RefusalCount();
  #stop: Stop | undefined;
  #restUntil = 0;
  #probing: Promise<void> | undefined;
  #lastLoss: Failure | undefined;
  #waitingFor: Failure | undefined;
  #settlesAt = 0;
  #queued = 0;
  readonly #lostSegments = new Set<string>();
  readonly #attachedAgain = new Map<string, Promise<Verdict>>();

  constructor(options: SenderOptions) {
    this.#options = options;
    this.#breaker = new Breaker(options.breaker);
  }

  /** Set once nothing more is sent. */
  get stopped(): Stop | undefined {
    if (this.#stop === undefined && this.#options.signal.aborted) this.#stop = { kind: "asked" };
    return this.#stop;
  }

  /** The last message without a usable answer. */
  get lastLoss(): Failure | undefined {
    return this.#lastLoss;
  }

  /** Until this instant (ms UTC) a message that was never answered may still be carried out; 0: there is none. */
  get settlesAt(): number {
    return this.#settlesAt;
  }

  /** Accepted changes that the destination only put into a queue of its own. */
  get queued(): number {
    return this.#queued;
  }

  /** Audiences whose segment the destination didn't have any more, and has again, empty. */
  get lostSegments(): readonly string[] {
    return [...this.#lostSegments];
  }

  /**
   * Sends a message that is about a segment, with retries.
   * @returns undefined when it was not sent any more
   */
  async tell(
    action: string,
    perform: (call: Call<Record<string, unknown>>) => Promise<Verdict>,
  ): Promise<Verdict | undefined> {
    for (let attempt = 1; ; attempt += 1) {
      if (!(await this.#mayGo())) return undefined;
      const { answer: verdict } = await this.#exchange(action, [], perform, (answer) => answer);
      this.#note(verdict);
      if (verdict.kind !== "lost" || attempt >= this.#options.retry.attempts) return verdict;
      await this.#rest(verdict, attempt);
    }
  }

  /** Brings one batch to the destination and tells the sink about every change of it. */
  async deliver(changes: readonly Change[], sink: ChangeSink, attach: AttachAgain): Promise<void> {
    let attached = false;
    for (let attempt = 1; ; ) {
      if (!(await this.#mayGo())) return;
      const { answer: delivery, mayHaveArrived } = await this.#exchange(
        "membershipChanges",
        changes,
        (call) => this.#options.type.deliver(call, changes),
        (answer) => answer.verdict,
      );
      const { verdict } = delivery;
      this.#note(verdict);
      switch (verdict.kind) {
        case "accepted":
          this.#settle(changes, delivery, sink);
          return;
        case "refused":
          await this.#cut(changes, verdict.failure, sink, attach);
          return;
        case "missing":
          if (attached || !(await this.#attachAgain(changes, attach))) {
            this.#halt({ kind: "failure", failure: verdict.failure });
            for (const change of changes) sink.unknown(change);
            return;
          }
          attached = true;
          break;
        case "stop":
          this.#halt({ kind: "failure", failure: verdict.failure });
          for (const change of changes) sink.unknown(change);
          return;
        case "lost":
          if (mayHaveArrived) for (const change of changes) sink.lost(change);
          if (attempt >= this.#options.retry.attempts) return;
          await this.#rest(verdict, attempt);
          attempt += 1;
          break;
      }
    }
  }

  #settle(changes: readonly Change[], delivery: Delivery, sink: ChangeSink): void {
    let accepted = 0;
    for (const change of changes) {
      const outcome = outcomeOf(delivery, change.id);
      if (outcome.kind === "accepted") {
        accepted += 1;
        sink.accepted(change);
      } else if (outcome.kind === "refused") {
        sink.refused(change, outcome.failure);
      } else {
        sink.unknown(change);
      }
    }
    if (delivery.verdict.kind === "accepted" && delivery.verdict.queued === true) this.#queued += accepted;
    this.#refusals.accepted(accepted);
  }

  async #cut(
    changes: readonly Change[],
    failure: Failure,
    sink: ChangeSink,
    attach: AttachAgain,
  ): Promise<void> {
    const [lone] = changes;
    if (lone !== undefined && changes.length === 1) {
      sink.refused(lone, failure);
      if (sink.wasRefusedBefore(lone)) return;
      this.#refusals.refusedAlone(failure, lone.personId);
      if (this.#refusals.isTheMessage) {
        const reason = `People were refused one by one with the same answer, and nobody was accepted. ${failure.reason}`;
        this.#halt({ kind: "failure", failure: { code: "destinationRefusesAll", reason } });
      }
      return;
    }
    for (const part of halves(changes)) await this.deliver(part, sink, attach);
  }

  /** A destination that doesn't know a segment any more gets it once again in a run. */
  async #attachAgain(changes: readonly Change[], attach: AttachAgain): Promise<boolean> {
    for (const audienceId of new Set(changes.map((change) => change.audienceId))) {
      let attaching = this.#attachedAgain.get(audienceId);
      if (attaching === undefined) {
        attaching = this.#attach(attach, audienceId);
        this.#attachedAgain.set(audienceId, attaching);
      }
      const verdict = await attaching;
      if (verdict.kind !== "accepted") return false;
      if (verdict.already !== true) this.#lostSegments.add(audienceId);
    }
    return true;
  }

  async #attach(attach: AttachAgain, audienceId: string): Promise<Verdict> {
    await this.#inTurn();
    const { answer } = await this.#exchange(
      "create",
      [],
      (call) => attach(call, audienceId),
      (verdict) => verdict,
    );
    return answer;
  }

  /** One message, once, with its entry in the request log. */
  async #exchange<Answer>(
    action: string,
    changes: readonly Change[],
    perform: (call: Call<Record<string, unknown>>) => Promise<Answer>,
    verdictOf: (answer: Answer) => Verdict,
  ): Promise<{ answer: Answer; mayHaveArrived: boolean }> {
    const { settings, line, log, clock } = this.#options;
    let sent: Sent | undefined;
    const answer = await perform({
      settings,
      request: async (message) => {
        sent = await line.send(message);
        return sent.exchange;
      },
    });
    const verdict = verdictOf(answer);
    const answered = sent?.exchange.kind === "answer" ? sent.exchange : undefined;
    log.add({
      action,
      sentAt: sent?.sentAt ?? clock.now(),
      durationMs: sent?.durationMs ?? 0,
      status: answered?.status ?? 0,
      outcome: verdict.kind,
      code: verdict.kind === "accepted" ? "" : verdict.failure.code,
      answer: answered?.body ?? (sent?.exchange.kind === "failed" ? sent.exchange.reason : ""),
      changes: changes.length,
      firstN: changes[0]?.id ?? 0,
      lastN: changes.at(-1)?.id ?? 0,
    });
    const cause = sent?.exchange.kind === "failed" ? sent.exchange.cause : undefined;
    const mayHaveArrived = sent !== undefined && (cause === undefined || UNANSWERED[cause].mayHaveArrived);
    if (verdict.kind === "lost" && mayHaveArrived) {
      const stillWaits = cause === "timeout" ? 0 : line.timeoutMs;
      this.#settlesAt = Math.max(this.#settlesAt, clock.now() + stillWaits + this.#options.graceMs);
    }
    return { answer, mayHaveArrived };
  }

  #note(verdict: Verdict): void {
    if (verdict.kind !== "lost") {
      this.#breaker.answered();
      this.#waitFor(undefined);
      return;
    }
    this.#breaker.lost();
    this.#lastLoss = verdict.failure;
  }

  #waitFor(failure: Failure | undefined): void {
    if (this.#waitingFor?.reason === failure?.reason) return;
    this.#waitingFor = failure;
    this.#options.onWaiting(failure);
  }

  /** Waits until a message may leave, and takes its turn; false when none may any more. */
  async #mayGo(): Promise<boolean> {
    while (await this.#isOpen()) {
      if (!(await this.#inTurn()) || this.#isClear()) return true;
    }
    return false;
  }

  /** Waits for this message's turn. @returns whether that took a while, in which things may have changed */
  async #inTurn(): Promise<boolean> {
    const { clock, line, wait, signal } = this.#options;
    const now = clock.now();
    const rest = line.claim(now) - now;
    if (rest > 0) await wait(rest, signal);
    return rest > 0;
  }

  #isClear(): boolean {
    const { clock, lease, line } = this.#options;
    if (this.stopped !== undefined || this.#breaker.state === "open") return false;
    return this.#restUntil <= clock.now() && lease.covers(line.timeoutMs);
  }

  /** Waits as long as the destination asks for it or is down; false when nothing is sent any more. */
  async #isOpen(): Promise<boolean> {
    const { clock, lease, line, wait, signal } = this.#options;
    while (this.stopped === undefined) {
      const rest = this.#restUntil - clock.now();
      if (rest > 0) await wait(rest, signal);
      else if (!lease.covers(line.timeoutMs)) this.#halt({ kind: "leaseLost" });
      else if (this.#breaker.state !== "open") return true;
      else {
        this.#probing ??= this.#probe().finally(() => {
          this.#probing = undefined;
        });
        await this.#probing;
      }
    }
    return false;
  }

  /** Asks a failing destination by heartbeat whether it is back. */
  async #probe(): Promise<void> {
    const { type, wait, signal, random } = this.#options;
    const breaker = this.#breaker;
    if (breaker.exhausted && this.#lastLoss !== undefined) {
      this.#halt({ kind: "failure", failure: this.#lastLoss });
      return;
    }
    this.#waitFor(this.#lastLoss);
    await wait(breaker.probeDelay(random()), signal);
    if (this.stopped === undefined) await this.#inTurn();
    if (this.stopped !== undefined) return;
    const { answer: verdict } = await this.#exchange(
      "heartbeat",
      [],
      (call) => type.check(call),
      (answer) => answer,
    );
    breaker.probed(verdict.kind !== "lost");
    if (verdict.kind === "stop") this.#halt({ kind: "failure", failure: verdict.failure });
  }

  /** Between two attempts at the same message. What the destination asks for holds for all messages. */
  async #rest(verdict: Extract<Verdict, { kind: "lost" }>, attempt: number): Promise<void> {
    const { retry, random, clock, wait, signal } = this.#options;
    this.#waitFor(verdict.failure);
    const now = clock.now();
    const asked = verdict.retryAfter === undefined ? undefined : retryAfter(verdict.retryAfter, now);
    if (asked === undefined) {
      await wait(retryDelay(retry, attempt, random()), signal);
    } else if (asked > retry.longestRetryAfterMs) {
      this.#halt({ kind: "failure", failure: verdict.failure, notBefore: now + asked });
    } else {
      this.#restUntil = Math.max(this.#restUntil, now + asked);
    }
  }

  #halt(stop: Stop): void {
    this.#stop ??= stop;
  }
}

/** Attaches an audience by its id. */
export type AttachAgain = (call: Call<Record<string, unknown>>, audienceId: string) => Promise<Verdict>;
