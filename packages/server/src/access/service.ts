import { type Clock, notFound, PeregrineError } from "@peregrine/core";
import type { Role } from "../http/api-app.ts";
import type { AuditEntry, Page, Store, TokenRecord, UserRecord } from "../store/index.ts";
import { hashPassword, isPassword } from "./password.ts";

/** Who is behind a request, and what they may do. */
export interface Caller {
  readonly name: string;
  readonly role: Role;
}

/** The set-up code for the first administrator, tokens for programs, passwords for people. */
export class AccessService {
  readonly #store: Store;
  readonly #clock: Clock;
  /** Checked where there is no user, so that the time an answer takes doesn't tell who has an account. */
  readonly #nobody = hashPassword("");

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Who shows this token; undefined when it opens nothing. */
  async authenticate(token: string): Promise<Caller | undefined> {
    return this.#store.tokens.verify(token);
  }

  /** The user of a session as of now; undefined when there is none any more, or it may not come in. */
  async user(id: string): Promise<UserRecord | undefined> {
    const user = await this.#store.users.get(id);
    return user?.disabledAt === null ? user : undefined;
  }

  /** Whether only the holder of the set-up code can come in. */
  async awaitsSetup(): Promise<boolean> {
    return this.#store.tokens.awaitsSetup();
  }

  /** The first administrator's token for the set-up code. @throws PeregrineError `setupCodeWrong` */
  async setUp(code: string, name: string): Promise<TokenRecord & { readonly token: string }> {
    return this.#store.tokens.useSetupCode(code, name);
  }

  /** The first administrator for the set-up code. @throws PeregrineError `setupCodeWrong`, `emailTaken` */
  async setUpAdministrator(
    code: string,
    { password, ...user }: { readonly email: string; readonly name: string; readonly password: string },
  ): Promise<UserRecord> {
    const { tokens, users } = this.#store;
    const passwordHash = await hashPassword(password);
    return tokens.spendSetupCode(code, async (transaction) =>
      orTaken(await users.with(transaction).create({ ...user, role: "admin", passwordHash }), user.email),
    );
  }

  /** What was done, the latest first. @throws PeregrineError `cursorInvalid` */
  async auditLog(page: Parameters<Store["audit"]["page"]>[0]): Promise<Page<AuditEntry>> {
    return this.#store.audit.page(page);
  }

  /** Keeps what somebody did. Neither `before` nor `after` may hold a secret. */
  async record(entry: Parameters<Store["audit"]["add"]>[0]): Promise<void> {
    await this.#store.audit.add(entry);
  }

