import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { placeOf } from "./command/apply.ts";
import { readDefinitionFiles } from "./definition-files.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "peregrine-files-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

/** A text that names a variable, as people write it in YAML. */
const variable = (name: string) => `$\{${name}}`;

describe("definition files", () => {
  it("are read in the order of their names, all documents of each, nothing else of the folder", async () => {
    await file("b.yml", "id: three\n");
    await file("a.yaml", "id: one\n---\nid: two\n---\n# nothing\n");
    await file("c.txt", "id: four\n");
    const documents = await readDefinitionFiles([folder], {});
    expect(documents.map(({ value }) => value)).toEqual([{ id: "one" }, { id: "two" }, { id: "three" }]);
  });

  it("are read once, though a file and its folder are named", async () => {
    const path = await file("a.yaml", "id: one\n");
    expect(await readDefinitionFiles([path, folder, path], {})).toHaveLength(1);
  });

  it("get values of the environment, as texts, wherever a variable is named", async () => {
    const path = await file(
      "a.yaml",
      `id: ${variable("ID")}\nurl: https://${variable("HOST")}/x\nlist: ["${variable("ID")}"]\n`,
    );
    const [document] = await readDefinitionFiles([path], { ID: "0123", HOST: "shop.example" });
    expect(document?.value).toEqual({ id: "0123", url: "https://shop.example/x", list: ["0123"] });
  });

  it("never take a value of the environment for YAML", async () => {
    const path = await file("a.yaml", `id: ${variable("ID")}\n`);
    const [document] = await readDefinitionFiles([path], { ID: "x\nkind: audience" });
    expect(document?.value).toEqual({ id: "x\nkind: audience" });
  });

  it("with faults are refused with all of them", async () => {
    await file("a.yaml", `id: [\n---\nid: ${variable("GONE")}\n`);
    await file("b.yaml", "id: a\nid: b\n");
    await expect(readDefinitionFiles([folder], {})).rejects.toMatchObject({
      exit: 65,
      lines: [
        expect.stringMatching(/a\.yaml:2:1: a `\[` before this is not closed/),
        expect.stringMatching(/a\.yaml:3: the environment has no GONE\.$/),
        expect.stringMatching(/b\.yaml:2:1: this name stands here a second time/),
        "Correct the places named; nothing was sent.",
      ],
    });
  });
});

describe("the place of a fault", () => {
  const TEXT = `kind: audience
id: a1
rule:
  all:
    - &uk
      have: { attribute: country, is: UK }
    - not: *uk
---
kind: dataflow
id: orders
map:
  a/b: id
`;

  it("is the line of what its path names, or of the nearest thing around it", async () => {
    const path = await file("a.yaml", TEXT);
    const documents = await readDefinitionFiles([path], {});
    const lineOf = (fault: string) => placeOf(fault, documents)?.replace(`${path}:`, "");
    expect(lineOf("/audience a1")).toBe("1");
    expect(lineOf("/audience a1/rule/all/0/have/attribute")).toBe("6");
    expect(lineOf("/audience a1/rule/all/1/not/have/is")).toBe("6");
    expect(lineOf("/audience a1/rule/all/7")).toBe("4");
    expect(lineOf("/audience a1/name")).toBe("1");
    expect(lineOf("/dataflow orders/map/a~1b")).toBe("12");
    expect(lineOf("/document 2/kind")).toBe("9");
    expect(lineOf("/audience elsewhere/rule")).toBeUndefined();
    expect(lineOf("nonsense")).toBeUndefined();
  });
});
