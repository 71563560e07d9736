import { didYouMean } from "./audience/did-you-mean.ts";
import { PeregrineError } from "./error.ts";

/** Where somebody finds what exists, by what was not found. */
const WHERE_TO_LOOK = {
  identifier: "`peregrine definition list --kind identifier` lists the identifiers.",
  schema: "`peregrine definition list --kind schema` lists the schemas.",
  dataflow: "`peregrine definition list --kind dataflow` lists the dataflows.",
  audience: "`peregrine audience list` lists the audiences.",
  activation: "`peregrine activation list` lists the activations.",
  hold: "`peregrine activation holds ID` lists what is held.",
  request: "`peregrine activation requests ID` lists the requests with their ids.",
  version: "`peregrine audience versions ID` lists the versions of an audience.",
  import: "`peregrine import list` lists the imports with their numbers.",
  sample: "A sample is kept for a day on the server that took it: send the file again.",
  token: "`peregrine token list` lists the tokens with their ids; a revoked one can't be revoked again.",
  streamId: "`peregrine stream-id list` lists the stream ids; a revoked one can't be revoked again.",
  snapshot:
    "A snapshot ends when it is completed or dropped, or when nobody touched it for a day; open a new one and send all rows again.",
  account: "The address carries the account id that the operator has set (PEREGRINE_ACCOUNT_ID).",
  user: "Administration → Users lists the users; `GET /api/v1/users` does too.",
  profile: "Look the person up by another identifier, or check that the file with this person was taken in.",
  deletion: "`peregrine deletion list` lists the requests to delete people.",
  attribute: "`peregrine catalog` lists the attributes.",
  property: "`peregrine catalog` lists the types of events with their properties.",
  address: "`/api/v1/openapi.json` lists the addresses of the API.",
} as const;

/** A kind of thing that can be looked for and not be there. */
type Sought = keyof typeof WHERE_TO_LOOK;

/**
 * The failure of looking for something that is not there; its remedy says where what exists is listed.
 *
 * @param detail what was looked for, in one sentence
 * @param spelling what was asked for and what there is, where a slip of the pen is likely
 */
export function notFound(
  sought: Sought,
  detail: string,
  spelling?: { readonly asked: string; readonly known: Iterable<string> },
): PeregrineError {
  const guess = spelling && didYouMean(spelling.asked, spelling.known);
  const remedy = [guess, WHERE_TO_LOOK[sought]].filter((part) => part !== undefined).join(" ");
  return new PeregrineError("notFound", { detail, remedy });
}
