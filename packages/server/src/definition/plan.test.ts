import { type Definition, readDefinitions } from "@peregrine/core";
import { expect, test } from "vitest";
import type { DefinitionRecord } from "../store/index.ts";
import { type PlanOptions, planChanges } from "./plan.ts";

function read(...documents: object[]): Definition[] {
  const { definitions, faults } = readDefinitions(documents);
  expect(faults).toEqual([]);
  return [...definitions];
}

function stored(body: object, given: Partial<DefinitionRecord> = {}): DefinitionRecord {
  const [read1] = read(body);
  if (read1 === undefined) throw new Error("not a definition");
  const { kind, id } = read1;
  return {
    kind,
    id,
    number: 1,
    body: read1,
    version: 1,
    origin: "api",
    state: "live",
    updatedAt: 0,
    updatedBy: "me",
    ...given,
  };
}

const userid = { kind: "identifier", id: "userid" };
const customers = {
  kind: "schema",
  id: "customers",
  parent: "PersonalData",
  personIdentifier: "userid",
  columns: [{ name: "userid", type: "text", identifier: "userid" }],
};
const shop = {
  kind: "activation",
  id: "shop",
  name: "Shop",
  type: "ibexa",
  personIdentifier: "userid",
  settings: { baseUrl: "https://a", tls: { ca: "x", verify: true } },
};
const options: PlanOptions = {
  origin: "file",
  prune: false,
  unreadable: new Set(),
  changedSecrets: new Map(),
};

function planned(records: DefinitionRecord[], wanted: object[], given: Partial<PlanOptions> = {}) {
  const { changes, left, faults } = planChanges(records, read(...wanted), { ...options, ...given });
  return {
    changes: changes.map(({ action, body, fields }) => [action, body.id, ...fields]),
    left: left.map(({ id }) => id),
    faults: faults.map(({ path }) => path),
  };
}

test("what is built on comes first, and deletions go backwards", () => {
  expect(planned([], [shop, customers, userid]).changes).toEqual([
    ["created", "userid"],
    ["created", "customers"],
    ["created", "shop"],
  ]);
  const files = [userid, customers, shop].map((body) => stored(body, { origin: "file" }));
  expect(planned(files, [], { prune: true }).changes).toEqual([
    ["deleted", "shop"],
    ["deleted", "customers"],
    ["deleted", "userid"],
  ]);
});

test("what differs is named, wherever its members stand, and the order of members is no difference", () => {
  const record = stored(shop, { origin: "file" });
  const reordered = { ...shop, settings: { tls: { verify: true, ca: "x" }, baseUrl: "https://a" } };
  expect(planned([record], [reordered]).changes).toEqual([["unchanged", "shop"]]);
  const changed = {
    ...shop,
    audiences: ["a"],
    settings: { baseUrl: "https://a", tls: { ca: "y" }, "a/b": 1 },
  };
  expect(planned([record], [changed]).changes).toEqual([
    ["changed", "shop", "/settings/tls/ca", "/settings/tls/verify", "/settings/a~1b", "/audiences"],
  ]);
});

test("another value of a secret is a change, though the definition is the same", () => {
  const changedSecrets = new Map([["activation shop", ["clientSecret"]]]);
  expect(planned([stored(shop, { origin: "file" })], [shop], { changedSecrets }).changes).toEqual([
    ["changed", "shop", "/settings/clientSecret"],
  ]);
});

test("a deleted definition is created again under its old number", () => {
  const { changes } = planChanges(
    [stored(customers, { state: "deleted", number: 7 })],
    read(customers),
    options,
  );
  expect(changes).toMatchObject([{ action: "created", number: 7, before: undefined }]);
});

test("only what came from files is pruned, and without pruning it is named", () => {
  const records = [stored(userid, { origin: "file" }), stored(customers), stored(shop, { origin: "file" })];
  expect(planned(records, [shop])).toMatchObject({ changes: [["unchanged", "shop"]], left: ["userid"] });
  expect(planned(records, [shop], { prune: true })).toMatchObject({
    changes: [
      ["unchanged", "shop"],
      ["deleted", "userid"],
    ],
    left: [],
  });
});

test("what came from a file is not changed or deleted by the API; files take over what the API made", () => {
  const records = [stored(userid, { origin: "file" }), stored(customers)];
  const changed = { ...userid, priority: 1 };
  expect(planned(records, [changed], { origin: "api" }).faults).toEqual(["/identifier userid"]);
  expect(planned(records, [userid], { origin: "api" }).faults).toEqual([]);
  const remove = [{ kind: "identifier", id: "userid" }] as const;
  expect(planned(records, [], { origin: "api", remove }).faults).toEqual(["/identifier userid"]);
  expect(planned(records, [customers]).changes).toEqual([["changed", "customers", "/origin"]]);
});
