import type { Command } from "commander";
import { examples, wholeNumber } from "./argument.ts";
import { processOutput } from "./output.ts";
import type { OpenSession } from "./session.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface CaptureFlags {
  readonly to: string;
  readonly tokenTo?: string;
  readonly listen: string;
  readonly out?: string;
  readonly saveFor?: string;
  readonly group?: string;
  readonly people?: boolean;
  readonly messages?: number;
}

/** Commands that look at how another CDP speaks to an Ibexa. */
export function addIbexaCommands(root: Command, session: OpenSession, environment: Environment): void {
  const ibexa = root.command("ibexa").description("how messages to an Ibexa are spelt");
  const output = () => processOutput(root.opts<{ json?: boolean }>().json ?? false, environment);
  ibexa
    .command("capture")
    .description("stand between another CDP and Ibexa for one run, and derive the wire profile")
    .requiredOption("--to <url>", "Ibexa's webhook; everything is passed on to it")
    .option("--token-to <url>", "the address that gives out tokens, if messages carry one")
    .option("--listen <host:port>", "where to listen", "127.0.0.1:8091")
    .option("--out <file>", "keep what was captured, without secrets")
    .option("--save-for <activation>", "set the derived profile for this activation")
    .option("--group <identifier>", "the segment group, so that it is recognised in a header of any name")
    .option("--people", "keep people's ids; without it, numbers stand in their place")
    .option("--messages <count>", "end after so many messages", wholeNumber)
    .addHelpText(
      "after",
      `${examples("peregrine ibexa capture --to https://shop.example/cdp/webhook --out capture.json --save-for shop")}

Client id and secret are recognised by their values when CDP_ACTIVATION_CLIENT_ID and
CDP_ACTIVATION_CLIENT_SECRET are set; without them, by the names of what carries them.`,
    )
    .action(async ({ people, ...flags }: CaptureFlags) => {
      // The server's package is large; other commands start without loading it.
      const { captureIbexa } = await import("./capture/capture-command.ts");
      await captureIbexa(
        { ...flags, keepsPeople: people ?? false },
        { output: output(), environment, session },
      );
    });
  ibexa
    .command("replay <file>")
    .description("say a captured run again, and compare the answers; secrets come from the environment")
    .requiredOption("--to <url>", "the webhook to say it to")
    .option("--token-to <url>", "the address that gives out tokens, if messages carry one")
    .addHelpText(
      "after",
      examples("peregrine ibexa replay capture.json --to http://127.0.0.1:8090/cdp/webhook"),
    )
    .action(async (file: string, flags: { to: string; tokenTo?: string }) => {
      const { replayIbexa } = await import("./capture/replay-command.ts");
      await replayIbexa(file, flags, { output: output(), environment });
    });
}
