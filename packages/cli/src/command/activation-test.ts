import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT, exitForCode } from "../exit.ts";
import { sentence } from "../output.ts";
import type { Session } from "../session.ts";

type Advice = components["schemas"]["Advice"];

const MARKS = { yes: "✓", no: "✗", unknown: "?" } as const;

/** What a failure or a notice says to the person who has to act. */
export function adviceLines({ code, meaning, look, remedy }: Advice): string[] {
  return [
    `What it means: ${sentence(meaning)}`,
    ...(look === "" ? [] : [`Where to look: ${sentence(look)}`]),
    `What to do: ${sentence(remedy)}`,
    `More: docs/errors/${code}.md`,
  ];
}

/** Tries the connection of an activation by a heartbeat. */
export async function testActivation({ api, output }: Session, id: string): Promise<void> {
  const test = dataOf(
    await api.POST("/api/v1/activations/{id}/test", { params: { path: { id } }, body: {} }),
  );
  const ticks = test.ticks.map(({ state, label, text }) => `${MARKS[state]} ${label}: ${sentence(text)}`);
  const notices = test.notices.flatMap((notice) => [sentence(notice.reason), ...adviceLines(notice)]);
  if (test.failure === null) {
    output.result(test, [...ticks, ...notices]);
    return;
  }
  const { code, reason } = test.failure;
  if (!output.json) output.result(test, ticks);
  throw new CommandFailed(exitForCode(code), sentence(reason), {
    lines: [...adviceLines(test.failure), ...notices],
    code,
    json: { test },
  });
}

interface PersonOptions {
  readonly person?: string | undefined;
  readonly remove: boolean;
}

/** Brings one person into the activation's test segment, or takes them out again. */
export async function testPerson(
  { api, output }: Session,
  id: string,
  { person, remove }: PersonOptions,
): Promise<void> {
  if (!remove && person === undefined) {
    throw new CommandFailed(EXIT.usage, "Say who is to be brought in.", {
      lines: ["Give --person ID, as the destination knows the person; --remove takes people out again."],
    });
  }
  const test = dataOf(
    await api.POST("/api/v1/activations/{id}/test-person", {
      params: { path: { id } },
      body: remove
        ? { action: "remove", ...(person === undefined ? {} : { personId: person }) }
        : { action: "add", personId: person ?? "" },
    }),
  );
  const { identifier, name, group } = test.segment;
  const steps = test.steps.map(({ done, text }) => `${done ? MARKS.yes : MARKS.no} ${sentence(text)}`);
  const notices = test.notices.flatMap((notice) => [sentence(notice.reason), ...adviceLines(notice)]);
  const left =
    test.left.length === 0
      ? ["Nobody is left in the test segment."]
      : [
          `In the segment ${identifier} "${name}" of the group ${group} now: ${test.left.join(", ")}. Look at this user's segments in Ibexa.`,
          `Take them out again: peregrine activation test-person ${id} --remove`,
        ];
  if (test.failure === null) {
    output.result(test, [...steps, ...notices, ...left]);
    return;
  }
  const { code, reason } = test.failure;
  if (!output.json) output.result(test, steps);
  const lines = [...adviceLines(test.failure), ...notices, ...(test.left.length === 0 ? [] : left)];
  throw new CommandFailed(exitForCode(code), sentence(reason), { lines, code, json: { test } });
}
