import type { Command } from "commander";
import { examples, instant, wholeNumber } from "./argument.ts";
import { explainInSegment } from "./command/activation-explain.ts";
import { decideHold, listHolds } from "./command/activation-holds.ts";
import { listPeople, listRefusals, type PeopleOptions, sendAgain } from "./command/activation-people.ts";
import { previewRun } from "./command/activation-preview.ts";
import { listRequests, type RequestOptions, showRequest } from "./command/activation-requests.ts";
import { resync } from "./command/activation-resync.ts";
import type { OpenSession } from "./session.ts";

/** What was sent, to whom, and what is still to be sent. */
export function addDeliveryCommands(activation: Command, session: OpenSession): void {
  activation
    .command("requests <id>")
    .description("the requests of the last 14 days with their answers, newest first")
    .option("--run <id>", "of this run", wholeNumber)
    .option("--outcome <outcome>", "accepted, refused, missing, stop or lost")
    .option("--code <code>", "with this code of docs/errors")
    .option("--status <number>", "with this status of the answer; 0: no answer came", wholeNumber)
    .option("--action <action>", "create, membershipChanges, metadata, detach or heartbeat")
    .option("--audience <id>", "about changes of this audience")
    .option("--person <id>", "about this person, as the destination knows them")
    .option("--from <instant>", "sent at this instant or later", instant)
    .option("--to <instant>", "sent before this instant", instant)
    .option("--limit <count>", "so many at most", wholeNumber, 20)
    .addHelpText(
      "after",
      examples(
        "peregrine activation requests shop --outcome refused",
        "peregrine activation requests shop --person 14 --from 2026-07-01T00:00:00Z",
      ),
    )
    .action(async (id: string, options: RequestOptions) => listRequests(await session(), id, options));
  activation
    .command("request <id> <request>")
    .description("one request with its answer and the people whom it was about")
    .addHelpText("after", examples("peregrine activation request shop 12-3-0"))
    .action(async (id: string, request: string) => showRequest(await session(), id, request));
  activation
    .command("people <id> <audience>")
    .description("the people of one state in a segment, as the status counts them")
    .requiredOption(
      "--state <state>",
      "accepted, waiting, refused, withoutIdentifier or suppressed; leavingWaiting, leavingRefused or leavingHeld",
    )
    .option("--person <id>", "only this person, as the destination knows them")
    .option("--csv", "all of them as CSV")
    .option("--limit <count>", "so many at most", wholeNumber, 20)
    .addHelpText(
      "after",
      examples(
        "peregrine activation people shop 5d822e81 --state refused",
        "peregrine activation people shop 5d822e81 --state waiting --csv > waiting.csv",
      ),
    )
    .action(async (id: string, audience: string, options: PeopleOptions) =>
      listPeople(await session(), { id, audience }, options),
    );
  activation
    .command("refusals <id>")
    .description("why people are refused now, equal answers together")
    .action(async (id: string) => listRefusals(await session(), id));
  activation
    .command("send-again <id> <audience>")
    .description("send refused people again with the next run, whatever their time")
    .option("--person <id...>", "only these, as the destination knows them")
    .addHelpText("after", examples("peregrine activation send-again shop 5d822e81 --person 14 15"))
    .action(async (id: string, audience: string, { person }: { person?: string[] }) =>
      sendAgain(await session(), { id, audience }, person),
    );
  activation
    .command("explain <id> <audience>")
    .description("one person in one segment: from the rule to Ibexa's answers and the next step")
    .requiredOption("--person <whom>", "`userid:14`, any other identifier, or a profile's number")
    .addHelpText("after", examples("peregrine activation explain shop 5d822e81 --person userid:14"))
    .action(async (id: string, audience: string, { person }: { person: string }) =>
      explainInSegment(await session(), { id, audience }, person),
    );
  activation
    .command("holds <id>")
    .description("removals that wait for somebody's decision, and why")
    .action(async (id: string) => listHolds(await session(), id));
  activation
    .command("approve <id> <audience>")
    .description("take the people of a hold out with the next run; others are held anew")
    .requiredOption("--hold <number>", "the hold that was looked at", wholeNumber)
    .addHelpText("after", examples("peregrine activation approve shop 5d822e81 --hold 3"))
    .action(async (id: string, audience: string, { hold }: { hold: number }) =>
      decideHold(await session(), { id, audience }, "approve", hold),
    );
  activation
    .command("leave-in <id> <audience>")
    .description("leave the people of a hold in the segment until the members change")
    .requiredOption("--hold <number>", "the hold that was looked at", wholeNumber)
    .addHelpText("after", examples("peregrine activation leave-in shop 5d822e81 --hold 3"))
    .action(async (id: string, audience: string, { hold }: { hold: number }) =>
      decideHold(await session(), { id, audience }, "leave", hold),
    );
  activation
    .command("preview <id>")
    .description("what a run would send now: who joins, who leaves, what would be held; nothing is sent")
    .action(async (id: string) => previewRun(await session(), id));
  activation
    .command("resync <id>")
    .description("say everything again with the next run: members, and removals of all who ever were in")
    .action(async (id: string) => resync(await session(), id));
}
