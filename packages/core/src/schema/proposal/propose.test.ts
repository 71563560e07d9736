import { describe, expect, it } from "vitest";
import { type IdentifierDefinitionInput, identifierDefinition } from "../../identity/identifier.ts";
import type { Schema } from "../schema.ts";
import { profileColumn, type SampleCell } from "./column-profile.ts";
import { type ProposalInput, propose } from "./propose.ts";

const USERID: IdentifierDefinitionInput = { kind: "identifier", id: "userid", limit: "one", priority: 300 };
const EMAIL: IdentifierDefinitionInput = { kind: "identifier", id: "email", priority: 200 };
const CARD: IdentifierDefinitionInput = { kind: "identifier", id: "card-no", priority: 50 };

interface Given extends Partial<Omit<ProposalInput, "columns" | "rows" | "distinct" | "identifiers">> {
  readonly identifiers?: readonly IdentifierDefinitionInput[];
  readonly timeZone?: string;
  readonly decimalComma?: boolean;
}

/** What is proposed for columns that are given with their cells, row by row. */
function proposal(table: Readonly<Record<string, readonly SampleCell[]>>, given: Given = {}) {
  const { identifiers = [USERID, EMAIL], timeZone = "UTC", decimalComma = false, ...rest } = given;
  const rows = Math.max(...Object.values(table).map(({ length }) => length));
  return propose({
    parent: "PersonalData",
    id: "people",
    nested: false,
    source: {},
    schemas: [],
    ...rest,
    identifiers: identifiers.map((one) => identifierDefinition.parse(one)),
    columns: Object.entries(table).map(([name, cells]) =>
      profileColumn([name], cells, { decimalComma, timeZone, nested: false }),
    ),
    rows,
    distinct: (names) =>
      new Set(
        Array.from({ length: rows }, (_, row) => JSON.stringify(names.map((name) => table[name]?.[row]))),
      ).size,
  });
}

/** The one column besides the person's number. */
function column(name: string, cells: readonly SampleCell[], given: Given = {}) {
  const found = proposal({ id: cells.map((_, index) => String(index + 1)), [name]: cells }, given);
  const one = found.columns.find(({ source }) => source === name);
  if (one === undefined) throw new Error(`${name} is not accounted for`);
  return one;
}

describe("the type of a column", () => {
  it.each([
    ["price", ["1", "2.5", "-3"], "number", "number(price)"],
    ["price", ["1,5", "2", "1234,56"], "number", 'number(replace(price, ",", "."))'],
    [
      "price",
      ["1.234,56", "2,00", "12.000,10"],
      "number",
      'number(replace(replace(price, ".", ""), ",", "."))',
    ],
    ["price", ["1,234.56", "2.00", "12,000.10"], "number", 'number(replace(price, ",", ""))'],
    ["Unit price", ["1", "2"], "number", 'number(column("Unit price"))'],
    ["price", [" 1", "2 "], "number", "number(trim(price))"],
    ["price", ["1", "", "2"], "number", 'if(price = "", null, number(price))'],
    ["zip", ["8000", "1050"], "text", "zip"],
    ["zone", ["08", "12"], "text", "zone"],
    ["seen", ["true", "FALSE"], "boolean", "boolean(seen)"],
    [
      "member",
      ["ja", "nein", "Ja"],
      "boolean",
      'boolean(if(lower(member) = "ja", "true", if(lower(member) = "nein", "false", member)))',
    ],
    ["country", ["NO", "NO"], "text", "country"],
    ["is_member", ["1", "0"], "boolean", "boolean(is_member)"],
    ["visits", ["1", "0"], "number", "number(visits)"],
    ["born", ["2024-05-31", "1990-01-01T10:00:00Z"], "time", "time(born)"],
    ["born", ["31.05.2024", "01.12.1990"], "time", 'time(born, "DD.MM.YYYY")'],
    ["born", ["1.5.2024", "31.12.1990"], "time", 'time(born, "D.M.YYYY")'],
    ["born", ["05/31/2024", "12/01/1990"], "time", 'time(born, "MM/DD/YYYY")'],
    ["born", ["31/05/2024 14:00", "01/12/1990 08:30"], "time", 'time(born, "DD/MM/YYYY hh:mm")'],
    ["born", ["31.02.2024", "01.12.1990"], "text", "born"],
    ["born", ["20240531", "19901201"], "time", 'time(born, "YYYYMMDD")'],
    ["tags", [["a", "b"], ["c"]], "list", "list(tags)"],
    ["name", ["Anna", "12"], "text", "name"],
    ["and", ["x", "y"], "text", 'column("and")'],
  ] as const)("of %s with %j is %s", (name, cells, type, expression) => {
    expect(column(name, cells)).toMatchObject({ target: name, type, expression, doubt: null });
  });

  it("is by the clock of the zone where times have none", () => {
    expect(column("born", ["31.05.2024", "1.12.1990"], { timeZone: "Europe/Berlin" }).expression).toBe(
      'time(born, "D.M.YYYY", "Europe/Berlin")',
    );
  });

  it("with an order of day and month that no value tells says so, and names the other", () => {
    const { expression, doubt, alternatives } = column("born", ["05/04/2024", "01/12/1990"]);
    expect(expression).toBe('time(born, "DD/MM/YYYY")');
    expect(doubt).toContain('time(born, "MM/DD/YYYY")');
    expect(alternatives.map((one) => one.expression)).toContain('time(born, "MM/DD/YYYY")');
  });

  it("with a comma that can stand in two places goes by the file, and says so", () => {
    expect(column("price", ["1,234", "5,678"])).toMatchObject({
      expression: 'number(replace(price, ",", ""))',
      doubt: expect.stringContaining('number(replace(price, ",", "."))'),
    });
    expect(column("price", ["1,234", "5,678"], { decimalComma: true }).expression).toBe(
      'number(replace(price, ",", "."))',
    );
  });

  it("survives a slip in many values, and not one in few", () => {
    const numbers = Array.from({ length: 199 }, (_, index) => String(index));
    expect(column("points", [...numbers, "none"])).toMatchObject({ type: "number", share: 0.995 });
    expect(column("points", ["1", "2", "none"])).toMatchObject({ type: "text", share: 1 });
    expect(column("points", ["1", "2", "none"]).alternatives).toContainEqual(
      expect.objectContaining({ type: "number", share: 2 / 3 }),
    );
  });
});

