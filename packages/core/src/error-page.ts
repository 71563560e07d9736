import { DESTINATION_FAILURES, isDestinationCode } from "./activation/destination-failure.ts";
import { type Actor, ERRORS, type ErrorCode } from "./error.ts";

const ACTORS = {
  user: "whoever asked: a setting, a file or a request has to be corrected",
  operator: "whoever operates this installation or the network",
  destination: "the destination: Peregrine tries again by itself",
  us: "nobody outside: it is Peregrine's own",
} as const satisfies Record<Actor, string>;

function pageOf(code: ErrorCode): string {
  const { title, status, actor, remedy } = ERRORS[code];
  const more = isDestinationCode(code) ? DESTINATION_FAILURES[code] : undefined;
  const parts = [
    `# ${title}`,
    `Code \`${code}\` · HTTP status of the API: ${status} · Who has to act: ${ACTORS[actor]}.`,
    ...(more === undefined
      ? []
      : [`## What it means\n\n${more.meaning}`, `## Where to look\n\n${more.look}`]),
    `## How to mend it\n\n${remedy}`,
    "[All codes](README.md)",
  ];
  return `${parts.join("\n\n")}\n`;
}

function listPage(): string {
  const rows = (Object.keys(ERRORS) as ErrorCode[]).map(
    (code) => `| [\`${code}\`](${code}.md) | ${ERRORS[code].status} | ${ERRORS[code].title} |`,
  );
  return `# Error codes

Every expected failure has a code. The API's problems have it as \`code\` and in their \`type\` (\`urn:peregrine:error:<code>\`), the command line tells it with \`--json\`, and what an activation's run failed with stands in its status.

| code | status | what happened |
| --- | --- | --- |
${rows.join("\n")}
`;
}

/** The files of docs/errors by their names: one page for each code, and the list of all. */
export function errorPages(): Record<string, string> {
  const pages = (Object.keys(ERRORS) as ErrorCode[]).map((code) => [`${code}.md`, pageOf(code)] as const);
  return { "README.md": listPage(), ...Object.fromEntries(pages) };
}
