import type { Answer } from "../integration/harness/peregrine.ts";
import { AUDIENCES, SENTINEL } from "./shop.ts";

type Call = <Body>(method: string, path: string, body?: unknown) => Promise<Answer<Body>>;

/** One request whose answer says which imports, or which evaluation, its reader saw. */
export interface Question {
  readonly name: string;
  /** The answer as comparable text, without what differs between two installations with the same data. */
  ask(call: Call): Promise<Answer<string>>;
}

interface Profile {
  readonly number: number;
  readonly merged: readonly number[];
  readonly identifiers: readonly { identifier: string; value: string; source: { arrival: number } }[];
  readonly attributes: readonly { name: string; value: unknown; time: string; import: number }[];
  readonly events: { readonly count: number; readonly types: readonly unknown[] };
}

function question<Body>(
  name: string,
  path: string,
  comparable: (body: Body) => unknown,
  post?: unknown,
): Question {
  return {
    name,
    async ask(call) {
      const { status, body } = await call<Body>(post === undefined ? "GET" : "POST", path, post);
      if (status === 404) return { status: 200, body: "there is none" };
      return { status, body: JSON.stringify(status === 200 ? comparable(body) : body) };
    },
  };
}

/** A profile by what it holds; when its file came and when it joined an audience is each installation's own. */
export function profileQuestion(user: string): Question {
  return question(`profile of ${user}`, `/profiles?identifier=userid:${user}`, (profile: Profile) => ({
    number: profile.number,
    merged: profile.merged,
    identifiers: profile.identifiers.map(({ identifier, value, source }) => [
      identifier,
      value,
      source.arrival,
    ]),
    attributes: profile.attributes.map(({ name, value, time, import: from }) => [name, value, time, from]),
    events: [profile.events.count, profile.events.types],
  }));
}

/** Each is answered from one snapshot, so each must show whole imports alone. */
export const DATA_QUESTIONS: readonly Question[] = [
  ...["userid", "email", "coid"].map((id) =>
    question(`report of ${id}`, `/identifiers/${id}/report`, (body: unknown) => body),
  ),
  question("events of the catalog", "/catalog", ({ events }: { events: { type: string; count: number }[] }) =>
    events.map(({ type, count }) => [type, count]),
  ),
  question(
    "preview of a rule",
    "/rules/preview",
    ({ size, withoutIdentifier }: { size: number; withoutIdentifier: number }) => ({
      size,
      withoutIdentifier,
    }),
    {
      personIdentifier: "userid",
      rule: { any: [{ have: { attribute: "tier", atLeast: 2 } }, { did: { event: "basket" } }] },
    },
  ),
  profileQuestion(SENTINEL),
];

/** Shows whole evaluations alone: those of all audiences are published together. */
export const SIZES: Question = question(
  "sizes of the audiences",
  "/audiences",
  ({ items }: { items: { id: string; size: number }[] }) => items.map(({ id, size }) => [id, size]),
);

/** All members of an audience with their person ids. */
export async function membersOf(
  ask: <Body>(method: string, path: string) => Promise<Body>,
  audience: string,
): Promise<{ profile: number; value: string | null }[]> {
  const members: { profile: number; value: string | null }[] = [];
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query = `personIdentifier=userid&limit=10000${cursor === "" ? "" : `&cursor=${cursor}`}`;
    const page: { items: typeof members; next: string | null } = await ask(
      "GET",
      `/audiences/${audience}/members?${query}`,
    );
    members.push(...page.items);
    cursor = page.next;
  }
  return members;
}

/** Everything that is compared at the end through the API, by what it is. */
export async function everything(
  ask: <Body>(method: string, path: string) => Promise<Body>,
): Promise<Record<string, unknown>> {
  const members = await Promise.all(
    AUDIENCES.map(async (id) => [`members of ${id}`, await membersOf(ask, id)] as const),
  );
  const { items } = await ask<{ items: { id: number; fileName: string; state: string; counts: unknown }[] }>(
    "GET",
    "/imports?limit=200",
  );
  const imports = items.map(({ id, fileName, state, counts }) => ({ id, fileName, state, counts }));
  return { ...Object.fromEntries(members), imports };
}
