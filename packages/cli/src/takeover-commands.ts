import type { Command } from "commander";
import { examples, wholeNumber } from "./argument.ts";
import { processOutput } from "./output.ts";
import type { OpenSession } from "./session.ts";
import type { AudiencesOptions } from "./takeover/audiences.ts";
import type { MemberSource } from "./takeover/member-list.ts";

const CREDENTIALS =
  "The CDP's credentials come from CDP_MEMBERSHIP_ACTIVATION_ID and CDP_MEMBERSHIP_API_KEY, or from a file\nof such lines with --credentials. docs/from-raptor.md goes through it all.";

/** `peregrine takeover …` */
export function addTakeoverCommands(
  root: Command,
  session: OpenSession,
  environment: Readonly<Record<string, string | undefined>>,
): void {
  const takeover = root
    .command("takeover")
    .description("from another CDP to this one, without emptying a segment");
  takeover
    .command("audiences")
    .description("its audiences with their ids as drafts for `apply`, whose rules are to be written")
    .option("--from-api <url>", "a CDP API v3")
    .option("--from-file <file>", "CSV, JSON or YAML with id, name, description and tags")
    .option("--credentials <file>", "a file with the API's credentials")
    .requiredOption("-o, --out <folder>", "where the drafts go; files that are there stay as they are")
    .addHelpText(
      "after",
      `${examples("peregrine takeover audiences --from-file audiences.csv -o audiences")}\n\n${CREDENTIALS}`,
    )
    .action(async (options: AudiencesOptions) => {
      const { takeOverAudiences } = await import("./takeover/audiences.ts");
      await takeOverAudiences(options, {
        output: processOutput(root.opts<{ json?: boolean }>().json ?? false, environment),
        environment,
      });
    });
  withSource(takeover.command("compare"))
    .description("who is in the segments there and in the audiences here, person by person")
    .option("--audience <ids...>", "only these audiences")
    .option("--csv <file>", "write everybody to a CSV file")
    .addHelpText(
      "after",
      `${examples("peregrine takeover compare --members members.csv --csv people.csv")}\n\n${CREDENTIALS}`,
    )
    .action(async (options: MemberSource & { audience?: string[]; csv?: string }) => {
      const { compareMembers } = await import("./takeover/compare.ts");
      await compareMembers(await session(), { ...options, audience: options.audience ?? [] });
    });
  withSource(takeover.command("segment <activation> <audience>"))
    .description(
      "record who is in a segment before the first run; without --yes only show who stays, joins, leaves",
    )
    .option("--yes", "do it")
    .option("--force <audience>", "the audience's id, to confirm what is refused otherwise")
    .addHelpText(
      "after",
      `${examples("peregrine takeover segment shop 5d822e81 --members members.csv")}\n\n${CREDENTIALS}`,
    )
    .action(
      async (
        activation: string,
        audience: string,
        options: MemberSource & { yes?: boolean; force?: string },
      ) => {
        const { takeOverSegment } = await import("./takeover/segment.ts");
        await takeOverSegment(await session(), activation, audience, {
          ...options,
          yes: options.yes ?? false,
        });
      },
    );
}

function withSource(command: Command): Command {
  return command
    .option("--members <file>", "CSV with the columns audience and person, or a JSON object on each line")
    .option("--from-api <url>", "a CDP API v3")
    .option("--credentials <file>", "a file with the API's credentials")
    .option("--list <number>", "a list that was sent before", wholeNumber)
    .option("--identifier <id>", "by which people are named", "userid");
}
