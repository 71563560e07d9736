/** Who has to act before the same thing can succeed. */
export type Actor = "user" | "operator" | "destination" | "us";

interface ErrorRow {
  readonly status: number;
  readonly actor: Actor;
  readonly title: string;
  readonly remedy: string;
}

/**
 * Every expected failure, once. The API's problem details, the CLI's messages and `docs/errors` are made
 * from this table. What has no row here is a bug.
 */
export const ERRORS = {
  internal: {
    status: 500,
    actor: "us",
    title: "Something went wrong inside Peregrine",
    remedy: "Look for the id of this answer in the server's log and report it with that entry.",
  },
  notFound: {
    status: 404,
    actor: "user",
    title: "There is no such thing here",
    remedy: "Check the address and the id; lists show what exists.",
  },
  requestInvalid: {
    status: 400,
    actor: "user",
    title: "The request is not as the API expects it",
    remedy: "Correct the places that are named.",
  },
  tokenMissing: {
    status: 401,
    actor: "user",
    title: "The request has no token",
    remedy: "Send `Authorization: Bearer <token>`; `peregrine login` stores one for the command line.",
  },
  tokenUnknown: {
    status: 401,
    actor: "user",
    title: "The token is unknown or was revoked",
    remedy: "Make a new token with the role of administrator, or check that it was copied whole.",
  },
  signInRefused: {
    status: 401,
    actor: "user",
    title: "E-mail address and password don't belong together",
    remedy: "Type them again. An administrator can set a new password under Users.",
  },
  signInLimited: {
    status: 429,
    actor: "user",
    title: "Too many attempts to sign in",
    remedy: "Wait a minute, then try again.",
  },
  signedOut: {
    status: 401,
    actor: "user",
    title: "The session is over",
    remedy: "Sign in again.",
  },
  requestForged: {
    status: 403,
    actor: "user",
    title: "The request came from another site's page",
    remedy: "Use Peregrine's own pages, or a token.",
  },
  emailTaken: {
    status: 409,
    actor: "user",
    title: "There is a user with this e-mail address already",
    remedy: "Use another address, or change the user that has it.",
  },
  lastAdministrator: {
    status: 409,
    actor: "user",
    title: "The last administrator stays one",
    remedy: "Make somebody else an administrator first.",
  },
  roleTooLow: {
    status: 403,
    actor: "user",
    title: "The role doesn't allow this",
    remedy: "Use a token or sign in with the role that is named, or ask an administrator.",
  },
  bodyTooLarge: {
    status: 413,
    actor: "user",
    title: "The body is too large",
    remedy: "Send less at once: fewer rows in each body, or a file.",
  },
  mediaTypeUnknown: {
    status: 415,
    actor: "user",
    title: "The content type is not one that this address reads",
    remedy: "Send application/json, or text/csv and application/octet-stream where a file is expected.",
  },
  storeNewer: {
    status: 500,
    actor: "operator",
    title: "The control plane was written by a newer Peregrine",
    remedy: "Start the newer version again, or restore the backup that was made before the upgrade.",
  },
  storeForeign: {
    status: 500,
    actor: "operator",
    title: "The control plane's database holds something else",
    remedy: "Point DATABASE_URL or PEREGRINE_DATA to a place of Peregrine's own.",
  },
  storeUnavailable: {
    status: 503,
    actor: "operator",
    title: "The control plane's database cannot be reached",
    remedy:
      "Check that PostgreSQL runs and that DATABASE_URL names it with its user and password; a server that runs tries again by itself.",
  },
  storeBusy: {
    status: 503,
    actor: "us",
    title: "The control plane's database is busy",
    remedy: "Try again; if it lasts, look for a long transaction or another program that holds the file.",
  },
  storeDamaged: {
    status: 500,
    actor: "operator",
    title: "The control plane's file is damaged",
    remedy: "Stop Peregrine, check the disk, and restore the last backup of the data folder.",
  },
  diskFull: {
    status: 507,
    actor: "operator",
    title: "The disk is full",
    remedy: "Make room on the disk that holds the data folder or the database; nothing half done was kept.",
  },
  folderInUse: {
    status: 409,
    actor: "operator",
    title: "Another Peregrine uses this data folder",
    remedy: "Stop the other server, or give this one a folder of its own with PEREGRINE_DATA.",
  },
  folderUnusable: {
    status: 500,
    actor: "operator",
    title: "The data folder cannot be used",
    remedy: "Make it a folder that Peregrine's user may read and write, or set PEREGRINE_DATA to one.",
  },
  engineUnavailable: {
    status: 503,
    actor: "operator",
    title: "The data plane's engine cannot be reached",
    remedy:
      "Check that ClickHouse runs and that CLICKHOUSE_URL names it with its user and password, or look in the log for why the embedded engine does not start; a server that runs tries again by itself.",
  },
  engineRestarted: {
    status: 503,
    actor: "us",
    title: "The data plane's engine was started again during this work",
    remedy: "Nothing has to be done: the work is done again, and nothing of the first time was published.",
  },
  engineBusy: {
    status: 503,
    actor: "operator",
    title: "The data plane's engine has too much to do",
    remedy: "Try again; if it lasts, give the engine more processors or send less at once.",
  },
  engineMemory: {
    status: 507,
    actor: "operator",
    title: "The data plane's engine has too little memory for this",
    remedy: "Give the machine more memory, or raise PEREGRINE_ENGINE_MEMORY if it has some to spare.",
  },
  engineNewer: {
    status: 500,
    actor: "operator",
    title: "The data plane was written by a newer Peregrine",
    remedy: "Start the newer version again, or restore the backup that was made before the upgrade.",
  },
  queryTimeout: {
    status: 504,
    actor: "us",
    title: "The data plane's engine did not finish in time",
    remedy: "Try again when less is going on; if it lasts, report what was asked for.",
  },
  leaseLost: {
    status: 409,
    actor: "us",
    title: "Another worker has taken this work over",
    remedy: "Nothing has to be done: the other worker goes on, and nothing of this one was published.",
  },
  importUnderWay: {
    status: 409,
    actor: "user",
    title: "The import has not ended yet",
    remedy: "Wait for its end; `peregrine import show` says how far it is.",
  },
  importReplaced: {
    status: 409,
    actor: "user",
    title: "Nothing of this import counts any more",
    remedy: "Run the import again that replaced it, or send the file anew.",
  },
  uploadGone: {
    status: 410,
    actor: "user",
    title: "The file of this import is not kept any more",
    remedy: "Send the file again; those of imports that came to nothing are kept for a week.",
  },
  dataflowDraft: {
    status: 409,
    actor: "user",
    title: "The dataflow is a draft",
    remedy: "Activate it first: nothing of a draft is taken in, so there is nothing to pause.",
  },
  rebuildRunning: {
    status: 409,
    actor: "user",
    title: "A rebuild is running already",
    remedy: "Wait for it to end; `GET /api/v1/rebuild` shows how far it is.",
  },
  operationClosed: {
    status: 409,
    actor: "us",
    title: "This operation was published or abandoned before",
    remedy: "Start the work again; what it wrote before stays invisible.",
  },
  secretKeyInvalid: {
    status: 500,
    actor: "operator",
    title: "The key for secrets is not 32 bytes in base64",
    remedy: "Make one with `openssl rand -base64 32` and set it as PEREGRINE_SECRET_KEY.",
  },
  secretKeyWrong: {
    status: 500,
    actor: "operator",
    title: "The stored secrets were encrypted with another key",
    remedy:
      "Set PEREGRINE_SECRET_KEY, or put the file secret.key, as they were when the secrets were stored.",
  },
  setupCodeWrong: {
    status: 403,
    actor: "user",
    title: "The set-up code is wrong or was used before",
    remedy:
      "Use the code that `peregrine serve` printed at its first start, or set PEREGRINE_SETUP_CODE anew.",
  },
  configurationInvalid: {
    status: 500,
    actor: "operator",
    title: "The configuration has faults",
    remedy: "Correct the variables that are named; docs/configuration.md lists them all.",
  },
  cursorInvalid: {
    status: 400,
    actor: "user",
    title: "This cursor is not one of this list",
    remedy: "Begin again without `cursor`, and pass on `next` exactly as it came.",
  },
  definitionInvalid: {
    status: 422,
    actor: "user",
    title: "The definitions have faults",
    remedy: "Correct the places that are named; nothing was changed.",
  },
  idTaken: {
    status: 409,
    actor: "user",
    title: "This id is in use",
    remedy: "Give another id, or save the one that has it with PUT, which changes it.",
  },
  savedMeanwhile: {
    status: 409,
    actor: "user",
    title: "Somebody else saved this in the meantime",
    remedy: "Look at what was saved; then save over it by naming its version, or leave it as it is.",
  },
  activationTypeUnknown: {
    status: 422,
    actor: "user",
    title: "There is no such activation type",
    remedy: "Name one of the activation types that this installation has, such as `ibexa`.",
  },
  activationInvalid: {
    status: 422,
    actor: "user",
    title: "The activation cannot be saved like this",
    remedy: "Correct the places that are named; nothing was changed.",
  },
  activationFixed: {
    status: 409,
    actor: "user",
    title: "This can't be changed any more, because people were already accepted there",
    remedy: "Create a second activation with the new values, and take this one's people out when it works.",
  },
  activationMoved: {
    status: 409,
    actor: "user",
    title: "The address changed, and it isn't said whether it is the same destination",
    remedy:
      "Say `--destination same` if it is the same one at a new address, or `--destination different` to start from nothing accepted; in the API `destination=same` or `destination=different`.",
  },
  ruleInvalid: {
    status: 422,
    actor: "user",
    title: "The rule has faults",
    remedy: "Correct the places that are named; docs/rules.md explains the language.",
  },
  evaluationBusy: {
    status: 503,
    actor: "us",
    title: "Another evaluation did not end in time",
    remedy: "Nothing has to be done: it is tried again. If it lasts, look for a process that hangs.",
  },
  audienceSentTwice: {
    status: 409,
    actor: "user",
    title: "Another activation already sends this audience to the same place",
    remedy: "Take the audience off one of the two: a segment's identifier is unique at the destination.",
  },
  takeOverUnconfirmed: {
    status: 409,
    actor: "user",
    title: "The segment is not taken over unless somebody confirms it",
    remedy:
      "Look at the preview. If it is what you want, confirm it with the audience's id: `force` in the API, `--force` on the command line.",
  },
  memberListEmpty: {
    status: 422,
    actor: "user",
    title: "The list names nobody",
    remedy:
      "Check the file: each person stands with the audience's id, as the other CDP and Ibexa know it. Without people there is nothing to take over.",
  },
  activationRunning: {
    status: 409,
    actor: "user",
    title: "A run of this activation is under way",
    remedy: "Wait until it has ended; `peregrine activation status` shows how far it is.",
  },
  activationPaused: {
    status: 409,
    actor: "user",
    title: "The activation is paused",
    remedy: "Set its state to `active` first.",
  },
  personIdentifierUnavailable: {
    status: 422,
    actor: "user",
    title: "The activation's person identifier isn't available",
    remedy:
      "Define the identifier with `limit: one` and make it the Person Identifier, or a mapped column, of an active dataflow's schema.",
  },
  destinationUnreachable: {
    status: 502,
    actor: "operator",
    title: "The destination can't be reached",
    remedy:
      "Check the Base URL's host, DNS, firewall and certificate from this machine. It is tried again by itself; nothing was lost.",
  },
  destinationHostUnknown: {
    status: 502,
    actor: "user",
    title: "There is no such host",
    remedy:
      "Check the host in the Base URL letter by letter, and that this machine's DNS knows it. It is tried again by itself; nothing was lost.",
  },
  destinationRefusesConnection: {
    status: 502,
    actor: "operator",
    title: "The destination's host refuses the connection",
    remedy:
      "Check the port in the Base URL, that the web server runs there, and the firewall between. It is tried again by itself; nothing was lost.",
  },
  destinationCertificate: {
    status: 502,
    actor: "operator",
    title: "The destination's certificate isn't trusted",
    remedy:
      "Mend the certificate (name, dates, chain). Where an authority of your own signs it, put its certificate into `advanced.certificateAuthority`.",
  },
  destinationReset: {
    status: 502,
    actor: "destination",
    title: "The destination closed the connection without an answer",
    remedy:
      "Look for a firewall, a proxy or a worker that ends early. It is tried again by itself; nothing was lost.",
  },
  proxyUnreachable: {
    status: 502,
    actor: "operator",
    title: "The outgoing proxy can't be used",
    remedy:
      "Check `advanced.proxy`, and that the proxy may connect to the destination's host. It is tried again by itself.",
  },
  proxyCredentials: {
    status: 502,
    actor: "operator",
    title: "The outgoing proxy refused the credentials",
    remedy: "Set the proxy credentials as `user:password`. Nothing was lost.",
  },
  tokenUnreachable: {
    status: 502,
    actor: "operator",
    title: "The address that gives out tokens can't be reached",
    remedy:
      "Check `advanced.credentials.tokenUrl`: host, path, DNS, firewall and certificate. It is tried again by itself.",
  },
  tokenRefused: {
    status: 502,
    actor: "user",
    title: "The address that gives out tokens refused the client id or its secret",
    remedy:
      "Check the client id and secret for the token, the scope, and whether they are expected by Basic or in the form. Nothing was lost.",
  },
  tokenAnswerUnexpected: {
    status: 502,
    actor: "user",
    title: "The address that gives out tokens answered without one",
    remedy: "Check `advanced.credentials.tokenUrl`: it must answer OAuth 2.0 client credentials with JSON.",
  },
  destinationTimeout: {
    status: 504,
    actor: "destination",
    title: "The destination didn't answer in time",
    remedy: "Look at the load of the destination. It is tried again by itself; nothing was lost.",
  },
  destinationAnswerBroken: {
    status: 502,
    actor: "destination",
    title: "The destination's answer broke off",
    remedy: "Look for a proxy or a worker that ends early. It is tried again by itself; nothing was lost.",
  },
  destinationBusy: {
    status: 503,
    actor: "destination",
    title: "The destination asks to be sent less",
    remedy: "Nothing to do: its `Retry-After` is obeyed. If it stays so, lower the requests at once.",
  },
  destinationUnavailable: {
    status: 503,
    actor: "destination",
    title: "The destination says that it isn't available just now",
    remedy:
      "Look whether it is in maintenance or overloaded. Its `Retry-After` is obeyed, and it is tried again by itself; nothing was lost.",
  },
  destinationGateway: {
    status: 502,
    actor: "destination",
    title: "What stands before the destination got no answer from it",
    remedy:
      "Look into the log of the web server or load balancer before Ibexa: PHP doesn't answer it in time. It is tried again by itself.",
  },
  destinationSlow: {
    status: 504,
    actor: "destination",
    title: "The destination answers slowly",
    remedy:
      "Look at its load; raise `advanced.timeoutSeconds`, or lower the batch size and the requests at once.",
  },
  destinationQueues: {
    status: 502,
    actor: "destination",
    title: "The destination put the message into its queue",
    remedy:
      "See that its queue's worker runs. To be told of each person, keep the batch size below Ibexa's `bulk_async_threshold`.",
  },
  destinationFailing: {
    status: 502,
    actor: "destination",
    title: "The destination answered with an error of its own",
    remedy: "Look into the destination's log. It is tried again by itself; nothing was lost.",
  },
  destinationCredentials: {
    status: 502,
    actor: "user",
    title: "The destination refused the credentials",
    remedy:
      "Client Id and Client Secret must equal those in the destination's configuration, Ibexa's `.env`; clear its cache after a change. Nothing was lost.",
  },
  destinationForbidden: {
    status: 502,
    actor: "user",
    title: "The destination knows the credentials and doesn't allow the message",
    remedy:
      "Look at the firewall rule for /cdp/webhook and at what stands before it (address filter, web application firewall). Nothing was lost.",
  },
  destinationNotFound: {
    status: 502,
    actor: "user",
    title: "The destination doesn't know the address or the segment group",
    remedy:
      "Check that the Base URL ends in /cdp/webhook and that the segment group exists with exactly this identifier.",
  },
  destinationConfiguration: {
    status: 502,
    actor: "operator",
    title: "The destination doesn't take messages of this form at this address",
    remedy: "Check the Base URL and the advanced settings against the destination's version.",
  },
  destinationRedirects: {
    status: 502,
    actor: "user",
    title: "The address redirects to another one",
    remedy: "Put the address that it redirects to into the Base URL, if it is yours.",
  },
  destinationWebPage: {
    status: 502,
    actor: "user",
    title: "The address answered with a web page, not the webhook",
    remedy:
      "Check the Base URL, and that no login page stands before /cdp/webhook. Nobody was counted as sent.",
  },
  destinationAnswerUnexpected: {
    status: 502,
    actor: "operator",
    title: "The destination answered with something that the webhook never answers",
    remedy: "Check the Base URL and what stands before the webhook. Nobody was counted as sent.",
  },
  destinationSaysNo: {
    status: 502,
    actor: "user",
    title: "The destination answered with success, and its body says otherwise",
    remedy:
      "Read its answer; if it means success, correct `advanced.success`. Nobody of it was counted as sent.",
  },
  destinationRefused: {
    status: 502,
    actor: "user",
    title: "The destination refused the message",
    remedy:
      "Read its answer. Where it is about a person, it stands beside them, and they are sent again from time to time.",
  },
  destinationRefusesHeartbeat: {
    status: 502,
    actor: "user",
    title: "The destination refused a message that is about nobody",
    remedy:
      "If the answer says that there is no such segment group, create it there or correct Segment Group Identifier; else read what the answer says of the message.",
  },
  destinationRefusesPerson: {
    status: 502,
    actor: "user",
    title: "The destination refused this person",
    remedy:
      "Check that there is an Ibexa user with exactly this id; read its answer. Other people are not held up by it.",
  },
  holdOver: {
    status: 409,
    actor: "user",
    title: "What was held is not held any more, or others are",
    remedy: "Look at what is held now, and decide about that: `peregrine activation holds ID` lists it.",
  },
  messageUnsettled: {
    status: 409,
    actor: "us",
    title: "An earlier message about this person may still be carried out",
    remedy: "Try again in a minute: until then the opposite could be overtaken by it.",
  },
  destinationRefusesSegment: {
    status: 502,
    actor: "user",
    title: "The destination refused to make the segment",
    remedy:
      "Check that the segment group exists there with exactly this identifier, and that the client id belongs to it; the answer says more. Nobody of this audience was sent.",
  },
  destinationTooLarge: {
    status: 502,
    actor: "operator",
    title: "The destination refused the message as too large",
    remedy: "Lower the batch size, or raise the destination's limit.",
  },
  destinationRefusesAll: {
    status: 502,
    actor: "operator",
    title: "The destination refuses everybody with the same answer: it is the message, not the people",
    remedy:
      "Read its answer; compare the advanced settings and the segment group with the destination's configuration.",
  },
  fileEmpty: {
    status: 422,
    actor: "user",
    title: "The file has no rows",
    remedy:
      "Send a file with at least one row (and, of CSV, a header line); look whether the export that made it has failed.",
  },
  fileNotCsv: {
    status: 422,
    actor: "user",
    title: "The file is not CSV",
    remedy:
      "Send comma-separated text in UTF-8 with a header line, JSON or Parquet; plain or packed with gzip or zstd. See docs/files.md.",
  },
  fileNotJson: {
    status: 422,
    actor: "user",
    title: "The file is not JSON rows",
    remedy: "Send objects in UTF-8, one on each line or in one array.",
  },
  fileNotParquet: {
    status: 422,
    actor: "user",
    title: "The file is not Parquet that can be read",
    remedy: "Write the file anew, or send its rows as JSON lines.",
  },
  fileCutOff: {
    status: 422,
    actor: "user",
    title: "The file is cut off or damaged",
    remedy: "Make or copy the file anew and send it whole; nothing of it was taken in.",
  },
  fileHeaderInvalid: {
    status: 422,
    actor: "user",
    title: "The file's first line is not a usable header",
    remedy: "Give each column a name of its own in the first line.",
  },
  fileDoesNotFit: {
    status: 422,
    actor: "user",
    title: "The file does not fit the dataflow's mapping",
    remedy:
      "Send the file with the columns that the dataflow reads, or change the dataflow's mapping and send it again.",
  },
  tooManyRefused: {
    status: 422,
    actor: "user",
    title: "Too many rows are broken, so nothing of the file was taken in",
    remedy:
      "Fetch the refused rows, mend the file or the mapping, and send it again; or raise the dataflow's `refuseAbove`.",
  },
  streamIdUnknown: {
    status: 401,
    actor: "user",
    title: "The stream id is missing, unknown or was revoked",
    remedy:
      "Send the header `x-streamid` with the stream id of the dataflow; `peregrine stream-id create DATAFLOW` makes one.",
  },
  streamIdTaken: {
    status: 409,
    actor: "user",
    title: "The stream id is in use",
    remedy: "Each dataflow needs a stream id of its own; `peregrine stream-id list` shows whose it is.",
  },
  rowsInvalid: {
    status: 400,
    actor: "user",
    title: "The body is not a JSON array of objects",
    remedy: "Send an array with one object for each row, `[{…},{…}]`; nothing of this body was kept.",
  },
  streamNotActive: {
    status: 409,
    actor: "user",
    title: "The dataflow does not take rows yet",
    remedy: "Activate the dataflow, or send the rows with `x-isdraft: true` to have them validated only.",
  },
  snapshotNeeded: {
    status: 409,
    actor: "user",
    title: "The dataflow takes complete snapshots only",
    remedy:
      "Open a snapshot with `POST /stream/{accountId}/snapshots`, send its rows with the header `x-snapshot`, and complete it; or let the dataflow append.",
  },
  snapshotIncomplete: {
    status: 409,
    actor: "user",
    title: "The snapshot does not hold what it should",
    remedy: "Send the rows that are missing and complete it again, or drop it and begin anew.",
  },
  repeatDiffers: {
    status: 422,
    actor: "user",
    title: "The idempotency key was used for other rows",
    remedy: "Use a new key for each delivery, and the same key only to repeat one that was not answered.",
  },
  streamBusy: {
    status: 429,
    actor: "user",
    title: "Too much is waiting to be taken in",
    remedy: "Send the same rows again after the time that the header `Retry-After` gives.",
  },
  bodyTooSlow: {
    status: 408,
    actor: "user",
    title: "The body did not come in time",
    remedy: "Send the rows again, fewer at once over a slow connection; nothing of this body was kept.",
  },
  segmentDamaged: {
    status: 500,
    actor: "operator",
    title: "A file of rows that came as a stream is damaged",
    remedy:
      "Check the disk; restore the folder `streams` from a backup, and start the server again: it tries the import again.",
  },
  uploadBroken: {
    status: 400,
    actor: "user",
    title: "The upload ended before the file did",
    remedy: "Send the file again; nothing of it was kept.",
  },
  uploadElsewhere: {
    status: 421,
    actor: "operator",
    title: "This server takes no files",
    remedy: "Send the file to a server that runs with the role `ingest` (PEREGRINE_ROLES).",
  },
  uploadLost: {
    status: 410,
    actor: "user",
    title: "The uploaded file is gone",
    remedy: "Send the file again; the server stopped before it had taken it in.",
  },
  planesApart: {
    status: 500,
    actor: "operator",
    title: "The control plane and the data plane don't belong together",
    remedy:
      "Point PEREGRINE_DATA, DATABASE_URL and CLICKHOUSE_URL to one installation; restore both from one backup if one was lost.",
  },
  portInUse: {
    status: 500,
    actor: "operator",
    title: "The address to listen on is not free",
    remedy:
      "Set PEREGRINE_HOST and PEREGRINE_PORT to an address of this machine that is free; port 0 takes any.",
  },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** What to do about a code that was stored or came from elsewhere; empty for one that the table doesn't have. */
export function remedyOf(code: string): string {
  return Object.hasOwn(ERRORS, code) ? ERRORS[code as ErrorCode].remedy : "";
}

/** One thing that is wrong, and where. */
export interface Fault {
  /** The place: a JSON path such as `/rule/all/1/have/attribute`, or a line such as `line 17, column Price`. */
  readonly path: string;
  readonly message: string;
  readonly remedy?: string;
}

/** An expected failure: it has a row in {@link ERRORS}, says where it is and what to do. */
export class PeregrineError extends Error {
  override readonly name = "PeregrineError";
  readonly code: ErrorCode;
  /** What happened here, in one sentence; never holds a secret. */
  readonly detail: string;
  readonly faults: readonly Fault[];
  /** What to do: the row's remedy, unless this one failure has a better one. */
  readonly remedy: string;
  /** When the same may be tried again, in seconds from now; the API's `Retry-After`. */
  readonly retryAfter: number | undefined;

  constructor(
    code: ErrorCode,
    options: {
      readonly detail?: string;
      readonly faults?: readonly Fault[];
      readonly remedy?: string;
      readonly retryAfter?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    const detail = options.detail ?? ERRORS[code].title;
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.faults = options.faults ?? [];
    this.remedy = options.remedy ?? ERRORS[code].remedy;
    this.retryAfter = options.retryAfter;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }

  get actor(): Actor {
    return ERRORS[this.code].actor;
  }

  get title(): string {
    return ERRORS[this.code].title;
  }
}
