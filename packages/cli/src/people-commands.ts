import type { Command } from "commander";
import { examples, wholeNumber } from "./argument.ts";
import { segmentsOfProfile } from "./command/activation-explain.ts";
import { deleteProfile, finishDeletion, listDeletions, showDeletion } from "./command/deletion.ts";
import { showProfile } from "./command/profile.ts";
import type { OpenSession } from "./session.ts";

/** `peregrine profile …` and `deletion …` */
export function addPeopleCommands(root: Command, session: OpenSession): void {
  const profile = root.command("profile").description("people");
  profile
    .command("segments <identifier>")
    .description("every segment that a person is to be in, or may be in: why, and what is next")
    .addHelpText("after", examples("peregrine profile segments userid:14"))
    .action(async (identifier: string) => segmentsOfProfile(await session(), identifier));
  profile
    .command("show <identifier>")
    .description("one person, by `userid:1042`, any other identifier, or a profile's number")
    .addHelpText("after", examples("peregrine profile show email:jo@example.com"))
    .action(async (identifier: string) => showProfile(await session(), identifier));
  profile
    .command("delete <identifier>")
    .description("say what deleting a person would do; with --yes take them out everywhere, then purge them")
    .option("--yes", "do it; it can't be taken back")
    .addHelpText("after", examples("peregrine profile delete userid:14"))
    .action(async (identifier: string, { yes = false }: { yes?: boolean }) =>
      deleteProfile(await session(), identifier, yes),
    );
  addDeletionCommands(root, session);
}

function addDeletionCommands(root: Command, session: OpenSession): void {
  const deletion = root.command("deletion").description("requests to delete people");
  deletion
    .command("list")
    .description("all of them, newest first, and what they wait for")
    .option("--limit <number>", "how many", wholeNumber, 50)
    .action(async ({ limit }: { limit: number }) => listDeletions(await session(), limit));
  deletion
    .command("show")
    .argument("<id>", "the request's number", wholeNumber)
    .description("one of them: how far it is, and what was purged")
    .action(async (id: number) => showDeletion(await session(), id));
  deletion
    .command("finish")
    .argument("<id>", "the request's number", wholeNumber)
    .description(
      "purge now, whatever destinations still have: they keep the person, and nothing updates them",
    )
    .action(async (id: number) => finishDeletion(await session(), id));
}
