import { notFound } from "@peregrine/core";
import type { Role } from "../http/api-app.ts";
import type { Store, TokenRecord } from "../store/index.ts";

/** Who may come in: the set-up code for the first administrator, tokens for everybody else. */
export class AccessService {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Who shows this token; undefined when it opens nothing. */
  async authenticate(token: string): Promise<{ name: string; role: Role } | undefined> {
    return this.#store.tokens.verify(token);
  }

  /** The first administrator's token for the set-up code. @throws PeregrineError `setupCodeWrong` */
  async setUp(code: string, name: string): Promise<TokenRecord & { readonly token: string }> {
    return this.#store.tokens.useSetupCode(code, name);
  }

  async createToken(name: string, role: Role): Promise<TokenRecord & { readonly token: string }> {
    return this.#store.tokens.create(name, role);
  }

  async listTokens(): Promise<TokenRecord[]> {
    return this.#store.tokens.list();
  }

  /** @throws PeregrineError `notFound` */
  async revokeToken(id: string): Promise<void> {
    if (await this.#store.tokens.revoke(id)) return;
    throw notFound("token", `There is no live token with the id ${id}.`);
  }
}
