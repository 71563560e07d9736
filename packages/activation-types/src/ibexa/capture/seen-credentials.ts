import type { z } from "zod";
import { spell } from "../spelling.ts";
import type { wireProfile } from "../wire-profile.ts";
import { type Capture, placeholder, variableIn } from "./capture.ts";
import type { SeenMessage } from "./seen-message.ts";

type CredentialsInput = NonNullable<z.input<typeof wireProfile>["credentials"]>;

/** Where credentials were seen, or why none were recognised. */
export type SeenCredentials =
  | {
      readonly credentials: CredentialsInput;
      /** Headers that take part in them. */
      readonly headers: readonly string[];
      /** Known by the values themselves, not only by names. */
      readonly certain: boolean;
    }
  | { readonly fault: string };

const SECRET = /secret|password|passwd|api-?_?key|token/i;
const ID = /id$|user|client|login|name/i;

type Pair = { readonly idName: string; readonly secretName: string; readonly certain: boolean };

/** Which of some names carries the id and which the secret: by known values, else by how they are called. */
function pairOf(carriers: Readonly<Record<string, string>>): Pair | undefined {
  const named = Object.entries(carriers);
  const byValue = (variable: string) => named.find(([, value]) => variableIn(value) === variable)?.[0];
  const id = byValue("CLIENT_ID");
  const secret = byValue("CLIENT_SECRET");
  if (id !== undefined && secret !== undefined) return { idName: id, secretName: secret, certain: true };
  const secrets = named.filter(([name]) => SECRET.test(name)).map(([name]) => name);
  const ids = named.filter(([name]) => !SECRET.test(name) && ID.test(name)).map(([name]) => name);
  const [secretName] = secrets;
  const [idName] = ids;
  if (secretName === undefined || idName === undefined || secrets.length > 1 || ids.length > 1)
    return undefined;
  return { idName, secretName, certain: false };
}

/** Carriers that stand in every message. */
function inAll(all: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const [first = {}, ...others] = all;
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => others.every((one) => one[name] === value)),
  );
}

function tokenCredentials(capture: Capture): SeenCredentials {
  const [token] = capture.tokens;
  const { tokenTo } = capture;
  if (token === undefined || tokenTo === undefined) {
    return {
      fault:
        "Messages carry a bearer token, and no request for one was captured: point the sender's token address at the capture too (--token-to), or set advanced.credentials.tokenUrl by hand.",
    };
  }
  const { scope } = token.form;
  const isBasic = /^basic /i.test(token.headers["authorization"] ?? "");
  return {
    credentials: {
      in: "oauth",
      tokenUrl: tokenTo,
      authentication: isBasic ? "basic" : "body",
      ...(scope === undefined ? {} : { scope }),
    },
    headers: ["authorization"],
    certain: true,
  };
}

/** How a sender shows its credentials. */
export function readCredentials(capture: Capture, seen: readonly SeenMessage[]): SeenCredentials {
  const headers = inAll(seen.map(({ message }) => message.headers));
  const fields = inAll(seen.map(({ others }) => others));
  const { authorization = "", ...rest } = headers;
  if (/^bearer /i.test(authorization)) return tokenCredentials(capture);
  const spelling = seen[0]?.spelling ?? "camelCase";
  const inBody = pairOf(fields);
  const unknown = Object.entries(rest).filter(
    ([name, value]) => variableIn(value) !== undefined && !capture.varying.includes(name),
  );
  const inHeaders = pairOf(Object.fromEntries(unknown));
  const isOurBasic = authorization.endsWith(placeholder("CLIENT_BASIC"));
  if (inBody !== undefined && !(inHeaders?.certain === true && !inBody.certain)) {
    const { idName, secretName, certain } = inBody;
    const isDefault =
      idName === spell("clientId", spelling) && secretName === spell("clientSecret", spelling);
    return {
      credentials: { in: "body", ...(isDefault ? {} : { idName, secretName }) },
      headers: [],
      certain,
    };
  }
  if (isOurBasic) return { credentials: { in: "basic" }, headers: ["authorization"], certain: true };
  if (inHeaders !== undefined) {
    const { idName, secretName, certain } = inHeaders;
    return { credentials: { in: "headers", idName, secretName }, headers: [idName, secretName], certain };
  }
  if (/^basic /i.test(authorization)) {
    return { credentials: { in: "basic" }, headers: ["authorization"], certain: false };
  }
  const names = unknown.map(([name]) => name).join(", ");
  return {
    fault: `It isn't clear where the credentials stand${names === "" ? "" : ` (headers that may carry them: ${names})`}. Give client id and secret to the capture, so that they are recognised by their values.`,
  };
}
