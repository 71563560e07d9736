import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { count, counted, faultLine, table } from "../output.ts";
import type { Session } from "../session.ts";

type Standing = components["schemas"]["DataflowStanding"];
type Activity = components["schemas"]["DataflowActivity"];
type Deletion = components["schemas"]["DataflowDeletion"];
type Turn = "activate" | "pause" | "resume";

/** All dataflows with how they stand. */
export async function listDataflows({ api, output }: Session): Promise<void> {
  const { items } = dataOf(await api.GET("/api/v1/dataflows", {}));
  output.result(
    { items },
    items.length === 0
      ? ["There are none. `peregrine dataflow propose FILE` makes one of a file."]
      : table(
          ["Id", "Name", "Schema", "State", "Write", "Waiting", "Last import"],
          items.map(({ definition: { id, name, schema, state, write }, waiting, lastImport }) => [
            id,
            name ?? "",
            schema,
            state ?? "active",
            write ?? "append",
            waiting,
            lastImport === null ? "none" : `${lastImport.id} ${lastImport.state}, ${lastImport.createdAt}`,
          ]),
        ),
  );
}

/** One dataflow with its mapping. */
export async function showDataflow({ api, output }: Session, id: string): Promise<void> {
  const found = dataOf(await api.GET("/api/v1/dataflows/{id}", { params: { path: { id } } }));
  output.result(found, standingLines(found));
}

/** Lets it take rows in, or keeps what comes. */
export async function turnDataflow({ api, output }: Session, id: string, turn: Turn): Promise<void> {
  const params = { path: { id } };
  const turned = {
    activate: () => api.POST("/api/v1/dataflows/{id}/activate", { params }),
    pause: () => api.POST("/api/v1/dataflows/{id}/pause", { params }),
    resume: () => api.POST("/api/v1/dataflows/{id}/resume", { params }),
  } satisfies Record<Turn, () => unknown>;
  const found = dataOf(await turned[turn]());
  const { waiting } = found;
  const then =
    found.definition.state === "paused"
      ? "what comes is kept, and imported when it is resumed"
      : waiting > 0
        ? `${counted(waiting, "import")} that waited ${waiting === 1 ? "is" : "are"} taken in now`
        : "what comes is taken in";
  output.result(found, [`${id} is ${found.definition.state ?? "active"}: ${then}`]);
}

/** A new draft with the same mapping. */
export async function cloneDataflow(
  { api, output }: Session,
  id: string,
  copy: { readonly id: string; readonly name?: string },
): Promise<void> {
  const found = dataOf(
    await api.POST("/api/v1/dataflows/{id}/clone", { params: { path: { id } }, body: copy }),
  );
  output.result(found, [
    `${copy.id} is a draft like ${id}; peregrine dataflow activate ${copy.id} lets it take rows in`,
  ]);
}

/** Who changed what, and the files that came. */
export async function dataflowLog({ api, output }: Session, id: string, limit: number): Promise<void> {
  const items: Activity[] = [];
  for (let cursor: string | null | undefined; cursor !== null && items.length < limit; ) {
    const query = { limit: Math.min(200, limit - items.length), ...(cursor === undefined ? {} : { cursor }) };
    const page = dataOf(await api.GET("/api/v1/dataflows/{id}/log", { params: { path: { id }, query } }));
    items.push(...page.items);
    cursor = page.next;
  }
  output.result(
    { items },
    table(
      ["When", "Who", "What", ""],
      items.map(({ at, by, what, fields, import: of }) => [
        at,
        by ?? "",
        of === null
          ? what
          : `import ${of.id} ${of.state}${of.againOf === null ? "" : ` (${of.againOf} again)`}`,
        of === null
          ? fields.join(" ")
          : `${of.fileName}${of.counts === null ? "" : `: ${count(of.counts.read)} rows, ${count(of.counts.refused)} refused`}`,
      ]),
    ),
  );
}

/** Deletes a dataflow with what it brought; without `yes` only says what that would be. */
export async function deleteDataflow({ api, output }: Session, id: string, yes: boolean): Promise<void> {
  const params = { path: { id } };
  if (yes) {
    const deleted = dataOf(await api.DELETE("/api/v1/dataflows/{id}", { params }));
    output.result({ deleted: true, ...deleted }, [`${id} is deleted.`, ...withdrawalLines(deleted)]);
    return;
  }
  const foreseen = dataOf(await api.GET("/api/v1/dataflows/{id}/deletion", { params }));
  const lines = withdrawalLines(foreseen);
  if (foreseen.faults.length > 0) {
    throw new CommandFailed(EXIT.badInput, `${id} can't be deleted as things are.`, {
      lines: [...foreseen.faults.map(faultLine), ...lines],
      json: { deletion: foreseen },
    });
  }
  output.result({ deleted: false, ...foreseen }, [
    `The deletion of ${id} would withdraw:`,
    ...lines,
    `Nothing was changed; peregrine dataflow delete ${id} --yes does it.`,
  ]);
}

function withdrawalLines({ people, attributes, events, waiting, audiences }: Deletion): string[] {
  return [
    `  ${counted(attributes, "value of attributes", "values of attributes")} and ${counted(events, "event")} of ${people === 1 ? "1 person" : `${count(people)} people`}; profiles and what links them stay`,
    ...(waiting === 0 ? [] : [`  ${counted(waiting, "import")} under way or waiting`]),
    ...(audiences.length === 0
      ? []
      : [
          `  read by ${counted(audiences.length, "audience")}: ${audiences.map(({ id, name }) => `${name} (${id})`).join(", ")}`,
        ]),
  ];
}

function standingLines({
  definition,
  parent,
  version,
  origin,
  updatedAt,
  updatedBy,
  waiting,
  lastImport,
}: Standing): string[] {
  const { id, name, schema, state, write, map, time, tieBreak, event, key, leaveOut } = definition;
  const expressions = Object.entries({ time, tieBreak, event, key, leaveOut });
  return [
    `${id}${name === undefined ? "" : ` “${name}”`}: ${state ?? "active"}, ${write ?? "append"}, to the schema ${schema} (${parent ?? "gone"})`,
    `  version ${version} of ${updatedAt} by ${updatedBy}, from ${origin === "file" ? "a file" : "the API"}`,
    `  ${lastImport === null ? "nothing was imported yet" : `last import ${lastImport.id} (${lastImport.fileName}) ${lastImport.state}, sent ${lastImport.createdAt}`}${waiting === 0 ? "" : `; ${counted(waiting, "import")} waiting`}`,
    ...table(
      ["Column", "Expression"],
      [
        ...Object.entries(map),
        ...expressions.flatMap(([role, written]) =>
          written === undefined ? [] : [[`(${role})`, written] as const],
        ),
      ].map(([column, written]) => [column, written]),
    ),
  ];
}
