import { type DestinationSetup, type SetupPart, setupPlaceholder } from "@peregrine/core";
import { dotenvLine } from "./dotenv.ts";
import { ibexaSettings } from "./settings.ts";
import { wireProfile } from "./wire-profile.ts";

/** Versions of Ibexa DXP that are configured otherwise, the newest first. */
const IBEXA_VERSIONS = ["5.x", "4.x", "3.3"] as const;
type IbexaVersion = (typeof IBEXA_VERSIONS)[number];

/** The settings as far as they can be used. */
interface Draft {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly segmentGroupIdentifier: string;
  readonly batchSize: number;
  readonly bulkAsyncThreshold: number;
}

/** What differs between the versions. */
interface Version {
  /** Ibexa's own configuration with one activation in it. */
  readonly configuration: (draft: Draft) => string;
  readonly configurationNotes: readonly string[];
  readonly firewall: readonly string[];
  /** From which release on it has a queue for large batches and a log channel of its own; absent: none is documented. */
  readonly since?: { readonly queue: string; readonly channel: string };
}

/** YAML in single quotes; a percent sign alone would begin a parameter of Symfony's container. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''").replaceAll("%", "%%")}'`;
}

const CREDENTIALS = [
  "client_id: '%env(CDP_ACTIVATION_CLIENT_ID)%'",
  "client_secret: '%env(CDP_ACTIVATION_CLIENT_SECRET)%'",
];

function lines(depth: number, ...text: readonly string[]): string[] {
  return text.map((line) => " ".repeat(4 * depth) + line);
}

/** Ibexa's own configuration with one activation, below its root key. */
function configured(root: string, activation: (fields: readonly string[]) => readonly string[]) {
  return ({ segmentGroupIdentifier }: Draft) =>
    [
      `${root}:`,
      ...lines(1, "system:"),
      ...lines(2, "default:"),
      ...lines(3, "cdp:"),
      ...lines(4, "account_number: 1", "activations:"),
      ...lines(
        5,
        ...activation([...CREDENTIALS, `segment_group_identifier: ${quoted(segmentGroupIdentifier)}`]),
      ),
    ].join("\n");
}

const inList = configured("ibexa", (fields) => ["-", ...lines(1, ...fields)]);
const asMap = configured("ezplatform", (fields) => fields);

const ACCOUNT_NOTE =
  "`account_number` names an account of the other CDP's service. For segments its value doesn't matter; for the export of users it is part of the address.";
const GUARD = [
  "pattern: /cdp/webhook",
  "guard:",
  "    authenticator: 'Ibexa\\Cdp\\Security\\CdpRequestAuthenticator'",
  "stateless: true",
];

const VERSIONS = {
  "5.x": {
    configuration: inList,
    configurationNotes: [ACCOUNT_NOTE],
    firewall: [
      "request_matcher: Ibexa\\Cdp\\Security\\RequestMatcher",
      "custom_authenticators:",
      "    - 'Ibexa\\Cdp\\Security\\CdpRequestAuthenticator'",
      "stateless: true",
    ],
    since: { queue: "the newer releases of 5.0", channel: "5.0.5" },
  },
  "4.x": {
    configuration: inList,
    configurationNotes: [ACCOUNT_NOTE],
    firewall: GUARD,
    since: { queue: "4.6.27", channel: "4.6.27" },
  },
  "3.3": {
    configuration: asMap,
    configurationNotes: [
      ACCOUNT_NOTE,
      "For 3.3 the credentials are documented as a map below `activations`. If the container is not built with it, make it a list, as for 4.x.",
    ],
    firewall: GUARD,
  },
} as const satisfies Record<IbexaVersion, Version>;

function versionOf(version: string): Version {
  const known = IBEXA_VERSIONS.find((one) => one === version);
  if (known === undefined) throw new TypeError(`There is no guide for Ibexa ${version}.`);
  return VERSIONS[known];
}

function textOr(title: string, value: unknown): string {
  return typeof value === "string" && value !== "" ? value : setupPlaceholder(title);
}

function titleOf(name: keyof typeof ibexaSettings.shape): string {
  return String(ibexaSettings.shape[name].meta()?.["title"]);
}

function readDraft(draft: Readonly<Record<string, unknown>>): Draft {
  const read = wireProfile.safeParse(draft["advanced"] ?? {});
  const { batchSize, bulkAsyncThreshold } = read.success ? read.data : wireProfile.parse({});
  return {
    clientId: textOr(titleOf("clientId"), draft["clientId"]),
    clientSecret: textOr(titleOf("clientSecret"), draft["clientSecret"]),
    segmentGroupIdentifier: textOr(titleOf("segmentGroupIdentifier"), draft["segmentGroupIdentifier"]),
    batchSize,
    bulkAsyncThreshold,
  };
}

