import type { Command } from "commander";
import { examples, wholeNumber } from "./argument.ts";
import { activationStatus, listActivations, showActivation } from "./command/activation.ts";
import { runActivation } from "./command/activation-run.ts";
import { listRuns } from "./command/activation-runs.ts";
import { generateCredentials, showSetup } from "./command/activation-setup.ts";
import { testActivation, testPerson } from "./command/activation-test.ts";
import { addDeliveryCommands } from "./delivery-commands.ts";
import type { OpenSession } from "./session.ts";

/** `peregrine activation …` */
export function addActivationCommands(root: Command, session: OpenSession): void {
  const activation = root.command("activation").description("activations");
  activation
    .command("list")
    .description("all activations")
    .action(async () => listActivations(await session()));
  activation
    .command("show <id>")
    .description("one activation with its settings, without its secrets")
    .action(async (id: string) => showActivation(await session(), id));
  activation
    .command("status <id>")
    .description("how each audience stands: numbers that add up, and why it failed if it did")
    .action(async (id: string) => activationStatus(await session(), id));
  activation
    .command("run <id>")
    .description("check, plan and deliver now, and wait for the end")
    .action(async (id: string) => runActivation(await session(), id));
  activation
    .command("runs <id>")
    .description("the latest runs: when, what began them, and what became of them")
    .option("--limit <number>", "how many", wholeNumber, 20)
    .action(async (id: string, { limit }: { limit: number }) => listRuns(await session(), id, limit));
  activation
    .command("setup <id>")
    .description("what to set up on the destination's own side, to copy, filled in with the settings")
    .option("--for <version>", "the destination's version, such as 5.x, 4.x or 3.3; without it, the newest")
    .addHelpText("after", examples("peregrine activation setup shop --for 4.x"))
    .action(async (id: string, { for: version }: { for?: string }) =>
      showSetup(await session(), id, version),
    );
  activation
    .command("generate-credentials")
    .description("make an id and a secret for both sides, and show them this once")
    .option("--type <type>", "the activation type", "ibexa")
    .action(async ({ type }: { type: string }) => generateCredentials(await session(), type));
  activation
    .command("test <id>")
    .description("send a heartbeat and say what its answer shows; nothing changes at the destination")
    .action(async (id: string) => testActivation(await session(), id));
  activation
    .command("test-person <id>")
    .description("bring one person into a segment of its own at the destination, or take them out again")
    .option("--person <id>", "as the destination knows the person, such as the id of the Ibexa user")
    .option("--remove", "take the person out, or without --person everybody whom tests have brought in")
    .addHelpText(
      "after",
      examples(
        "peregrine activation test-person shop --person 14",
        "peregrine activation test-person shop --remove",
      ),
    )
    .action(async (id: string, { person, remove }: { person?: string; remove?: boolean }) =>
      testPerson(await session(), id, { person, remove: remove ?? false }),
    );
  addDeliveryCommands(activation, session);
}
