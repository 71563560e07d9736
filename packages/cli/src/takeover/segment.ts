import { dataOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { count, counted, sentence } from "../output.ts";
import type { Session } from "../session.ts";
import { type MemberSource, memberListOf } from "./member-list.ts";

export interface SegmentOptions extends MemberSource {
  /** Do it; otherwise only the preview is shown. */
  readonly yes: boolean;
  /** The audience's id, to confirm what is refused otherwise. */
  readonly force?: string | undefined;
}

/** Shows who stays, joins and leaves, and with `--yes` records who is there. */
export async function takeOverSegment(
  session: Session,
  activation: string,
  audience: string,
  options: SegmentOptions,
): Promise<void> {
  const { api, output } = session;
  const list = await memberListOf(session, options, [audience]);
  const order = (preview: boolean) =>
    api.POST("/api/v1/activations/{activation}/segments/{audience}/take-over", {
      params: { path: { activation, audience } },
      body: { list, preview, ...(options.force === undefined ? {} : { force: options.force }) },
    });
  const seen = dataOf(await order(true));
  const lines = [
    `${count(seen.stay)} stay, ${count(seen.join)} join, ${count(seen.leave)} leave${seen.settled === 0 ? "" : `; of ${count(seen.settled)} the activation knows already how they stand`}.`,
    ...example("Join", seen.examples.join),
    ...example("Leave", seen.examples.leave),
  ];
  if (!options.yes) {
    output.result({ ...seen, list }, [
      ...lines,
      ...(seen.unconfirmed === null
        ? [`Nothing was recorded. Do it with: --list ${list} --yes`]
        : [`${sentence(seen.unconfirmed)} Confirm with: --list ${list} --yes --force ${audience}`]),
    ]);
    return;
  }
  if (seen.unconfirmed !== null && options.force !== audience) {
    throw new CommandFailed(EXIT.badInput, seen.unconfirmed, {
      lines: [...lines, `If that is what you want: --list ${list} --yes --force ${audience}`],
      code: "takeOverUnconfirmed",
      json: { preview: seen, list },
    });
  }
  const done = dataOf(await order(false));
  output.result({ ...done, list }, [
    ...lines,
    `${counted(done.recorded ?? 0, "person", "people")} recorded as being there. The next run tells Ibexa who stays and who joins, and then who leaves: peregrine activation run ${activation}`,
  ]);
}

function example(what: string, people: readonly string[]): string[] {
  return people.length === 0
    ? []
    : [`${what}: ${people.slice(0, 10).join(", ")}${people.length > 10 ? ", …" : ""}`];
}
