import { createInterface } from "node:readline";
import { dataOf } from "../client.ts";
import { CommandFailed, EXIT } from "../exit.ts";
import { table } from "../output.ts";
import type { Session } from "../session.ts";

/** Somebody who is to sign in at the pages. */
export interface NewUser {
  readonly email: string;
  readonly name: string;
  readonly role: "viewer" | "editor" | "admin";
}

/** Makes a user; the password comes by standard input, so that it stands in no list of processes and no history. */
export async function createUser({ api, output }: Session, user: NewUser): Promise<void> {
  if (process.stdin.isTTY) output.note("Type the password, at least 10 characters, and press Enter:");
  const password = await firstLine(process.stdin);
  if (password === undefined) {
    throw new CommandFailed(EXIT.usage, "No password came by standard input.", {
      lines: [`Type it when asked, or: printf '%s\\n' "$PASSWORD" | peregrine user create ${user.email} …`],
    });
  }
  const made = dataOf(await api.POST("/api/v1/users", { body: { ...user, password } }));
  output.result(made, [`${made.name} (${made.email}) can sign in at the pages, as ${made.role}.`]);
}

/** All users, without their passwords. */
export async function listUsers({ api, output }: Session): Promise<void> {
  const { items } = dataOf(await api.GET("/api/v1/users"));
  output.result(
    { items },
    items.length === 0
      ? ["There are none. `peregrine user create` makes one."]
      : table(
          ["E-mail", "Name", "Role", "Signed in", "State"],
          items.map(({ email, name, role, lastSignedInAt, disabledAt }) => [
            email,
            name,
            role,
            lastSignedInAt ?? "never",
            disabledAt === null ? "active" : `disabled ${disabledAt}`,
          ]),
        ),
  );
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string | undefined> {
  const lines = createInterface({ input });
  try {
    for await (const line of lines) return line === "" ? undefined : line;
    return undefined;
  } finally {
    lines.close();
  }
}
