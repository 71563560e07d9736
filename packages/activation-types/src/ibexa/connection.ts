import type { Connection, TokenGrant } from "@peregrine/core";
import { headersOf } from "./header.ts";
import type { IbexaSettings } from "./settings.ts";

/** Texts shorter than this stand in every answer by chance; removing them would make it unreadable. */
const SHORTEST_SECRET = 4;

/** How the engine reaches this Ibexa. */
export function ibexaConnection(settings: IbexaSettings): Connection {
  const { proxy, certificateAuthority } = settings.advanced;
  return {
    proxy: proxy === undefined ? undefined : { url: proxy, credentials: settings.proxyCredentials },
    certificateAuthority,
    token: grantOf(settings),
    secrets: derivedSecrets(settings).filter((text) => text.length >= SHORTEST_SECRET),
  };
}

function grantOf(settings: IbexaSettings): TokenGrant | undefined {
  const { credentials } = settings.advanced;
  if (credentials.in !== "oauth") return undefined;
  return {
    url: credentials.tokenUrl,
    clientId: credentials.clientId ?? settings.clientId,
    clientSecret: settings.tokenClientSecret ?? settings.clientSecret,
    authentication: credentials.authentication,
    scope: credentials.scope,
  };
}

/** What a destination may echo that isn't a secret setting as it stands, but gives one away. */
function derivedSecrets(settings: IbexaSettings): string[] {
  const { clientId, clientSecret, extraHeaders, proxyCredentials } = settings;
  const values = Object.values(headersOf(extraHeaders)).flatMap((value) => [
    value,
    ...value.split(" ").slice(1),
  ]);
  return [
    ...values,
    btoa(`${clientId}:${clientSecret}`),
    ...(proxyCredentials === undefined
      ? []
      : [btoa(proxyCredentials), proxyCredentials.slice(proxyCredentials.indexOf(":") + 1)]),
  ];
}
