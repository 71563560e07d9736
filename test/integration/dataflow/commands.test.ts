import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneValue } from "../bad-input/command.ts";
import { type Installation, startInstallation } from "../bad-input/installation.ts";

const FILE = [
  "Kunden-Nr.;E-Mail;PLZ;Umsatz",
  "17;anna@example.org;04109;1.234,50",
  "18;BERND@example.org;80331;0,99",
  "19;;10115;12,00",
  "",
].join("\r\n");
const PERSON = "email:anna@example.org";

let shop: Installation;
const json = async (...args: string[]) => {
  const { exit, stdout, stderr } = await shop.run(...args, "--json");
  expect({ exit, stderr }, args.join(" ")).toEqual({ exit: 0, stderr: "" });
  return oneValue(stdout);
};
const text = async (...args: string[]) => {
  const { exit, stdout, stderr } = await shop.run(...args);
  expect({ exit, stderr }, args.join(" ")).toEqual({ exit: 0, stderr: "" });
  return stdout;
};
const turnover = async () => {
  const { attributes } = (await json("profile", "show", PERSON)) as {
    attributes: { name: string; value: unknown }[];
  };
  return attributes.find(({ name }) => name === "Umsatz")?.value;
};

beforeAll(async () => {
  shop = await startInstallation({ PEREGRINE_ROLES: "web,ingest", PEREGRINE_TIME_ZONE: "Europe/Berlin" });
  await writeFile(join(shop.folder, "kunden.csv"), FILE);
});
afterAll(async () => {
  await shop?.close();
});

