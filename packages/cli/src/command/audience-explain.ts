import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { readRule } from "../rule-file.ts";
import type { Session } from "../session.ts";

type Explanation = components["schemas"]["PersonExplanation"];
type ExplainedNode = components["schemas"]["ExplainedNode"];

export interface ExplainOptions {
  readonly person: string;
  readonly file?: string | undefined;
  readonly asOf?: string | undefined;
}

/** Why a person is in an audience, or is not; with a file, by the rule in it. */
export async function explainPerson(
  session: Session,
  id: string | undefined,
  options: ExplainOptions,
): Promise<void> {
  const found = await askFor(session, id, options);
  const { profile, asOf, holds, sentences, tree, audiences, membership } = found;
  session.output.result(found, [
    `Profile ${profile} ${holds ? "belongs" : "does not belong"} to it as of ${asOf}`,
    ...(membership === null ? [] : [membershipLine(membership)]),
    "",
    "What decided",
    ...sentences.map((sentence) => `  ${sentence}`),
    "",
    ...treeLines(tree, 0),
    ...audiences.flatMap((audience) => [
      "",
      `${audience.name} (${audience.id})`,
      ...treeLines(audience.tree, 0),
    ]),
  ]);
}

async function askFor(
  { api, environment }: Session,
  id: string | undefined,
  { person, file, asOf }: ExplainOptions,
): Promise<Explanation> {
  const question = { person, ...(asOf === undefined ? {} : { asOf }) };
  if (file !== undefined) {
    const { rule, placed } = await readRule(file, environment, id);
    const body = { rule, ...question, ...(id === undefined ? {} : { audience: id }) };
    try {
      return dataOf(await api.POST("/api/v1/rules/explain", { body }));
    } catch (error) {
      throw placed(error);
    }
  }
  if (id === undefined) {
    throw new CommandFailed(EXIT.usage, "Say which audience, or which file with -f.", {
      lines: ["`peregrine audience explain --help` has examples."],
    });
  }
  return dataOf(
    await api.POST("/api/v1/audiences/{id}/explain", { params: { path: { id } }, body: question }),
  );
}

function membershipLine({
  member,
  since,
  evaluatedAsOf,
  agrees,
}: NonNullable<Explanation["membership"]>): string {
  if (evaluatedAsOf === null) return "The audience was never evaluated.";
  const state = member ? `a member since ${since ?? "then"}` : "no member";
  return `By its evaluation as of ${evaluatedAsOf}: ${state}${agrees ? "" : "; the next evaluation changes that"}`;
}

/** `*` marks what decided. */
function treeLines({ holds, decides, sentence, of }: ExplainedNode, depth: number): string[] {
  const line = `${decides ? "*" : " "} ${holds ? "yes" : "no "}  ${"  ".repeat(depth)}${sentence}`;
  return [line, ...of.flatMap((node) => treeLines(node, depth + 1))];
}
