import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import { CommandFailed, exitForCode } from "../exit.ts";
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
