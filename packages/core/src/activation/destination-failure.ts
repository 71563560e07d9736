import type { ErrorCode } from "../error.ts";

/** Codes that tell what went wrong between us and a destination. */
export type DestinationCode = Extract<
  ErrorCode,
  `destination${string}` | `proxy${string}` | "tokenUnreachable" | "tokenRefused" | "tokenAnswerUnexpected"
>;

/** What a test of the connection looks at, in this order. */
export const TICKS = ["reached", "webhook", "credentials", "message"] as const;
export type TickName = (typeof TICKS)[number];

interface DestinationFailure {
  /** What of the connection such an answer to a first message disproves. */
  readonly tick: TickName;
  readonly meaning: string;
  /** Where to look, on Ibexa's side first. */
  readonly look: string;
}

/** What each code means and where to look; the remedies stand with the codes themselves. */
export const DESTINATION_FAILURES = {
  destinationUnreachable: {
    tick: "reached",
    meaning:
      "No connection came about: there is no way to the host, or it didn't take the connection in time.",
    look: "From the machine that Peregrine runs on: `curl -v <Base URL>`. On Ibexa's side: is the host up, and does its firewall let this machine in?",
  },
  destinationHostUnknown: {
    tick: "reached",
    meaning: "DNS knows no address for the host in the Base URL.",
    look: "From the machine that Peregrine runs on: `getent hosts <host>`. A name of an internal network is known to its own DNS only.",
  },
  destinationRefusesConnection: {
    tick: "reached",
    meaning: "The host is there, and nothing listens at this port.",
    look: "On Ibexa's side: does the web server run, and at which port? In containers: is the port published?",
  },
  destinationCertificate: {
    tick: "reached",
    meaning:
      "The host answers, and no trusted TLS connection comes about: the certificate is for another name, has expired, lacks an intermediate certificate, is signed by an unknown authority, or the port doesn't speak TLS at all.",
    look: "`openssl s_client -connect <host>:443 -servername <host>` shows the chain and what is wrong with it.",
  },
  destinationTimeout: {
    tick: "reached",
    meaning:
      "The connection stood, and no complete answer came within the time-out. The message may have been carried out: the people of it are unknown until they are answered for.",
    look: "On Ibexa's side: the web server's access log, whether PHP workers are free, slow queries; a time-out of a proxy in between.",
  },
  destinationSlow: {
    tick: "reached",
    meaning: "It answered, and took more than half of the time-out. Under load it will be too late.",
    look: "On Ibexa's side: how long a request to /cdp/webhook takes in the access log, and how many PHP workers are free.",
  },
  destinationReset: {
    tick: "reached",
    meaning:
      "The connection was closed before any answer. The message may have been carried out or not; nobody can tell the difference from here.",
    look: "On Ibexa's side: the web server's error log at this time (a worker that was killed, memory), and firewalls that cut connections.",
  },
  destinationAnswerBroken: {
    tick: "reached",
    meaning:
      "An answer began and broke off, or is JSON that isn't whole. The message may have been carried out.",
    look: "On Ibexa's side: the web server's error log at this time; a proxy that cuts answers.",
  },
  proxyUnreachable: {
    tick: "reached",
    meaning: "The outgoing proxy can't be reached, or wouldn't connect to the destination.",
    look: "The proxy's log: did it see a CONNECT for Ibexa's host, and what did it answer?",
  },
  proxyCredentials: {
    tick: "reached",
    meaning: "The outgoing proxy answered 407: it wants credentials, or other ones.",
    look: "The proxy's log and its list of users.",
  },
  destinationRedirects: {
    tick: "webhook",
    meaning:
      "The address answered with a redirect. It isn't followed: the credentials would go to an address that nobody has confirmed.",
    look: "On Ibexa's side: rules that add or remove a slash, `www.`, a language or `https`; the answer names the address to use instead.",
  },
  destinationWebPage: {
    tick: "webhook",
    meaning:
      "The address answered with a web page, perhaps with status 200: a login page, a start page, an error page.",
    look: "Open the Base URL in a browser. On Ibexa's side: is the firewall for /cdp/webhook defined before the one of the site, and is ibexa/cdp installed?",
  },
  destinationNotFound: {
    tick: "webhook",
    meaning: "Status 404 or 410: there is nothing at this address, or not this segment.",
    look: "On Ibexa's side: `php bin/console debug:router | grep cdp` shows the webhook's route; the segment groups stand under Admin → Segments.",
  },
  destinationConfiguration: {
    tick: "webhook",
    meaning:
      "A status such as 405, 409, 415 or 501: something answers, and it wants another method, another content type, or another form.",
    look: "On Ibexa's side: its version, and what stands before it. A capture of a working connection shows the form that it wants (docs/wire-profile.md).",
  },
  destinationAnswerUnexpected: {
    tick: "webhook",
    meaning:
      "A 2xx whose body isn't what the webhook answers by the wire profile. It doesn't count as accepted.",
    look: "The answer stands beside the run. What program answers at this address?",
  },
  destinationBusy: {
    tick: "webhook",
    meaning: "Status 425 or 429: it asks to be sent less. `Retry-After` is obeyed for all messages.",
    look: "On Ibexa's side: rate limits of the web server, a CDN or a web application firewall.",
  },
  destinationUnavailable: {
    tick: "webhook",
    meaning: "Status 503: in maintenance, or without a free worker.",
    look: "On Ibexa's side: is maintenance mode on; PHP-FPM's `max_children`; a deployment that is under way.",
  },
  destinationGateway: {
    tick: "webhook",
    meaning:
      "Status 502 or 504: a web server, load balancer or CDN answered in Ibexa's place, because Ibexa didn't. The message may have been carried out.",
    look: "On Ibexa's side: the log of what stands before PHP, and whether PHP-FPM runs.",
  },
  destinationFailing: {
    tick: "webhook",
    meaning:
      "Status 500 or another 5xx: Ibexa began with the message and failed. It may have been carried out in part.",
    look: "On Ibexa's side: `var/log/prod.log` at this time. The webhook itself logs with severity `debug` only (channel `ibexa.cdp.webhook`): raise it while you look.",
  },
  destinationCredentials: {
    tick: "credentials",
    meaning: "Status 401: Client Id or Client Secret are missing there, or others.",
    look: "On Ibexa's side: `client_id` and `client_secret` under `ibexa.system.<scope>.cdp.activations`, the variables behind them (`php bin/console debug:dotenv`), and `cache:clear` after a change. Before a staging server: its own credentials, which go into Extra headers.",
  },
  destinationForbidden: {
    tick: "credentials",
    meaning: "Status 403: whoever answers knows who asks and doesn't allow it, or blocks this machine.",
    look: "On Ibexa's side: `access_control` in `security.yaml` for /cdp/webhook, its firewall's authenticator; a web application firewall or an address filter before it.",
  },
  tokenUnreachable: {
    tick: "credentials",
    meaning:
      "The bearer token could not be fetched: its address doesn't answer, or with 429 or 5xx. The message was not sent.",
    look: "The log of the server that gives out tokens.",
  },
  tokenRefused: {
    tick: "credentials",
    meaning:
      "The address that gives out tokens answered 400, 401 or 403: client id, secret, scope, or the way in which they are shown. The message was not sent.",
    look: "The client's entry at the server that gives out tokens: secret, allowed grants (`client_credentials`), scopes.",
  },
  tokenAnswerUnexpected: {
    tick: "credentials",
    meaning:
      "What answers at the token's address gave no bearer token in `access_token`. The message was not sent.",
    look: "Open the token's address with `curl -u id:secret -d grant_type=client_credentials <address>`.",
  },
  destinationRefused: {
    tick: "message",
    meaning:
      "Status 400 or 422: the message was read and refused as it stands. A message with several people is halved until those who are refused stand alone.",
    look: "The answer says why. On Ibexa's side: the log channel `ibexa.cdp.webhook` with severity `debug`.",
  },
  destinationRefusesHeartbeat: {
    tick: "message",
    meaning:
      "Status 400 or 422 to a heartbeat, which names nobody: mostly the segment group doesn't exist there, or isn't that of these credentials.",
    look: "On Ibexa's side: Admin → Segments: is there a group with exactly this identifier; `segment_group_identifier` in the configuration of the activation.",
  },
  destinationRefusesPerson: {
    tick: "message",
    meaning: "A message about this one person was refused: mostly there is no user with this id.",
    look: "On Ibexa's side: Admin → Users; the number in the user's address is the content id, the user's `id` is what counts. Does the dataflow map `userid` to `id`?",
  },
  destinationSaysNo: {
    tick: "message",
    meaning:
      "Status 2xx, and the field that the wire profile names (`success.field`) has a value that doesn't mean success.",
    look: "The answer stands beside the run.",
  },
  destinationRefusesSegment: {
    tick: "message",
    meaning: "Create was refused: mostly the segment group doesn't exist or isn't that of these credentials.",
    look: "On Ibexa's side: Admin → Segments: is there a group with exactly this identifier; `segment_group_identifier` in the configuration of the activation.",
  },
  destinationTooLarge: {
    tick: "message",
    meaning: "Status 413: the message is larger than what stands before Ibexa takes. Batches are halved.",
    look: "On Ibexa's side: `client_max_body_size` (nginx), `LimitRequestBody` (Apache), `post_max_size` (PHP).",
  },
  destinationRefusesAll: {
    tick: "message",
    meaning:
      "Twenty people were refused one by one with the same answer, and nobody was accepted: it is the message, not the people. Nothing is held against them.",
    look: "The answer says why. Compare the wire profile with what Ibexa wants; a capture of a working connection shows it.",
  },
  destinationQueues: {
    tick: "message",
    meaning:
      "Status 202, or as many changes as make Ibexa use its queue: it took the message and hasn't carried it out yet. What fails there is not told to us.",
    look: "On Ibexa's side: does the worker run (`php bin/console messenger:consume`), and `bulk_async_threshold` of `ibexa_cdp`.",
  },
} as const satisfies Record<DestinationCode, DestinationFailure>;

export function isDestinationCode(code: string): code is DestinationCode {
  return Object.hasOwn(DESTINATION_FAILURES, code);
}
