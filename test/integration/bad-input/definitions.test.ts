import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { refused } from "./command.ts";
import { CUSTOMERS, customers, HEADER, type Installation, startInstallation } from "./installation.ts";

const SHOP_URL = "https://shop.example/cdp/webhook";
const EVERYONE = { everyone: true };

let shop: Installation;
let before: object;
beforeAll(async () => {
  shop = await startInstallation();
  await shop.define(
    ...CUSTOMERS,
    {
      kind: "schema",
      id: "orders",
      parent: "Interaction",
      personIdentifier: "userid",
      columns: [
        { name: "userid", type: "text", identifier: "userid" },
        { name: "brand", type: "text" },
        { name: "price", type: "number" },
      ],
    },
    {
      kind: "dataflow",
      id: "orders",
      schema: "orders",
      event: "'buy'",
      time: "time(at)",
      map: { userid: "id", brand: "brand", price: "number(price)" },
    },
    { kind: "audience", id: "a0000001", name: "All", rule: EVERYONE },
    {
      kind: "activation",
      id: "shop",
      name: "The shop",
      type: "ibexa",
      personIdentifier: "userid",
      state: "paused",
      settings: {
        baseUrl: SHOP_URL,
        clientId: "shop",
        clientSecret: "s3cret-of-the-shop",
        segmentGroupIdentifier: "cdp",
      },
      audiences: ["a0000001"],
    },
  );
  await file("customers.csv", HEADER + customers(5));
  expect((await shop.run("import", "customers", "customers.csv")).exit).toBe(0);
});
afterAll(() => shop?.close());
beforeEach(async () => {
  before = await shop.standing();
});
afterEach(async () => {
  expect(await shop.standing()).toEqual(before);
});

async function file(name: string, content: string | Buffer): Promise<string> {
  await mkdir(join(shop.folder, name, ".."), { recursive: true });
  await writeFile(join(shop.folder, name), content);
  return name;
}

const RULE = `# Two audiences, the first one with everything wrong
kind: audience
id: bad00001
name: Many faults
rule:
  all:
    - have: { attribute: contry, is: UK }
    - did:
        event: buy
        where:
          property: colour
          is: red
        measure: { sum: brand }
        atLeast: many
        within: { last: 3, unit: fortnights }
    - any: []
    - not:
        have: { attribute: age, is: 30, above: 20 }
---
kind: audience
id: bad00002
name: More
rule: { everyone: true, foo: 1 }
`;

describe("a rule with several faults", () => {
  it("is refused with all of them, each with its file, its line and its path", async () => {
    await file("rules.yaml", RULE);
    const failure = await shop.refused("apply", "-f", "rules.yaml");
    expect(failure).toMatchObject({ exit: 65, code: "definitionInvalid" });
    const places = failure.details.slice(0, -1).map((line) => line.split(": ").slice(0, 2).join(" "));
    expect(places.toSorted()).toEqual([
      "rules.yaml:11 /audience bad00001/rule/all/1/did/where/property",
      "rules.yaml:13 /audience bad00001/rule/all/1/did/measure/sum",
      "rules.yaml:14 /audience bad00001/rule/all/1/did/atLeast",
      "rules.yaml:15 /audience bad00001/rule/all/1/did/within/unit",
      "rules.yaml:16 /audience bad00001/rule/all/2/any",
      expect.stringMatching(/^rules\.yaml:18 \/audience bad00001\/rule\/all\/3\/not\/have/),
      "rules.yaml:23 /audience bad00002/rule/foo",
      "rules.yaml:7 /audience bad00001/rule/all/0/have/attribute",
    ]);
    expect(failure.error).toBe("The definitions have 8 faults.");
    expect(failure.text).toContain("there is no attribute `contry`. Did you mean `country`?");
    expect(failure.text).toContain("the event `buy` has no property `colour`. It has: userid, brand, price.");
    expect(failure.text).toMatch(/nothing was changed/);
  });

  it("is refused alike by a dry run", async () => {
    await file("rules.yaml", RULE);
    expect(await shop.refused("apply", "-f", "rules.yaml", "--dry-run")).toMatchObject({ exit: 65 });
  });
});