describe("identifiers", () => {
  it.each(["id", "userid", "user_id", "User ID", "Customer ID", "Kunden-Nr.", "customerNumber"])(
    "are found by name: %s is userid",
    (name) => {
      const { columns, documents, faults } = proposal({ [name]: ["1", "2"], city: ["Bonn", "Köln"] });
      expect(columns[0]).toMatchObject({ target: "userid", identifier: "userid", type: "text" });
      expect(faults).toEqual([]);
      expect(documents).toHaveLength(2);
    },
  );

  it.each(["email", "E-Mail", "mail", "E-Mail-Adresse"])(
    "are found by name and looks: %s is email",
    (name) => {
      expect(column(name, ["a@example.org", "b@example.org"])).toMatchObject({ identifier: "email" });
      expect(column(name, ["yes", "no"])).toMatchObject({ identifier: null });
    },
  );

  it("of one's own are found by their name", () => {
    expect(column("Card No", ["7", "8"], { identifiers: [USERID, CARD] })).toMatchObject({
      identifier: "card-no",
    });
  });

  it("are held by one column each, the surest", () => {
    const { columns } = proposal({ id: ["1", "2"], user_id: ["7", "8"] });
    expect(columns.map(({ target, identifier }) => [target, identifier])).toEqual([
      ["id", null],
      ["userid", "userid"],
    ]);
  });

  it("of a spreadsheet lose the decimals that it added", () => {
    expect(proposal({ "Customer ID": ["17850.0", "13047.0"] }).columns[0]?.expression).toBe(
      'text(number(column("Customer ID")))',
    );
  });

  it("that are missing are proposed as well, and said", () => {
    const { documents, notes, faults } = proposal(
      { id: ["1"], email: ["a@example.org"] },
      { identifiers: [] },
    );
    expect(documents).toMatchObject([
      { kind: "identifier", id: "userid" },
      { kind: "identifier", id: "email" },
      { kind: "schema", personIdentifier: "userid" },
      { kind: "dataflow" },
    ]);
    expect(notes.join()).toContain("There is no identifier `userid` yet");
    expect(faults).toEqual([]);
  });

  it("that nothing holds are a fault, and nothing is applied", () => {
    const { faults, notes, documents } = proposal({ city: ["Bonn"] });
    expect(faults).not.toEqual([]);
    expect(documents).toEqual([]);
    expect(notes.join()).toContain("No column names the person");
  });
});

describe("every column is accounted for", () => {
  it("also those that are left out, with the reason", () => {
    const { columns, notes } = proposal({
      id: ["1", "2"],
      "": ["0", "1"],
      fax: [undefined, undefined],
      password_hash: ["x", "y"],
      constant: ["a", "a"],
    });
    expect(columns.map(({ source, target }) => [source, target])).toEqual([
      ["id", "userid"],
      ["", null],
      ["fax", null],
      ["password_hash", null],
      ["constant", "constant"],
    ]);
    expect(columns.every(({ why }) => why !== "")).toBe(true);
    expect(columns[4]?.why).toContain("all the same");
    expect(notes.join()).toContain("Left out: ``, `fax`, `password_hash`");
  });

  it("with names that differ where the file's do not", () => {
    const { columns, faults } = proposal({ id: ["1"], userid: ["2"], "a ": ["x"], a: ["y"] });
    expect(columns.map(({ target }) => target)).toEqual(["id", "userid", "a", "a 2"]);
    expect(faults).toEqual([]);
  });
});