  /** @throws PeregrineError `signInRefused`, which doesn't tell whether there is such a user */
  async signIn(email: string, password: string): Promise<UserRecord> {
    const { users } = this.#store;
    const known = await users.byEmail(email);
    const matches = await isPassword(password, known?.passwordHash ?? (await this.#nobody));
    if (known === undefined || !matches || known.disabledAt !== null) {
      throw new PeregrineError("signInRefused");
    }
    const { id, name } = known;
    await this.#store.audit.add({ by: name, action: "signedIn", kind: "user", subject: id });
    return (await users.update(id, { lastSignedInAt: this.#clock.now() })) ?? known;
  }

  async createToken(name: string, role: Role, by: string): Promise<TokenRecord & { readonly token: string }> {
    const made = await this.#store.tokens.create(name, role);
    const after = { name, role };
    await this.#store.audit.add({ by, action: "created", kind: "token", subject: made.id, after });
    return made;
  }

  async listTokens(): Promise<TokenRecord[]> {
    return this.#store.tokens.list();
  }

  /** @throws PeregrineError `notFound` */
  async revokeToken(id: string, by: string): Promise<void> {
    const { tokens, audit } = this.#store;
    if (!(await tokens.revoke(id))) throw notFound("token", `There is no live token with the id ${id}.`);
    const before = (await tokens.list()).find((token) => token.id === id)?.name ?? null;
    await audit.add({ by, action: "revoked", kind: "token", subject: id, before });
  }

  async listUsers(): Promise<UserRecord[]> {
    return this.#store.users.list();
  }

  /** @throws PeregrineError `emailTaken` */
  async createUser(
    {
      password,
      ...user
    }: {
      readonly email: string;
      readonly name: string;
      readonly role: Role;
      readonly password: string;
    },
    by: string,
  ): Promise<UserRecord> {
    const { users, audit } = this.#store;
    const passwordHash = await hashPassword(password);
    const made = orTaken(await users.create({ ...user, passwordHash }), user.email);
    await audit.add({ by, action: "created", kind: "user", subject: made.id, after: told(made) });
    return made;
  }

  /**
   * Changes a user. Another role holds at once; a new password, and being shut out, end all sessions of the user.
   *
   * @throws PeregrineError `notFound`, `lastAdministrator`
   */
  async updateUser(
    id: string,
    patch: {
      readonly name?: string | undefined;
      readonly role?: Role | undefined;
      readonly password?: string | undefined;
      readonly disabled?: boolean | undefined;
    },
    by: string,
  ): Promise<UserRecord> {
    const { db, users, sessions, audit } = this.#store;
    const { name, role, password, disabled } = patch;
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const changed = await db.transaction().execute(async (transaction) => {
      const before = await users.with(transaction).get(id);
      if (before === undefined) throw notFound("user", `There is no user with the id ${id}.`);
      const all = await users.with(transaction).list();
      const others = all.filter(
        (user) => user.id !== id && user.role === "admin" && user.disabledAt === null,
      );
      const stays = (role ?? before.role) === "admin" && !(disabled ?? before.disabledAt !== null);
      const was = before.role === "admin" && before.disabledAt === null;
      if (was && !stays && others.length === 0) throw new PeregrineError("lastAdministrator");
      const after = await users.with(transaction).update(id, {
        ...(name === undefined ? {} : { name }),
        ...(role === undefined ? {} : { role }),
        ...(disabled === undefined ? {} : { disabledAt: disabled ? this.#clock.now() : null }),
        passwordHash,
      });
      const entry = {
        by,
        kind: "user",
        subject: id,
        before: told(before),
        after: after ? told(after) : null,
      };
      const log = audit.with(transaction);
      if (passwordHash === undefined) await log.add({ ...entry, action: "changed" });
      else await log.add({ ...entry, action: "passwordChanged" });
      return after;
    });
    if (changed === undefined) throw notFound("user", `There is no user with the id ${id}.`);
    if (passwordHash !== undefined || disabled === true) await sessions.deleteOf(id);
    return changed;
  }

  /**
   * A user's own new password; other sessions of the user end.
   *
   * @param keep the session that goes on
   * @throws PeregrineError `signInRefused` when the old password isn't the user's
   */
  async changePassword(
    user: UserRecord,
    { old, password }: { readonly old: string; readonly password: string },
    keep: string,
  ): Promise<void> {
    const { users, sessions } = this.#store;
    const known = await users.byEmail(user.email);
    if (known === undefined || !(await isPassword(old, known.passwordHash))) {
      throw new PeregrineError("signInRefused", { detail: "The old password is another one." });
    }
    await users.update(user.id, { passwordHash: await hashPassword(password) });
    const { id: subject, name: by } = user;
    await this.#store.audit.add({ by, action: "passwordChanged", kind: "user", subject });
    await sessions.deleteOf(user.id, keep);
  }
}

/** What the audit log tells of a user. */
function told({ name, email, role, disabledAt }: UserRecord) {
  return { name, email, role, mayEnter: disabledAt === null };
}

function orTaken(user: UserRecord | undefined, email: string): UserRecord {
  if (user !== undefined) return user;
  throw new PeregrineError("emailTaken", {
    detail: `There is a user with the address ${email.toLowerCase()}.`,
    faults: [{ path: "/email", message: "is in use" }],
  });
}