describe("a mapping with faults", () => {
  it("is refused with all of them, each with what it may be instead", async () => {
    await file(
      "flows/one.yaml",
      `kind: dataflow
id: broken
schema: customers
map:
  userid: id +
  contry: country
  country: uper(country)
  age: age
time: at
leaveOut: country
---
kind: dataflow
id: elsewhere
schema: custmers
map: { userid: id }
`,
    );
    const failure = await shop.refused("apply", "-f", "flows");
    expect(failure).toMatchObject({ exit: 65, code: "definitionInvalid" });
    expect(failure.details.slice(0, -1)).toEqual([
      "flows/one.yaml:5: /dataflow broken/map/userid: at character 5: the expression ends where a column, a constant or a function is expected.",
      "flows/one.yaml:6: /dataflow broken/map/contry: the schema `customers` has no column `contry`. Did you mean `country`?",
      expect.stringContaining(
        "flows/one.yaml:7: /dataflow broken/map/country: at character 1: there is no function `uper`. Did you mean `upper`?",
      ),
      "flows/one.yaml:8: /dataflow broken/map/age: the expression yields text, and number is expected. Cast it: number(age).",
      "flows/one.yaml:10: /dataflow broken/leaveOut: the expression yields text, and boolean is expected. Cast it: boolean(country).",
      "flows/one.yaml:9: /dataflow broken/time: the expression yields text, and time is expected. Cast it: time(at).",
      "flows/one.yaml:14: /dataflow elsewhere/schema: there is no schema `custmers`. Did you mean `customers`?",
    ]);
  });
});

describe("an activation with faults", () => {
  const activation = (fields: string) => `kind: activation
id: second
name: Second
${fields}`;

  it("of its settings is refused with all of them, and without its secret", async () => {
    await file(
      "activation.yaml",
      activation(`type: ibexa
personIdentifier: email
settings:
  baseUrl: ftp://shop.example
  clientId: "with space"
  clientSecret: 777000777
audiences: [a0000009]
`),
    );
    const failure = await shop.refused("apply", "-f", "activation.yaml");
    expect(failure.exit).toBe(65);
    for (const words of [
      /activation\.yaml:7: .*\/settings\/baseUrl: an address that begins with https:/,
      /activation\.yaml:8: .*\/settings\/clientId: visible ASCII characters without spaces/,
      /activation\.yaml:9: .*\/settings\/clientSecret: a text is expected here; put a number into quotes/,
      /activation\.yaml:6: .*\/settings\/segmentGroupIdentifier: a text is expected here/,
      /activation\.yaml:5: .*\/personIdentifier: .*recognises people only by `userid`/,
      /activation\.yaml:10: .*\/audiences\/0: there is no audience `a0000009`/,
    ])
      expect(failure.text).toMatch(words);
    expect(JSON.stringify(failure.json)).not.toContain("777000777");
  });

  it("of an unknown type", async () => {
    await file(
      "type.yaml",
      activation("type: ibexaa\npersonIdentifier: userid\nsettings: {}\naudiences: []\n"),
    );
    const failure = await shop.refused("apply", "-f", "type.yaml");
    expect(failure.text).toMatch(/type\.yaml:4: .*there is no activation type `ibexaa`; there is `ibexa`/);
  });

  it("that sends an audience where another one sends it already", async () => {
    await file(
      "twice.yaml",
      activation(`type: ibexa
personIdentifier: userid
settings: { baseUrl: "${SHOP_URL}/", clientId: a, clientSecret: b, segmentGroupIdentifier: c }
audiences: [a0000001]
`),
    );
    const failure = await shop.refused("apply", "-f", "twice.yaml");
    expect(failure.exit).toBe(65);
    expect(failure.text).toMatch(/twice\.yaml:7: .*the activation "The shop" \(`shop`\) sends `a0000001`/);
  });
});

describe("what is right", () => {
  it("is taken step by step too: an audience about events of a schema that has no row yet", async () => {
    await file(
      "visits.yaml",
      `kind: schema
id: visits
parent: Interaction
personIdentifier: userid
columns: [{ name: userid, type: text, identifier: userid }]
`,
    );
    await file(
      "visitors.yaml",
      `kind: audience
id: a0000002
name: Visitors
rule: { did: { event: buy } }
`,
    );
    expect(await shop.run("apply", "-f", "visits.yaml")).toMatchObject({ exit: 0 });
    expect(await shop.run("apply", "-f", "visitors.yaml")).toMatchObject({ exit: 0 });
    before = await shop.standing();
  });
});

