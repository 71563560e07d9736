import { gzipSync } from "node:zlib";
import { dataflowSource } from "@peregrine/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ProfileService } from "../../../packages/server/src/identity/index.ts";
import { startEngine, type TestEngine } from "../harness/engine.ts";
import { body, createDataflowWorld, type DataflowWorld } from "./world.ts";

let host: TestEngine;
let world: DataflowWorld;
let profiles: ProfileService;

beforeAll(async () => {
  host = await startEngine();
  world = await createDataflowWorld(host.engine);
  profiles = new ProfileService({ store: world.ingest.store, engine: host.engine });
});

afterAll(async () => {
  await world?.close();
  await host?.close();
});

/** As a German shop exports it: Windows-1252, semicolons, decimal commas, days first, ja and nein. */
const KUNDEN = Buffer.from(
  [
    "Kunden-Nr.;E-Mail;Nachname;PLZ;Umsatz;Geburtsdatum;Newsletter;Fax",
    "17;anna@example.org;Müller;04109;1.234,50;01.12.1980;ja;",
    "18;BERND@example.org;Groß;80331;0,99;31.05.1975;nein;",
    "19;;Öztürk;10115;12,00;;ja;",
    ";;Niemand;10115;1,00;02.02.1990;nein;",
  ].join("\r\n"),
  "latin1",
);

/** As Ibexa exports its users. */
const USERS = [
  {
    id: 1,
    login: "example",
    email: "example@example.org",
    name: "John Doe",
    companies: [
      { id: 7, name: "Acme" },
      { id: 8, name: "Hooli" },
    ],
  },
  { id: 2, login: "second", email: null, name: "", companies: [] },
  { id: 3, login: "third", email: "third@example.org", name: "Jo", address: { city: "Aarhus" } },
];

describe("from a German file to people, with no hand edit", () => {
  let sample: string;
  let documents: readonly unknown[];

  it("the sample says what the file is, and what its columns hold", async () => {
    const view = await world.samples.take("../../Kunden März.csv", body(KUNDEN), 2);
    sample = view.id;
    expect(view).toMatchObject({
      error: null,
      read: 4,
      more: false,
      reading: { format: "csv", compression: "none", encoding: "windows-1252", delimiter: ";", header: true },
      rows: [
        { line: 2, values: { "Kunden-Nr.": "17", Nachname: "Müller", Umsatz: "1.234,50" } },
        { line: 3, values: { "Kunden-Nr.": "18" } },
      ],
    });
    expect(view.rows[0]?.values).not.toHaveProperty("Fax");
    expect(
      view.columns.map(({ name, filled, distinct, guess }) => [name, filled, distinct, guess.expression]),
    ).toEqual([
      ["Kunden-Nr.", 3, 3, 'column("Kunden-Nr.")'],
      ["E-Mail", 2, 2, 'column("E-Mail")'],
      ["Nachname", 4, 4, "Nachname"],
      ["PLZ", 4, 3, "PLZ"],
      ["Umsatz", 4, 4, 'number(replace(replace(Umsatz, ".", ""), ",", "."))'],
      ["Geburtsdatum", 3, 3, 'time(Geburtsdatum, "DD.MM.YYYY", "Europe/Berlin")'],
      [
        "Newsletter",
        4,
        2,
        'boolean(if(lower(Newsletter) = "ja", "true", if(lower(Newsletter) = "nein", "false", Newsletter)))',
      ],
      ["Fax", 0, 0, "Fax"],
    ]);
    expect(world.sampleFiles().every((name) => /^[0-9a-f-]{36}(\.json)?$/.test(name))).toBe(true);
  });

  it("the proposal is applied as it is", async () => {
    const proposal = await world.samples.propose(sample, { parent: "PersonalData" });
    documents = proposal.documents;
    expect(proposal).toMatchObject({ faults: [], dataflow: { id: "kunden-maerz", schema: "kunden-maerz" } });
    expect(proposal.notes.join(" ")).toContain("Left out: `Fax`");
    expect(documents).toHaveLength(4);
  });

  it("the preview shows each row before anything is saved", async () => {
    const preview = await world.samples.preview(sample, documents, 10);
    expect(preview.faults).toEqual([]);
    expect(preview.rows[0]).toMatchObject({
      line: 2,
      outcome: "person",
      identifiers: [
        { identifier: "userid", value: "17", normalised: "17", blocked: false },
        { identifier: "email", value: "anna@example.org" },
      ],
      values: {
        Umsatz: { is: "value", value: "1234.5" },
        Geburtsdatum: { is: "value", value: "1980-11-30T23:00:00.000Z" },
        Newsletter: { is: "value", value: true },
        PLZ: { is: "value", value: "04109" },
      },
    });
    expect(preview.rows[2]?.values).toMatchObject({
      email: { is: "absent" },
      Geburtsdatum: { is: "absent" },
    });
  });

  it("the import comes to what validation foresaw, and to the people", async () => {
    const foreseen = await world.samples.validate(sample, documents);
    expect(await world.ingest.store.definitions.list("dataflow")).toEqual([]);
    await world.apply(documents);
    const view = await world.ingest.import("kunden-maerz", KUNDEN);
    expect(view).toMatchObject({
      state: "published",
      counts: { read: 4, personRows: 3, noIdentifier: 1, refused: 0 },
    });
    expect(foreseen.counts).toEqual(view.counts);
    expect(foreseen).toMatchObject({ people: 3, tooManyRefused: false, more: false });
    const anna = await profiles.byIdentifier("email:Anna@example.org");
    expect(Object.fromEntries(anna.attributes.map(({ name, value }) => [name, value]))).toMatchObject({
      Nachname: "Müller",
      Umsatz: "1234.5",
      Newsletter: true,
    });
    const again = await world.samples.validate(sample, documents);
    expect(again.counts).toMatchObject({ newProfiles: 0, merges: 0, personRows: 3 });
    expect(again.people).toBe(3);
  });
});