describe("a schema that is there", () => {
  const schema: Schema = {
    kind: "schema",
    id: "persons",
    parent: "PersonalData",
    personIdentifier: "userid",
    columns: [
      { name: "number", type: "text", identifier: "userid" },
      { name: "points", type: "text" },
      { name: "city", type: "text" },
    ],
  };

  it("keeps its columns and types, and gets those that it lacks", () => {
    const { documents, dataflow, faults } = proposal(
      { id: ["1"], Points: ["7"], height: ["180"] },
      { schema, schemas: [schema] },
    );
    expect(documents[0]).toMatchObject({
      id: "persons",
      columns: [...schema.columns, { name: "height", type: "number" }],
    });
    expect(dataflow.map).toEqual({ number: "id", points: "Points", height: "number(height)" });
    expect(faults).toEqual([]);
  });

  it("elsewhere decides the type of an attribute of the same name", () => {
    const { columns } = proposal({ id: ["1"], points: ["7"], city: [["Bonn"]] }, { schemas: [schema] });
    expect(columns[1]).toMatchObject({ target: "points", type: "text", expression: "points" });
    expect(columns[2]).toMatchObject({ target: "city (people)", type: "list" });
  });
});

describe("events", () => {
  const orders = {
    InvoiceNo: ["A1", "A1", "A2"],
    StockCode: ["X", "Y", "X"],
    Quantity: ["1", "-2", "3"],
    InvoiceDate: ["2024-05-31 10:00", "2024-05-31 10:00", "2024-06-01 10:00"],
    CustomerID: ["1", "1", "2"],
  };

  it("get a time, a type and a key from what the sample shows", () => {
    const { roles, dataflow, faults } = proposal(orders, { parent: "Interaction", id: "orders" });
    expect(faults).toEqual([]);
    expect(dataflow).toMatchObject({
      time: "time(InvoiceDate)",
      event: '"buy"',
      key: 'concat(InvoiceNo, "/", StockCode)',
      map: { userid: "CustomerID", Quantity: "number(Quantity)" },
    });
    expect(roles.event?.alternatives).toContain('if(number(Quantity) > 0, "buy", "return")');
  });

  it("take their type from a column, and their own id for a key", () => {
    const { dataflow } = proposal(
      { id: ["e1", "e2"], event: ["visit", "buy"], userid: ["1", "2"], at: ["2024-05-31", "2024-06-01"] },
      { parent: "Interaction", id: "web" },
    );
    expect(dataflow).toMatchObject({
      event: "event",
      key: "id",
      time: "time(at)",
      map: { userid: "userid", id: "id" },
    });
  });

  it("without a time in every row, or a key, say what that means", () => {
    const { roles, notes } = proposal(
      { userid: ["1", "1"], page: ["/", "/"], at: ["2024-05-31", undefined] },
      { parent: "Interaction", id: "web" },
    );
    expect(roles).toMatchObject({ time: null, key: null, event: { expression: '"visit"' } });
    expect(notes.join(" ")).toContain("the time of the import would count");
    expect(notes.join(" ")).toContain("bring its events twice");
  });
});

describe("people", () => {
  it("are true as of the time at which they were changed, not of their birthday", () => {
    const { dataflow } = proposal({
      id: ["1"],
      born: ["1990-01-01"],
      updated_at: ["2024-05-31"],
      version: ["7"],
    });
    expect(dataflow).toMatchObject({ time: "time(updated_at)", tieBreak: 'padStart(version, 20, "0")' });
    expect(proposal({ id: ["1"], born: ["1990-01-01"] }).dataflow.time).toBeUndefined();
  });
});

describe("rows without any identifier", () => {
  const emails = ["a@x.org", null, "c@x.org", null];

  it("are told as at most so many, since the gaps of one identifier may be filled by another", () => {
    const { notes } = proposal({ id: ["1", "2", "3", null], email: emails });
    expect(notes.join()).toContain("At most 1 of 4 rows have no identifier");
  });

  it("are counted where there is one identifier alone", () => {
    const { notes } = proposal({ email: emails });
    expect(notes.join()).toContain("2 of 4 rows have no identifier");
    expect(notes.join()).not.toContain("At most");
  });
});

describe("a catalog", () => {
  it("is proposed with a dataflow of rows that name nobody", () => {
    const { documents, faults } = proposal(
      { sku: ["1"], name: ["Tea"] },
      { parent: "Catalog", id: "products" },
    );
    expect(documents).toMatchObject([
      { kind: "schema", parent: "Catalog" },
      { kind: "dataflow", map: { sku: "sku", name: "name" } },
    ]);
    expect(faults).toEqual([]);
  });
});
