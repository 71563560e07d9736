import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { counted, faultLine, table } from "../output.ts";
import type { Session } from "../session.ts";
import { reasonOf } from "../unreadable-file.ts";
import { readableSample, type Written } from "./dataflow-sample.ts";

export interface ProposeOptions {
  readonly parent: "PersonalData" | "Interaction" | "Catalog";
  readonly id?: string;
  readonly name?: string;
  readonly schema?: string;
  readonly personIdentifier?: string;
  readonly timeZone?: string;
  /** A folder for a YAML file that `apply` takes. */
  readonly out?: string;
}

/** Proposes a schema and a dataflow for a file, and writes them down where asked to. */
export async function proposeDataflow(
  session: Session,
  place: string,
  written: Written,
  options: ProposeOptions,
): Promise<void> {
  const { api, output } = session;
  const { id, refused } = await readableSample(session, place, written, 0);
  const { out, ...body } = options;
  const proposal = dataOf(
    await api.POST("/api/v1/samples/{id}/proposal", { params: { path: { id } }, body }),
  );
  const file =
    out === undefined || proposal.documents.length === 0
      ? undefined
      : await writeDocuments(out, proposal.documents);
  const roles = Object.entries(proposal.roles).flatMap(([name, role]) =>
    role === null ? [] : [`  ${name}: ${role.expression}  (${role.why})`],
  );
  output.result({ ...proposal, sample: id, file: file ?? null }, [
    ...table(
      ["Column", "Becomes", "Type", "Expression", "Why"],
      proposal.columns.map(({ source, target, type, expression, why, identifier }) => [
        source,
        target === null ? "– (left out)" : identifier === null ? target : `${target} (identifier)`,
        type,
        target === null ? "" : expression,
        why,
      ]),
    ),
    ...roles,
    "",
    ...proposal.notes.map((note) => `  ${note}`),
    ...(refused.rows === 0
      ? []
      : [
          `  ${counted(refused.rows, "row")} can't be read, and ${refused.rows === 1 ? "is" : "are"} left out here; which: peregrine dataflow sample ${id}`,
        ]),
    ...proposal.faults.map(faultLine),
    ...(file === undefined
      ? [`  next: peregrine dataflow propose ${id} --parent ${options.parent} -o FOLDER`]
      : [
          `Written to ${file}.`,
          `  next: peregrine dataflow preview ${id} -f ${file}`,
          `        peregrine apply -f ${file}`,
        ]),
  ]);
}

/** Never over a file that is there: somebody may have worked on it. */
async function writeDocuments(folder: string, documents: readonly unknown[]): Promise<string> {
  const last = documents.at(-1);
  const id = typeof last === "object" && last !== null && "id" in last ? String(last.id) : "dataflow";
  const file = join(folder, `${id}.yaml`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(file, documents.map((document) => stringify(document, { lineWidth: 0 })).join("---\n"), {
      flag: "wx",
    });
    return file;
  } catch (error) {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const reason =
      error.code === "EEXIST"
        ? "there is such a file already, and it is left as it is"
        : reasonOf(String(error.code));
    throw new CommandFailed(
      error.code === "EEXIST" ? EXIT.badInput : EXIT.noInput,
      `${file} can't be written: ${reason}.`,
      {
        lines: ["Name another folder, or another id with --id."],
      },
    );
  }
}