function queueParts(draft: Draft, since: string): SetupPart[] {
  const { batchSize, bulkAsyncThreshold } = draft;
  const isQueued = batchSize >= bulkAsyncThreshold;
  return [
    {
      id: "queue",
      title: "Queue threshold",
      file: "config/packages/ibexa_cdp.yaml",
      language: "yaml",
      text: ["ibexa_cdp:", ...lines(1, `bulk_async_threshold: ${bulkAsyncThreshold}`)].join("\n"),
      basis: "documented",
      notes: [
        `Since ${since}; releases before it don't know the setting, so leave it out there.`,
        `Peregrine sends up to ${batchSize} changes in a message, which ${isQueued ? "reaches the threshold: they wait in the queue, and what fails there isn't told" : "stays below the threshold: they are done before the answer"}.`,
      ],
    },
    {
      id: "worker",
      title: "Worker of the queue",
      language: "sh",
      text: "php bin/console messenger:consume ibexa.messenger.transport --bus=ibexa.messenger.bus",
      basis: "documented",
      notes: [
        isQueued
          ? "Nobody enters or leaves a segment while it doesn't run. Let a process manager keep it running."
          : "Peregrine's messages don't need it with these settings; other background tasks of Ibexa do.",
        "Its transport is defined in `config/packages/ibexa_messenger.yaml`, and its table comes by a database update of Ibexa's.",
      ],
    },
  ];
}

function logPart(since: string): SetupPart {
  return {
    id: "log",
    title: "Log of the webhook",
    file: "config/packages/monolog.yaml",
    language: "yaml",
    text: [
      "when@prod:",
      ...lines(1, "monolog:"),
      ...lines(2, "handlers:"),
      ...lines(3, "cdp_webhook:"),
      ...lines(
        4,
        "type: stream",
        'path: "%kernel.logs_dir%/cdp_webhook_%kernel.environment%.log"',
        "level: debug",
        "channels: ['ibexa.cdp.webhook']",
      ),
    ].join("\n"),
    basis: "documented",
    notes: [
      `The channel exists since ${since}. Requests are logged with severity debug, so without this nothing of them stands in a production log.`,
    ],
  };
}

const PLAIN_LOG: SetupPart = {
  id: "log",
  title: "Log of the webhook",
  basis: "follows",
  notes: [
    "Requests are logged with severity debug. A production log begins above that: lower the level of its handler while you look for something.",
  ],
};

function parts(version: string, given: Readonly<Record<string, unknown>>): SetupPart[] {
  const draft = readDraft(given);
  const { configuration, configurationNotes, firewall, since } = versionOf(version);
  return [
    {
      id: "package",
      title: "Package",
      language: "sh",
      text: "composer require ibexa/cdp",
      basis: "documented",
      notes: ["It is part of Ibexa Experience and Commerce, and installed by itself."],
    },
    {
      id: "segmentGroup",
      title: "Segment group",
      basis: "documented",
      notes: [
        `In the back office, Admin → Segments → Create: a group with the identifier ${draft.segmentGroupIdentifier}. It has to be there before the first message.`,
        "Once it is connected it can't be changed, not even its name.",
      ],
    },
    {
      id: "environment",
      title: "Credentials",
      file: ".env.local",
      language: "dotenv",
      text: [
        dotenvLine("CDP_ACTIVATION_CLIENT_ID", draft.clientId),
        dotenvLine("CDP_ACTIVATION_CLIENT_SECRET", draft.clientSecret),
      ].join("\n"),
      basis: "documented",
      notes: ["They replace the published examples in `.env`. Servers may set the two variables otherwise."],
    },
    {
      id: "configuration",
      title: "Activation",
      file: "config/packages/ibexa_cdp.yaml",
      language: "yaml",
      text: configuration(draft),
      basis: "documented",
      notes: configurationNotes,
    },
    {
      id: "firewall",
      title: "Firewall of /cdp/webhook",
      file: "config/packages/security.yaml",
      language: "yaml",
      text: [
        "security:",
        ...lines(1, "firewalls:"),
        ...lines(2, "ibexa_cdp:"),
        ...lines(3, ...firewall),
      ].join("\n"),
      basis: "documented",
      notes: [
        "The rule `ibexa_cdp` stands there already, as a comment: take the comment signs away.",
        "It stands before `ibexa_front` and every other firewall whose pattern fits: Symfony takes the first.",
      ],
    },
    ...(since === undefined ? [] : queueParts(draft, since.queue)),
    since === undefined ? PLAIN_LOG : logPart(since.channel),
    {
      id: "cache",
      title: "Cache",
      language: "sh",
      text: "php bin/console cache:clear",
      basis: "follows",
      notes: ["After each change of the files above, on each server."],
    },
  ];
}

/** 128 bits for the id and 256 for the secret, in letters and digits that need no quotes anywhere. */
function credentials(random: (bytes: number) => Uint8Array): Record<string, string> {
  const hex = (bytes: number) =>
    Array.from(random(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return { clientId: hex(16), clientSecret: hex(32) };
}

/** Ibexa's side of an activation: what its public documentation says, filled in. */
export const ibexaSetup: DestinationSetup = {
  versions: IBEXA_VERSIONS,
  example: {
    clientId: "peregrine",
    clientSecret: "-".repeat(32),
    baseUrl: "https://shop.example/cdp/webhook",
    segmentGroupIdentifier: "cdp",
  },
  parts,
  credentials,
};