describe("from a row of Ibexa to people, with no hand edit", () => {
  it("nested rows become columns, lists among them", async () => {
    const view = await world.samples.take("users.json.gz", body(gzipSync(JSON.stringify(USERS))), 3);
    expect(view.reading).toMatchObject({ format: "jsonArray", compression: "gzip" });
    expect(view.rows[1]?.values).toEqual({
      id: "2",
      login: "second",
      email: null,
      name: "",
      "companies.id": [],
      "companies.name": [],
    });
    expect(
      view.columns.map(({ name, absent, null: none, empty, guess }) => [
        name,
        absent,
        none,
        empty,
        guess.expression,
      ]),
    ).toEqual([
      ["id", 0, 0, 0, "id"],
      ["login", 0, 0, 0, "login"],
      ["email", 0, 1, 0, "email"],
      ["name", 0, 0, 1, "name"],
      ["companies.id", 1, 0, 0, "list(companies.id)"],
      ["companies.name", 1, 0, 0, "list(companies.name)"],
      ["address.city", 2, 0, 0, "address.city"],
    ]);

    const { documents, faults } = await world.samples.propose(view.id, {
      parent: "PersonalData",
      id: "ibexa-users",
    });
    expect(faults).toEqual([]);
    const preview = await world.samples.preview(view.id, documents, 3);
    const foreseen = await world.samples.validate(view.id, documents);
    await world.apply(documents);
    const record = await world.ingest.import("ibexa-users", gzipSync(JSON.stringify(USERS)));
    expect(record).toMatchObject({ state: "published", counts: foreseen.counts });
    expect(record.counts).toMatchObject({ read: 3, personRows: 3, newProfiles: 3 });
    const john = await profiles.byIdentifier("userid:1");
    const shown = Object.fromEntries(john.attributes.map(({ name, value }) => [name, value]));
    expect(shown).toMatchObject({ name: "John Doe", "companies.name": ["Acme", "Hooli"] });
    // What the preview called a value is what the profile shows, column by column.
    const seen = Object.entries(preview.rows[0]?.values ?? {}).filter(([, { is }]) => is === "value");
    expect(Object.fromEntries(seen.map(([name, { value }]) => [name, value]))).toEqual(shown);
    expect(preview.rows[1]?.values).toMatchObject({
      email: { is: "null" },
      name: { is: "value", value: "" },
      "address.city": { is: "absent" },
    });
  });
});

