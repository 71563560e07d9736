import { createHash } from "node:crypto";
import { type Clock, notFound } from "@peregrine/core";
import type { Engine } from "../engine/index.ts";
import { Keyset, type Page, type Store } from "../store/index.ts";
import { knownActivation } from "./known-activations.ts";
import {
  type RequestChange,
  type RequestFilter,
  type RequestKey,
  RequestRepository,
  type RunRefusal,
  type StoredRequest,
} from "./request-repository.ts";
import { KEPT_MS } from "./retention.ts";

/** One person in a request. */
export interface RequestPerson extends RequestChange {
  readonly audienceName: string;
}

/** The requests of the last 14 days, whom they were about, and what was answered. */
export class Requests {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #repository: RequestRepository;

  constructor({
    store,
    engine,
    clock,
  }: { readonly store: Store; readonly engine: Engine; readonly clock: Clock }) {
    this.#store = store;
    this.#clock = clock;
    this.#repository = new RequestRepository(engine);
  }

  /**
   * Newest first; also of an activation that was deleted.
   * @throws PeregrineError `notFound`, `cursorInvalid`
   */
  async list(
    activationId: string,
    filter: RequestFilter,
    { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  ): Promise<Page<StoredRequest>> {
    const { number } = await knownActivation(this.#store, activationId);
    // The cursor is for this question alone, and names nobody.
    const question = createHash("sha256")
      .update(JSON.stringify(Object.entries(filter).sort()))
      .digest("hex");
    const keyset = new Keyset(`requests/${activationId}/${question.slice(0, 16)}`, [
      "number",
      "number",
      "number",
      "number",
    ]);
    const rows = await this.#repository.page(number, filter, {
      since: this.#clock.now() - KEPT_MS,
      after: keyset.after(cursor),
      limit: limit + 1,
    });
    return keyset.page(rows, limit, ({ sentAt, run, epoch, request }) => [sentAt, run, epoch, request]);
  }

  /**
   * Why people were refused in a run of the last 14 days, equal answers together.
   * @throws PeregrineError `notFound`
   */
  async refusalsOf(activationId: string, run: number): Promise<RunRefusal[]> {
    const { number } = await knownActivation(this.#store, activationId);
    return this.#repository.refusalsOf(number, run, this.#clock.now() - KEPT_MS);
  }

  /** @throws PeregrineError `notFound` */
  async get(
    activationId: string,
    key: RequestKey,
  ): Promise<StoredRequest & { readonly people: readonly RequestPerson[] }> {
    const { number } = await knownActivation(this.#store, activationId);
    const found = await this.#repository.one(number, key);
    if (found === undefined || found.sentAt < this.#clock.now() - KEPT_MS) {
      throw notFound("request", `There is no such request of \`${activationId}\`; they are kept 14 days.`);
    }
    const audiences = await this.#store.definitions.list("audience");
    const names = new Map(audiences.map(({ id, body }) => [id, body.name]));
    return {
      ...found,
      people: found.people.map((change) => ({
        ...change,
        audienceName: names.get(change.audience) ?? change.audience,
      })),
    };
  }
}
