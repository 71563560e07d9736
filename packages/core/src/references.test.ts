import { describe, expect, test } from "vitest";
import { type Definition, DefinitionSet } from "./definition.ts";
import { readDefinitions } from "./read-definition.ts";
import { referenceFaults } from "./references.ts";

function read(...documents: object[]): Definition[] {
  const { definitions, faults } = readDefinitions(documents);
  expect(faults).toEqual([]);
  return [...definitions];
}

const userid = { kind: "identifier", id: "userid", limit: "one" };
const customers = {
  kind: "schema",
  id: "customers",
  parent: "PersonalData",
  personIdentifier: "userid",
  columns: [
    { name: "userid", type: "text", identifier: "userid" },
    { name: "country", type: "text" },
  ],
};
const flow = {
  kind: "dataflow",
  id: "customers-file",
  schema: "customers",
  map: { userid: "id", country: "land" },
};
const audience = { kind: "audience", id: "everyone", name: "Everyone", rule: { everyone: true } };
const activation = {
  kind: "activation",
  id: "shop",
  name: "Shop",
  type: "ibexa",
  personIdentifier: "userid",
  settings: { baseUrl: "https://shop.example/cdp/webhook" },
  audiences: ["everyone"],
};
const whole = [userid, customers, flow, audience, activation];

function faultsOf(
  wanted: object[],
  { live = [], deleted = [] }: { live?: object[]; deleted?: object[] } = {},
): [path: string, message: string][] {
  return referenceFaults({
    wanted: new DefinitionSet(read(...wanted)),
    live: new DefinitionSet(read(...live)),
    deleted: new DefinitionSet(read(...deleted)),
    unreadable: new Set(),
    targetOf: ({ settings }) => String(settings["baseUrl"]).toLowerCase(),
  }).map(({ path, message }) => [path, message]);
}

describe("references between definitions", () => {
  test("a whole set has no faults", () => {
    expect(faultsOf(whole, { live: whole })).toEqual([]);
  });

  test("all faults are found at once, each with its place", () => {
    const wanted = [
      { ...customers, columns: [...customers.columns, { name: "mail", type: "text", identifier: "e-mail" }] },
      { ...flow, map: { userid: "id", contry: "land" } },
      { ...flow, id: "other", schema: "custmers" },
      { ...activation, audiences: ["nobody"] },
    ];
    expect(faultsOf(wanted).map(([path]) => path)).toEqual([
      "/schema customers/personIdentifier",
      "/schema customers/columns/0/identifier",
      "/schema customers/columns/2/identifier",
      "/dataflow customers-file/map/contry",
      "/dataflow other/schema",
      "/activation shop/personIdentifier",
      "/activation shop/audiences/0",
    ]);
  });

  test("what is deleted must not be needed any more", () => {
    const faults = faultsOf(
      whole.filter((one) => one !== audience),
      { live: whole },
    );
    expect(faults).toEqual([
      [
        "/activation shop/audiences/0",
        "the activation `shop` uses the audience `everyone`, which would be deleted",
      ],
    ]);
    const [schema] = referenceFaults({
      wanted: new DefinitionSet(read(userid, flow)),
      live: new DefinitionSet(read(userid, customers, flow)),
      deleted: new DefinitionSet([]),
      unreadable: new Set(),
      targetOf: () => undefined,
    });
    expect(schema).toEqual({
      path: "/dataflow customers-file/schema",
      message: "the dataflow `customers-file` uses the schema `customers`, which would be deleted",
      remedy: "Delete the dataflow `customers-file` first, or keep the schema.",
    });
  });

  test("the name of a deleted identifier is never used again", () => {
    expect(faultsOf([userid], { deleted: [userid] }).map(([path]) => path)).toEqual([
      "/identifier userid/id",
    ]);
    expect(faultsOf([userid], { live: [userid] })).toEqual([]);
  });

  test.each(["live", "deleted"] as const)(
    "columns of a %s schema are neither removed nor changed, and its parent is fixed",
    (where) => {
      const changed = {
        ...customers,
        parent: "Interaction",
        columns: [
          { name: "userid", type: "text", identifier: "userid" },
          { name: "age", type: "number" },
        ],
      };
      const retyped = { ...customers, columns: [customers.columns[0], { name: "country", type: "list" }] };
      expect(faultsOf([userid, changed], { [where]: [customers] }).map(([path]) => path)).toEqual([
        "/schema customers/parent",
        "/schema customers/columns",
      ]);
      expect(faultsOf([userid, retyped], { [where]: [customers] }).map(([path]) => path)).toEqual([
        "/schema customers/columns/1/type",
      ]);
    },
  );

  test("an attribute of one name has one type in all PersonalData schemas, but events are free", () => {
    const visits = {
      ...customers,
      id: "visits",
      parent: "Interaction",
      columns: [customers.columns[0], { name: "country", type: "number" }],
    };
    const loyalty = { ...visits, id: "loyalty", parent: "PersonalData" };
    expect(faultsOf([userid, customers, visits])).toEqual([]);
    expect(faultsOf([userid, customers, loyalty]).map(([path]) => path)).toEqual([
      "/schema customers/columns/1/type",
      "/schema loyalty/columns/1/type",
    ]);
  });

  test("an activation needs an identifier of which a profile has one", () => {
    const many = { ...userid, limit: "many" };
    expect(faultsOf([many, customers, audience, activation]).map(([path]) => path)).toEqual([
      "/activation shop/personIdentifier",
    ]);
  });

  test("one audience does not go to one destination twice, and the other activation is named", () => {
    const second = {
      ...activation,
      id: "shop-2",
      name: "Second shop",
      settings: { baseUrl: "https://SHOP.example/cdp/webhook" },
    };
    const elsewhere = { ...second, settings: { baseUrl: "https://other.example/cdp/webhook" } };
    expect(faultsOf([...whole, elsewhere])).toEqual([]);
    const faults = faultsOf([...whole, second]);
    expect(faults.map(([path]) => path)).toEqual([
      "/activation shop/audiences/0",
      "/activation shop-2/audiences/0",
    ]);
    expect(faults[1]?.[1]).toContain('"Shop"');
  });
});

describe("reading documents", () => {
  test("finds the faults of all documents, and names each by kind and id or by its place", () => {
    const { definitions, faults } = readDefinitions([
      userid,
      { kind: "schema", id: "a", parent: "PersonalData", columns: [{ name: "x", type: "txt" }], extra: 1 },
      { kind: "segment", id: "b" },
      { kind: "audience" },
      "text",
      userid,
    ]);
    expect(definitions.map(({ id }) => id)).toEqual(["userid"]);
    expect(faults.map(({ path }) => path)).toEqual([
      "/schema a/columns/0/type",
      "/schema a/extra",
      "/document 3/kind",
      "/document 4/id",
      "/document 5",
      "/identifier userid",
    ]);
  });
});
