import { randomBytes } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Backend, TestClock } from "../../harness/stores.ts";

export function accessContract(backend: Backend): void {
  describe("secrets", () => {
    test("come back as they were, and never stand in the database", async () => {
      const { secrets, db } = await (await backend.place()).open();
      await secrets.set("activation/shop", { clientSecret: "geheim ✓", header: "" });
      await secrets.set("activation/shop", { clientSecret: "geheimer" });
      expect(await secrets.of("activation/shop")).toEqual({ clientSecret: "geheimer", header: "" });
      expect(await secrets.names("activation/shop")).toEqual(["clientSecret", "header"]);
      const rows = await db.selectFrom("secret").selectAll().execute();
      expect(JSON.stringify(rows)).not.toContain("geheim");
      await secrets.delete("activation/shop", ["header"]);
      expect(await secrets.names("activation/shop")).toEqual(["clientSecret"]);
      await secrets.delete("activation/shop");
      expect(await secrets.of("activation/shop")).toEqual({});
    });

    test("equal secrets are stored as different texts, and one that was moved to another name does not open", async () => {
      const { secrets, db } = await (await backend.place()).open();
      await secrets.set("a", { one: "same", two: "same" });
      const [one, two] = await db
        .selectFrom("secret")
        .select("ciphertext")
        .where("owner", "=", "a")
        .orderBy("name")
        .execute();
      expect(one?.ciphertext).not.toBe(two?.ciphertext);
      await db
        .updateTable("secret")
        .set({ ciphertext: one?.ciphertext ?? "" })
        .where("name", "=", "two")
        .execute();
      await expect(secrets.of("a")).rejects.toMatchObject({ code: "secretKeyWrong" });
    });

    test("another key is refused at the start, the right one opens again", async () => {
      const place = await backend.place();
      const key = randomBytes(32);
      const first = await place.open({ secretKey: key });
      await first.secrets.set("a", { b: "c" });
      await first.close();
      await expect(place.open({ secretKey: randomBytes(32) })).rejects.toMatchObject({
        code: "secretKeyWrong",
      });
      expect(await (await place.open({ secretKey: key })).secrets.of("a")).toEqual({ b: "c" });
    });

    test("without a key in the environment one is made in the folder, for its owner's eyes only, and kept", async () => {
      const place = await backend.place();
      const first = await place.open();
      await first.secrets.set("a", { b: "c" });
      await first.close();
      const path = join(place.folder, "secret.key");
      expect(statSync(path).mode & 0o777).toBe(0o600);
      const key = readFileSync(path, "utf8");
      const second = await place.open();
      expect(await second.secrets.of("a")).toEqual({ b: "c" });
      await second.close();
      expect(readFileSync(path, "utf8")).toBe(key);
      writeFileSync(path, "no key");
      await expect(place.open()).rejects.toMatchObject({ code: "secretKeyInvalid" });
    });
  });

  describe("tokens", () => {
    test("open until they are revoked, and are not kept", async () => {
      const clock = new TestClock();
      const { tokens, db } = await (await backend.place()).open({ clock });
      const made = await tokens.create("ci", "editor");
      expect(made.token).toMatch(/^pgt_[\w-]{43}$/);
      expect(JSON.stringify(await db.selectFrom("token").selectAll().execute())).not.toContain(made.token);
      expect(await tokens.verify(made.token)).toEqual({ id: made.id, name: "ci", role: "editor" });
      expect(await tokens.verify(`${made.token}x`)).toBeUndefined();
      expect(await tokens.verify("")).toBeUndefined();
      const [listed] = await tokens.list();
      expect(listed).toEqual({
        id: made.id,
        name: "ci",
        role: "editor",
        createdAt: clock.now(),
        lastUsedAt: clock.now(),
        revokedAt: null,
      });
      expect(await tokens.revoke(made.id)).toBe(true);
      expect(await tokens.revoke(made.id)).toBe(false);
      expect(await tokens.verify(made.token)).toBeUndefined();
    });

    test("the last use is written down at most once a minute", async () => {
      const clock = new TestClock();
      const { tokens } = await (await backend.place()).open({ clock });
      const { token } = await tokens.create("ci", "viewer");
      const start = clock.now();
      await tokens.verify(token);
      clock.advance(59_999);
      await tokens.verify(token);
      expect((await tokens.list())[0]?.lastUsedAt).toBe(start);
      clock.advance(1);
      await tokens.verify(token);
      expect((await tokens.list())[0]?.lastUsedAt).toBe(start + 60_000);
    });
  });

  describe("the set-up code", () => {
    test("is told once, opens once, and makes an administrator", async () => {
      const place = await backend.place();
      const first = await place.open();
      const code = await first.tokens.ensureSetupCode();
      expect(code).toMatch(/^[0-9A-Z]{4}(-[0-9A-Z]{4}){3}$/);
      expect(await first.tokens.ensureSetupCode()).toBeUndefined();
      await expect(first.tokens.useSetupCode("0000-0000-0000-0000", "me")).rejects.toMatchObject({
        code: "setupCodeWrong",
      });
      const admin = await first.tokens.useSetupCode(` ${code?.toLowerCase().replaceAll("-", "")}`, "me");
      expect(await first.tokens.verify(admin.token)).toMatchObject({ name: "me", role: "admin" });
      await expect(first.tokens.useSetupCode(code ?? "", "me")).rejects.toMatchObject({
        code: "setupCodeWrong",
      });
      expect(await first.tokens.ensureSetupCode()).toBeUndefined();
    });

    test("two that use it at once make one administrator", async () => {
      const { tokens } = await (await backend.place()).open();
      const code = (await tokens.ensureSetupCode()) ?? "";
      const used = await Promise.allSettled([1, 2, 3].map((at) => tokens.useSetupCode(code, `n${at}`)));
      expect(used.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
      expect(await tokens.list()).toHaveLength(1);
    });

    test("the operator's own code is never printed, replaces an unused one, and opens again only when it is new", async () => {
      const { tokens } = await (await backend.place()).open();
      const printed = (await tokens.ensureSetupCode()) ?? "";
      expect(await tokens.ensureSetupCode("my own code")).toBeUndefined();
      await expect(tokens.useSetupCode(printed, "me")).rejects.toMatchObject({ code: "setupCodeWrong" });
      await tokens.useSetupCode("my own code", "me");
      await tokens.ensureSetupCode("my own code");
      await expect(tokens.useSetupCode("my own code", "me")).rejects.toMatchObject({
        code: "setupCodeWrong",
      });
      await tokens.ensureSetupCode("another code");
      expect(await tokens.useSetupCode("another code", "me")).toMatchObject({ role: "admin" });
    });
  });
  describe("the audit log", () => {
    test("tells the latest first, page by page, with before and after of what has versions", async () => {
      const clock = new TestClock();
      const store = await (await backend.place()).open({ clock });
      const identifier = { kind: "identifier", id: "userid", limit: "one" } as const;
      for (const priority of [100, 90]) {
        await store.definitions.put(
          { ...identifier, priority, normalise: [], blocked: [], active: true },
          { origin: "api", by: "Ada" },
        );
      }
      await store.audit.add({ by: "Bo", action: "runStarted", kind: "activation", subject: "shop" });
      const first = await store.audit.page({ limit: 2 });
      expect(first.items).toMatchObject([
        { at: clock.now(), by: "Bo", action: "runStarted", subject: "shop", before: null, after: null },
        { by: "Ada", action: "changed", before: { priority: 100 }, after: { priority: 90 } },
      ]);
      const rest = await store.audit.page({ limit: 2, cursor: first.next ?? "" });
      expect(rest).toMatchObject({ items: [{ action: "created", before: null }], next: null });
      const ofShop = await store.audit.page({ kind: "activation", subject: "shop", limit: 5 });
      expect(ofShop.items).toHaveLength(1);
      await expect(
        store.audit.page({ kind: "user", limit: 2, cursor: first.next ?? "" }),
      ).rejects.toMatchObject({ code: "cursorInvalid" });
    });
  });
}
