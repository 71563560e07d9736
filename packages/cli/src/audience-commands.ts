import type { Command } from "commander";
import { examples, instant, wholeNumber } from "./argument.ts";
import { checkAudience, listAudiences, refreshAudience, showAudience } from "./command/audience.ts";
import type { ExplainOptions } from "./command/audience-explain.ts";
import { compareVersions, listVersions, restoreVersion, showVersion } from "./command/audience-version.ts";
import { showCatalog, showValues, type WantedValues } from "./command/catalog.ts";
import type { OpenSession } from "./session.ts";

/** `peregrine audience …` */
export function addAudienceCommands(root: Command, session: OpenSession): void {
  const audience = root.command("audience").description("audiences");
  audience
    .command("list")
    .description("all audiences with their sizes")
    .action(async () => listAudiences(await session()));
  audience
    .command("show <id>")
    .description("one audience with its rule in words")
    .action(async (id: string) => showAudience(await session(), id));
  audience
    .command("preview [id]")
    .description("whom a rule finds now, block by block, and who would join and leave; changes nothing")
    .option("-f, --file <path>", "the rule, or an audience with it, as YAML or JSON instead of the saved one")
    .option("--as-of <instant>", "as of another instant, such as 2026-07-01T00:00:00Z", instant)
    .option("--estimate", "of many rows an estimate will do, by a sample of the people, with its margin")
    .addHelpText(
      "after",
      examples(
        "peregrine audience preview 5d822e81 --as-of 2026-07-01T00:00:00Z",
        "peregrine audience preview -f rule.yaml",
        "peregrine audience preview 5d822e81 -f rule.yaml    # who would join and leave by the new rule",
      ),
    )
    .action(async (id: string | undefined, options: { file?: string; asOf?: string; estimate?: boolean }) => {
      const { previewAudience } = await import("./command/audience-preview.ts");
      await previewAudience(await session(), id, options);
    });
  audience
    .command("check <id>")
    .description("evaluate it now, whatever it has chosen; who joined or left is sent")
    .action(async (id: string) => checkAudience(await session(), id));
  audience
    .command("refresh <id>")
    .description("count whom its rule finds now; nobody joins or leaves, and nothing is sent")
    .action(async (id: string) => refreshAudience(await session(), id));
  audience
    .command("explain [id]")
    .description("why a person is in an audience or is not: what decided, with the person's values")
    .requiredOption("--person <whom>", "`userid:1042`, any other identifier, or a profile's number")
    .option("-f, --file <path>", "by the rule in this file instead of the saved one")
    .option("--as-of <instant>", "as of another instant, such as 2026-07-01T00:00:00Z", instant)
    .addHelpText("after", examples("peregrine audience explain 5d822e81 --person userid:1042"))
    .action(async (id: string | undefined, options: ExplainOptions) => {
      const { explainPerson } = await import("./command/audience-explain.ts");
      await explainPerson(await session(), id, options);
    });
  addVersionCommands(audience, session);
}

/** `peregrine catalog …` */
export function addCatalogCommands(root: Command, session: OpenSession): void {
  const catalog = root.command("catalog").description("what rules may name");
  catalog
    .command("show", { isDefault: true })
    .description("attributes, and the types of events with their properties")
    .action(async () => showCatalog(await session()));
  catalog
    .command("values <name>")
    .description("the values of an attribute, or of an event's property, the most frequent first")
    .option("--event <type>", "the name is that of a property of these events")
    .option("--contains <text>", "only values that hold this text, in any case")
    .option("--limit <number>", "how many", wholeNumber, 20)
    .addHelpText(
      "after",
      examples(
        "peregrine catalog values country --contains uni",
        "peregrine catalog values brand --event buy",
      ),
    )
    .action(async (name: string, options: WantedValues) => showValues(await session(), name, options));
}

function addVersionCommands(audience: Command, session: OpenSession): void {
  audience
    .command("versions <id>")
    .description("what an audience was at each change, the latest first: who, when, what")
    .action(async (id: string) => listVersions(await session(), id));
  audience
    .command("version <id>")
    .argument("<number>", "the version", wholeNumber)
    .description("one version with its rule in words; --json has all of it")
    .action(async (id: string, version: number) => showVersion(await session(), id, version));
  audience
    .command("compare <id>")
    .argument("[from]", "a version; unless given, the one before the other", wholeNumber)
    .argument("[to]", "a version; unless given, the latest", wholeNumber)
    .description("what two versions have different: + added, - removed, ~ changed")
    .addHelpText("after", examples("peregrine audience compare 5d822e81 3 5"))
    .action(async (id: string, from?: number, to?: number) =>
      compareVersions(await session(), id, { from, to }),
    );
  audience
    .command("restore <id>")
    .argument("<number>", "the version", wholeNumber)
    .description("save what an earlier version was as a new one; also brings a deleted audience back")
    .action(async (id: string, version: number) => restoreVersion(await session(), id, version));
}
