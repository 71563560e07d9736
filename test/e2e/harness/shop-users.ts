import type { Installation } from "./installation.ts";

/** Sixty people; two rows are broken, one is a test, one names nobody. */
export const SHOP_USERS = [
  "id;e-mail;name;joined;spent",
  ...Array.from(
    { length: 60 },
    (_, at) => `${100 + at};user${at}@Example.com;User ${at};2025-03-${10 + (at % 20)};${at},50`,
  ),
  "200;broken@example.com;Broken;31.02.2025;1,00",
  "201;wrong@example.com;Wrong;2025-03-01;many",
  "202;test@example.com;Test;2025-03-01;1,00",
  ";;Nobody;2025-03-01;1,00",
].join("\n");

/** What the wizard makes of that file when somebody corrects it as `new-dataflow.test.ts` does. */
const DEFINITIONS = [
  { kind: "identifier", id: "userid", normalise: ["trim"], blocked: ["0"], priority: 300, limit: "one" },
  { kind: "identifier", id: "email", normalise: ["trim", "lowercase"], priority: 200, limit: "one" },
  {
    kind: "schema",
    id: "shop-users",
    name: "Shop users",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "email", type: "text", identifier: "email" },
      { name: "name", type: "text" },
      { name: "joined", type: "time" },
      { name: "revenue", type: "number" },
      { name: "initial", type: "text" },
    ],
  },
  {
    kind: "dataflow",
    id: "shop-users",
    name: "Shop users",
    schema: "shop-users",
    source: { delimiter: ";" },
    leaveOut: 'name = "Test"',
    map: {
      userid: "id",
      email: 'column("e-mail")',
      name: "name",
      joined: "time(joined)",
      revenue: 'number(replace(spent, ",", "."))',
      initial: "lower(name)",
    },
  },
] as const;

/** Defines the dataflow `shop-users`, and takes those people in by it: import 1. */
export async function takeInShopUsers(shop: Installation): Promise<void> {
  await shop.define(...DEFINITIONS);
  const state = await shop.takeIn("shop-users", SHOP_USERS, "users.csv");
  if (state !== "published") throw new Error(`the import of users.csv ended ${state}`);
}

/** A file for a page to send. */
export function csvFile(name: string, text: string) {
  return { name, mimeType: "text/csv", buffer: Buffer.from(text, "latin1") };
}
