import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { count, counted, table } from "../output.ts";
import { readRule } from "../rule-file.ts";
import type { Session } from "../session.ts";

type Preview = components["schemas"]["AudiencePreview"];

export interface PreviewOptions {
  readonly file?: string | undefined;
  readonly asOf?: string | undefined;
  /** Of many rows an estimate will do. */
  readonly estimate?: boolean | undefined;
}

/** Whom a saved rule finds, or one in a file; with both an id and a file, what the file would change. */
export async function previewAudience(
  session: Session,
  id: string | undefined,
  options: PreviewOptions,
): Promise<void> {
  const preview = await askFor(session, id, options);
  const { size, exact, margin, asOf, personIdentifier, withoutIdentifier, blocks, change } = preview;
  const about = exact ? "" : `about (± ${count(margin)}, by a sample) `;
  session.output.result(preview, [
    `${about}${counted(size, "person", "people")} as of ${asOf}, ${count(withoutIdentifier)} of them without ${personIdentifier ?? "an identifier"}`,
    ...(blocks.length < 2
      ? []
      : [
          "",
          ...table(
            ["People", "Block"],
            blocks.map((block) => [block.size, `${indent(block.path)}${block.sentence}`]),
          ),
        ]),
    ...people("", preview.people),
    ...(change === null ? [] : changeLines(change)),
  ]);
}

async function askFor(
  { api, environment }: Session,
  id: string | undefined,
  { file, asOf, estimate }: PreviewOptions,
): Promise<Preview> {
  const at = asOf === undefined ? {} : { asOf };
  if (file !== undefined) {
    const { rule, placed } = await readRule(file, environment, id);
    const body = {
      rule,
      ...at,
      ...(estimate ? { estimate } : {}),
      ...(id === undefined ? {} : { audience: id }),
    };
    try {
      return dataOf(await api.POST("/api/v1/rules/preview", { body }));
    } catch (error) {
      throw placed(error);
    }
  }
  if (id === undefined) {
    throw new CommandFailed(EXIT.usage, "Say which audience, or which file with -f.", {
      lines: ["`peregrine audience preview --help` has examples."],
    });
  }
  const query = { ...at, ...(estimate ? { estimate: "true" } : {}) };
  return dataOf(await api.GET("/api/v1/audiences/{id}/preview", { params: { path: { id }, query } }));
}

function changeLines({
  audience,
  members,
  evaluatedAsOf,
  joins,
  leaves,
}: NonNullable<Preview["change"]>): string[] {
  const since = evaluatedAsOf === null ? "never evaluated" : `evaluated as of ${evaluatedAsOf}`;
  return [
    "",
    `Against the ${counted(members, "member")} of ${audience} (${since}): ${count(joins.size)} would join, ${count(leaves.size)} would leave`,
    ...people("Would join", joins.people),
    ...people("Would leave", leaves.people),
  ];
}

function people(title: string, found: Preview["people"]): string[] {
  if (found.length === 0) return [];
  const rows = found.map(({ profile, identifiers, attributes }) => [
    String(profile),
    Object.entries(identifiers)
      .map(([kind, values]) => `${kind} ${values.join(" ")}`)
      .join(", "),
    Object.entries(attributes)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join(", "),
  ]);
  return ["", ...(title === "" ? [] : [title]), ...table(["Profile", "Identifiers", "Attributes"], rows)];
}

/** Two spaces for each node above. */
function indent(path: string): string {
  const depth = path.split("/").filter((step) => /^(all|any|not)$/.test(step)).length;
  return "  ".repeat(depth);
}
