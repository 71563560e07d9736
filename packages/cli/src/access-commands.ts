import { type Command, Option } from "commander";
import { examples } from "./argument.ts";
import { login } from "./command/login.ts";
import { createToken, listTokens, revokeToken } from "./command/token.ts";
import { createUser, listUsers, type NewUser } from "./command/user.ts";
import type { OpenSession } from "./session.ts";

/** `peregrine login`, `token …` and `user …` */
export function addAccessCommands(root: Command, session: OpenSession): void {
  root
    .command("login")
    .description("keep a token for this server in a file that only you can read")
    .option("--setup-code <code>", "the code that the first start of the server printed")
    .option("--token <token>", "a token that was made before")
    .option("--name <name>", "what the administrator's token is called", "first administrator")
    .addHelpText("after", examples("peregrine login --setup-code 7QK2-M0XA-94TD-PZ3E"))
    .action(async (options: { setupCode?: string; token?: string; name: string }) =>
      login(await session(), options),
    );
  const token = root.command("token").description("tokens of the API; for administrators");
  token
    .command("create <name>")
    .description("make a token and show it, this once")
    .addOption(
      new Option("--role <role>", "viewers read, editors change, administrators do everything")
        .choices(["viewer", "editor", "admin"])
        .default("viewer"),
    )
    .addHelpText("after", examples('peregrine token create "nightly import" --role editor'))
    .action(async (name: string, { role }: { role: "viewer" | "editor" | "admin" }) =>
      createToken(await session(), name, role),
    );
  token
    .command("list")
    .description("all tokens, without what opens the door")
    .action(async () => listTokens(await session()));
  token
    .command("revoke <id>")
    .description("from now on the token opens nothing")
    .action(async (id: string) => revokeToken(await session(), id));
  addUserCommands(root, session);
}

function addUserCommands(root: Command, session: OpenSession): void {
  const user = root.command("user").description("people who sign in at the pages; for administrators");
  user
    .command("create <email>")
    .description("make a user; the password is read from standard input")
    .requiredOption("--name <name>", "what the person is called")
    .addOption(
      new Option("--role <role>", "viewers read, editors change, administrators do everything")
        .choices(["viewer", "editor", "admin"])
        .default("viewer"),
    )
    .addHelpText("after", examples("peregrine user create jo@example.com --name Jo --role admin"))
    .action(async (email: string, { name, role }: Omit<NewUser, "email">) =>
      createUser(await session(), { email, name, role }),
    );
  user
    .command("list")
    .description("all users, without their passwords")
    .action(async () => listUsers(await session()));
}