describe("a dataflow on the command line, from its file to its end", () => {
  it("there are none, and the list says how one is made", async () => {
    expect(await text("dataflow", "list")).toContain("peregrine dataflow propose FILE");
    expect(await text("stream-id", "list")).toContain("peregrine stream-id create DATAFLOW");
  });

  it("a file is looked at: how it is written, and its columns with types and expressions", async () => {
    const told = await text("dataflow", "sample", "kunden.csv");
    expect(told).toMatch(/^kunden\.csv: csv, .*cells separated by ;, with a header$/m);
    expect(told).toMatch(/^Umsatz +number +number\(replace/m);
    const wrong = await json("dataflow", "sample", "kunden.csv", "--delimiter", "|");
    expect(wrong["columns"]).toHaveLength(1);
  });

  it("a proposal is written as YAML, and never over a file that is there", async () => {
    const told = await text("dataflow", "propose", "kunden.csv", "-o", "definitions");
    expect(told).toMatch(/^Kunden-Nr\. +userid \(identifier\)/m);
    const file = join(shop.folder, "definitions", "kunden.yaml");
    const proposed = await readFile(file, "utf8");
    expect(proposed).toContain("kind: dataflow");
    const again = await shop.refused("dataflow", "propose", "kunden.csv", "-o", "definitions");
    expect(again).toMatchObject({ exit: 65 });
    expect(again.text).toContain("Name another folder, or another id with --id.");
    expect(await readFile(file, "utf8")).toBe(proposed);
  });

  it("a preview shows each row and numbers that add up, and saves nothing", async () => {
    const told = await text("dataflow", "preview", "kunden.csv", "-f", "definitions");
    expect(told).toMatch(/^3 rows = 3 about people \+ 0 events \+ 0 left out \+ 0 without identifier \+ 0/m);
    expect(told).toMatch(/^2 +person +17 .*1234\.5/m);
    expect(await json("dataflow", "list")).toEqual({ items: [] });
  });

  it("applied, it takes the file in", async () => {
    await text("apply", "-f", "definitions");
    expect(await text("import", "kunden", "kunden.csv")).toContain("3 new profiles");
    expect(await turnover()).toBe("1234.5");
    const shown = await text("dataflow", "show", "kunden");
    expect(shown).toMatch(/^kunden.*: active, append, to the schema /m);
    expect(shown).toMatch(/last import 1 \(kunden\.csv\) published/);
  });

  it("the rows of its latest import are looked at, and what says which file twice is refused", async () => {
    const told = await text("dataflow", "sample", "--import", "kunden");
    expect(told).toMatch(/^ {2}3 rows looked at/m);
    expect(told).toContain("BERND@example.org");
    const both = await shop.refused("dataflow", "sample", "kunden.csv", "--import", "kunden");
    expect(both).toMatchObject({ exit: 64 });
    const none = await shop.refused("dataflow", "sample", "--import", "nothing");
    expect(none.text).toContain("There is no dataflow `nothing`.");
  });

  it("an import is run again by the mapping of today, and the log tells of both", async () => {
    await writeFile(
      join(shop.folder, "definitions", "kunden.yaml"),
      (await readFile(join(shop.folder, "definitions", "kunden.yaml"), "utf8")).replace(
        /Umsatz: (number.*)/,
        "Umsatz: $1 * 2",
      ),
    );
    await text("apply", "-f", "definitions");
    expect(await text("dataflow", "run-again", "1")).toContain("kunden.csv: import 2 published");
    expect(await turnover()).toBe("2469");
    const whole = await text("dataflow", "log", "kunden");
    expect(whole).toMatch(/import 2 published \(1 again\) +kunden\.csv: 3 rows, 0 refused/);
    expect(whole).toMatch(/ changed +\/map\/Umsatz$/m);
    const log = await text("dataflow", "log", "kunden", "--limit", "2");
    expect(log.trimEnd().split("\n")).toHaveLength(3);
  });

  it("one that stands in a file is paused there, and its clone, a draft at first, by command", async () => {
    const refused = await shop.refused("dataflow", "pause", "kunden");
    expect(refused).toMatchObject({ exit: 65 });
    expect(refused.text).toContain("it stands in a file, and is changed there");
    expect(await text("dataflow", "clone", "kunden", "copy", "--name", "Copy")).toContain("is a draft");
    expect(await text("dataflow", "activate", "copy")).toContain("copy is active");
  });

  it("paused, it keeps what a stream and a file bring, and takes it in when it is resumed", async () => {
    expect(await text("dataflow", "pause", "copy")).toContain("what comes is kept");
    const id = (await text("stream-id", "create", "copy", "--name", "shop")).trim();
    const listed = await text("stream-id", "list", "--dataflow", "copy");
    expect(listed).toMatch(/ copy +shop .*never +live$/m);
    expect(listed).not.toContain(id);
    const sent = await send(id, [{ "Kunden-Nr.": 17, "E-Mail": "anna@example.org", Umsatz: "2.000,00" }]);
    expect(sent).toBe(200);
    await writeFile(join(shop.folder, "later.csv"), FILE.replace("19;;", "20;;"));
    expect((await shop.server.upload("copy", join(shop.folder, "later.csv"))).status).toBe(202);
    await expect
      .poll(() => text("dataflow", "list"), { timeout: 30_000 })
      .toMatch(/^copy .* paused +append +2 /m);
    expect(await turnover()).toBe("2469");
    expect(await shop.refused("profile", "show", "userid:20")).toMatchObject({ exit: 66 });

    expect(await text("dataflow", "resume", "copy")).toMatch(/copy is active: 2 imports that waited/);
    await expect
      .poll(() => text("dataflow", "list"), { timeout: 30_000 })
      .toMatch(/^copy .* active +append +0 /m);
    await expect
      .poll(async () => ((await json("import", "list")) as { items: { state: string }[] }).items)
      .toMatchObject(Array.from({ length: 4 }, () => ({ state: "published" })));
    expect(await text("profile", "show", "userid:20")).toContain("20");

    const [, key] = /^(\S+) +copy +shop/m.exec(await text("stream-id", "list")) ?? [];
    expect(await text("stream-id", "revoke", key ?? "")).toContain("opens nothing any more");
    expect(await send(id, [])).toBe(401);
  });

  it("is deleted only on demand, and its log stays", async () => {
    const foreseen = await text("dataflow", "delete", "copy");
    expect(foreseen).toContain("Nothing was changed; peregrine dataflow delete copy --yes does it.");
    expect(await text("dataflow", "delete", "copy", "--yes")).toContain("copy is deleted.");
    expect(await shop.refused("dataflow", "show", "copy")).toMatchObject({ exit: 66 });
    expect(await text("dataflow", "log", "copy")).toContain("deleted");
  });
});

/** What Ibexa would do with the stream id. */
async function send(streamId: string, rows: readonly object[]): Promise<number> {
  const answer = await fetch(`${shop.server.url}/stream/shop`, {
    method: "POST",
    headers: { "x-streamid": streamId, "content-type": "application/json" },
    body: JSON.stringify(rows),
  });
  await answer.body?.cancel();
  return answer.status;
}
