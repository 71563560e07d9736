import { dataOf } from "../client.ts";
import { table } from "../output.ts";
import type { Session } from "../session.ts";

type Role = "viewer" | "editor" | "admin";

/** Makes a token and shows it, this once. */
export async function createToken({ api, output }: Session, name: string, role: Role): Promise<void> {
  const made = dataOf(await api.POST("/api/v1/tokens", { body: { name, role } }));
  output.result(made, [made.token]);
}

export async function listTokens({ api, output }: Session): Promise<void> {
  const { items } = dataOf(await api.GET("/api/v1/tokens"));
  output.result(
    { items },
    table(
      ["Id", "Name", "Role", "Last used", "State"],
      items.map(({ id, name, role, lastUsedAt, revokedAt }) => [
        id,
        name,
        role,
        lastUsedAt ?? "never",
        revokedAt === null ? "live" : `revoked ${revokedAt}`,
      ]),
    ),
  );
}

export async function revokeToken({ api, output }: Session, id: string): Promise<void> {
  await api.DELETE("/api/v1/tokens/{id}", { params: { path: { id } } });
  output.result({ id, revoked: true }, [`The token ${id} opens nothing any more.`]);
}