describe("a sample", () => {
  const SIMPLE = "id;name\n1;Anna\n2;Bo\n";

  it("that was recognised wrongly is corrected by saying how it is written", async () => {
    const { id } = await world.samples.take("a.csv", body(SIMPLE), 5);
    const corrected = await world.samples.describe(
      id,
      dataflowSource.parse({ delimiter: ",", header: false }),
      5,
    );
    expect(corrected).toMatchObject({ reading: { delimiter: ",", header: false }, read: 3 });
    expect(corrected.columns.map(({ name }) => name)).toEqual(["column1"]);
    expect((await world.samples.propose(id, { parent: "PersonalData" })).dataflow).toMatchObject({
      source: { delimiter: ",", header: false },
    });
    expect((await world.samples.get(id, 5)).source).toMatchObject({ delimiter: "," });
  });

  it("that can't be read says why, and waits to be corrected", async () => {
    const view = await world.samples.take("a.csv", body("id,id\n1,2\n"), 5);
    expect(view).toMatchObject({ reading: null, error: { code: "fileHeaderInvalid" }, columns: [] });
    const corrected = await world.samples.describe(
      view.id,
      dataflowSource.parse({ columns: ["id", "other"] }),
      5,
    );
    expect(corrected).toMatchObject({ error: null, read: 2 });
  });

  it.each([
    ["plain", (text: string) => Buffer.from(text)],
    ["packed", (text: string) => gzipSync(text, { level: 0 })],
  ])("of a file that is too large is its first part, of whole rows alone: %s", async (_, pack) => {
    const line = (row: number) => `${row},${"x".repeat(5000)},${row}00`;
    const text = ["id,filler,last", ...Array.from({ length: 4000 }, (_, row) => line(row + 1))].join("\n");
    const view = await world.samples.take("large.csv", body(pack(text), pack("")), 1);
    expect(view).toMatchObject({
      part: true,
      more: true,
      error: null,
      size: 16 * 1024 * 1024,
      refused: { rows: 0 },
    });
    expect(view.read).toBeGreaterThan(3000);
    expect(view.read).toBeLessThan(4000);
    const { documents } = await world.samples.propose(view.id, { parent: "PersonalData", id: "large" });
    const validation = await world.samples.validate(view.id, documents);
    expect(validation).toMatchObject({
      more: true,
      counts: { read: view.read, personRows: view.read, refused: 0 },
    });
  });

  it("tells all faults of a mapping with their places, and shows what is sound", async () => {
    const { id } = await world.samples.take("a.csv", body(SIMPLE), 5);
    const people = {
      kind: "schema",
      id: "faulty",
      parent: "PersonalData",
      personIdentifier: "userid",
      columns: [
        { name: "userid", type: "text", identifier: "userid" },
        { name: "name", type: "text" },
        { name: "size", type: "number" },
      ],
    };
    const map = { userid: "id", name: "lowr(name)", size: "number(name", other: "name" };
    const preview = await world.samples.preview(
      id,
      [people, { kind: "dataflow", id: "faulty", schema: "faulty", map }],
      5,
    );
    expect(preview.faults.map(({ path }) => path).sort()).toEqual([
      "/dataflow faulty/map/name",
      "/dataflow faulty/map/other",
      "/dataflow faulty/map/size",
    ]);
    expect(preview.rows.map(({ values }) => values)).toEqual([
      { userid: { is: "value", value: "1" } },
      { userid: { is: "value", value: "2" } },
    ]);
  });

  it("refuses the rows that an import refuses, for the same reasons", async () => {
    const file = "id,points\n1,7\n2,many\n3\n0,1\n";
    const schema = {
      kind: "schema",
      id: "points",
      parent: "PersonalData",
      personIdentifier: "userid",
      columns: [
        { name: "userid", type: "text", identifier: "userid" },
        { name: "points", type: "number" },
      ],
    };
    const documents = [
      schema,
      {
        kind: "dataflow",
        id: "points",
        schema: "points",
        refuseAbove: 0.2,
        map: { userid: "id", points: "number(points)" },
      },
    ];
    const { id } = await world.samples.take("a.csv", body(file), 5);
    const validation = await world.samples.validate(id, documents);
    await world.apply(documents);
    const record = await world.ingest.import("points", file);
    expect(record).toMatchObject({ state: "refused", counts: validation.counts });
    expect(validation.tooManyRefused).toBe(true);
    expect(validation.refused).toEqual(await world.ingest.refused(record.id));
    expect(validation.refused).toHaveLength(2);
  });

  it("of a stream is made of its draft rows, as they are then", async () => {
    await expect(world.samples.takeDrafts("users", 5)).rejects.toMatchObject({ code: "notFound" });
    world.drafts.push(...USERS.map((user) => JSON.stringify(user)));
    const view = await world.samples.takeDrafts("users", 5);
    expect(view).toMatchObject({ read: 3, reading: { format: "jsonLines" }, fileName: "users.jsonl" });
    const { dataflow } = await world.samples.propose(view.id, { parent: "PersonalData" });
    expect(dataflow).toMatchObject({ id: "users", map: { userid: "id", email: "email" } });
  });

  it("of a dataflow that lives is made of the rows that its latest import has kept", async () => {
    await expect(world.samples.takeLatest("nothing", 5)).rejects.toMatchObject({ code: "notFound" });
    const columns = [
      { name: "userid", type: "text", identifier: "userid" },
      { name: "note", type: "text" },
    ];
    const schema = {
      kind: "schema",
      id: "notes",
      parent: "PersonalData",
      personIdentifier: "userid",
      columns,
    };
    const csv = {
      kind: "dataflow",
      id: "notes",
      schema: "notes",
      // Nothing of this is so of the rows that are looked at now.
      source: {
        format: "csv",
        delimiter: ";",
        encoding: "windows-1252",
        header: false,
        columns: ["id", "what"],
      },
      map: { userid: "id", note: "what" },
    };
    await world.apply([schema, csv, { ...csv, id: "notes-nested", source: {} }]);
    await expect(world.samples.takeLatest("notes", 5)).rejects.toMatchObject({ code: "notFound" });
    await world.ingest.import("notes", Buffer.from('1;"Müller; ""jun."""\n2;\n', "latin1"));
    const kept = await world.samples.takeLatest("notes", 5);
    expect(kept).toMatchObject({
      kept: true,
      columns: [{ name: "id" }, { name: "what" }],
      rows: [{ values: { id: "1", what: 'Müller; "jun."' } }, { values: { id: "2" } }],
    });
    const preview = await world.samples.preview(
      kept.id,
      [{ ...csv, map: { ...csv.map, note: "upper(what)" } }],
      5,
    );
    expect(preview).toMatchObject({
      faults: [],
      rows: [{ values: { note: { value: 'MÜLLER; "JUN."' } } }, { values: { note: { is: "absent" } } }],
    });
    const { columns: again, dataflow } = await world.samples.propose(kept.id, {
      parent: "PersonalData",
      documents: [{ ...csv, map: { userid: "id", note: "what" } }],
    });
    expect(again.map(({ source, target }) => [source, target])).toEqual([
      ["id", "userid"],
      ["what", "note"],
    ]);
    expect(dataflow).toMatchObject({ map: csv.map, source: csv.source });

    await world.ingest.import(
      "notes-nested",
      '[{"id": "3",\n "what": "line\\nbreak"},\n {"id": 4, "more": {"x": 1}}]',
    );
    expect(await world.samples.takeLatest("notes-nested", 5)).toMatchObject({
      read: 2,
      columns: [{ name: "id" }, { name: "what" }, { name: "more.x" }],
      rows: [{ values: { what: "line\nbreak" } }, { values: { id: "4", "more.x": "1" } }],
    });
  });

  it("is forgotten after a day, and of many the oldest", async () => {
    const { id } = await world.samples.take("a.csv", body(SIMPLE), 0);
    for (let sample = 0; sample < 20; sample++) {
      world.ingest.clock.advance(1);
      await world.samples.take("b.csv", body(SIMPLE), 0);
    }
    await expect(world.samples.get(id, 0)).rejects.toMatchObject({ code: "notFound" });
    expect(world.sampleFiles()).toHaveLength(40);
    world.ingest.clock.advance(25 * 3_600_000);
    const last = await world.samples.take("c.csv", body(SIMPLE), 0);
    expect(world.sampleFiles().sort()).toEqual([last.id, `${last.id}.json`].sort());
    await world.samples.remove(last.id);
    expect(world.sampleFiles()).toEqual([]);
    await expect(world.samples.get("../control.db", 0)).rejects.toMatchObject({ code: "notFound" });
    expect(
      await host.engine.query("SELECT name FROM system.tables WHERE startsWith(name, 'sample_')"),
    ).toEqual([]);
  });
});