describe("files that are no definitions", () => {
  it.each([
    [
      "broken YAML",
      "kind: audience\nid: x\nname: [unclosed\nrule: {}\n",
      /:4:1: a `\[` before this is not closed/,
    ],
    ["a tab", "kind: audience\n\tid: x\n", /:2:1: a tab stands at the beginning of this line/],
    ["a key twice", "kind: audience\nid: x\nid: y\n", /:3:1: this name stands here a second time/],
    ["an alias of nothing", "kind: audience\nname: *nobody\n", /:1: Unresolved alias .*nobody/],
    ["aliases that grow without end", bomb(), /:1: Excessive alias count/],
    ["a picture", Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), /is not text in UTF-8/],
  ])("%s: nothing is sent", async (name, content, words) => {
    const path = await file(`${name.replaceAll(" ", "-")}.yaml`, content);
    const failure = await shop.refused("apply", "-f", path);
    expect(failure).toMatchObject({ exit: 65, error: "The files can't be read as definitions." });
    expect(failure.details[0]).toMatch(new RegExp(`^${path}`));
    expect(failure.text).toMatch(words);
    expect(failure.text).toMatch(/nothing was sent/);
  });

  it.each([
    ["plain text", "hello\n", [/hello\.yaml:1: \/document 1: a definition is expected here/]],
    [
      "unknown kinds, no kind, a list, a bad id",
      "kind: audienc\nid: x\n---\nid: y\n---\n- a\n---\nkind: audience\nid: two words\n",
      [
        /hello\.yaml:1: \/document 1\/kind: the kind is one of identifier, schema, dataflow, audience, activation/,
        /hello\.yaml:4: \/document 2\/kind/,
        /hello\.yaml:6: \/document 3: a definition is expected/,
        /hello\.yaml:9: \/document 4\/id: 1 to 64 letters, digits/,
      ],
    ],
    [
      "the same one twice",
      "kind: audience\nid: a1\nname: A\nrule: { everyone: true }\n---\nkind: audience\nid: a1\nname: A\nrule: { everyone: true }\n",
      [/hello\.yaml:6: \/audience a1: the documents 1 and 2 both define it\. Remove one/],
    ],
  ])("%s: each with its place", async (_, content, words) => {
    await file("hello.yaml", content);
    const failure = await shop.refused("apply", "-f", "hello.yaml");
    expect(failure).toMatchObject({ exit: 65, code: "definitionInvalid" });
    for (const word of words) expect(failure.text).toMatch(word);
  });

  it("missing, or none in a folder", async () => {
    await mkdir(join(shop.folder, "nothing"), { recursive: true });
    await file("comment.yaml", "# nothing yet\n");
    expect(await shop.refused("apply", "-f", "absent.yaml")).toMatchObject({
      exit: 66,
      error: "absent.yaml can't be read: there is no such file.",
    });
    for (const place of ["nothing", "comment.yaml"]) {
      const failure = await shop.refused("apply", "-f", place);
      expect(failure).toMatchObject({ exit: 66, error: `There are no definitions in ${place}.` });
    }
  });

  it("that name variables which the environment lacks: each with its line", async () => {
    await file(
      "variables.yaml",
      [
        "kind: activation\nid: second\nname: S\nsettings:",
        `  clientId: ${variable("THERE")}`,
        `  clientSecret: ${variable("NOT_THERE")}`,
        `  baseUrl: https://${variable("ABSENT")}/cdp/webhook\n`,
      ].join("\n"),
    );
    const failure = await refused(["apply", "-f", "variables.yaml"], {
      environment: { ...shop.environment, THERE: "value-of-there" },
      cwd: shop.folder,
    });
    expect(failure.exit).toBe(65);
    expect(failure.details.slice(0, -1)).toEqual([
      "variables.yaml:6: the environment has no NOT_THERE.",
      "variables.yaml:7: the environment has no ABSENT.",
    ]);
    expect(failure.text).not.toContain("value-of-there");
  });
});

function bomb(): string {
  const nine = (name: string) => Array.from({ length: 9 }, () => `*${name}`).join(",");
  return `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [${nine("a")}]\nc: &c [${nine("b")}]\nd: [${nine("c")}]\n`;
}

function variable(name: string): string {
  return `$\{${name}}`;
}
