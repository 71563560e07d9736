import { z } from "zod";
import { headerName } from "./header.ts";
import { certificates } from "./pem.ts";
import { KEY_SPELLINGS } from "./spelling.ts";

/** The five messages. */
export const ACTIONS = ["create", "membershipChanges", "metadata", "detach", "heartbeat"] as const;
export type IbexaAction = (typeof ACTIONS)[number];

const status = z.int().min(300).max(599);
const text = z.string().min(1).max(255);
/** What the messages are called on the pages. */
const MESSAGES = {
  create: "Create",
  membershipChanges: "Membership changes",
  metadata: "Metadata",
  detach: "Detach",
  heartbeat: "Heartbeat",
} as const satisfies Record<IbexaAction, string>;
const updateType = (name: IbexaAction) =>
  text.default(name).meta({ title: `Update type of ${MESSAGES[name]}` });
const path = (name: IbexaAction) =>
  z
    .string()
    .max(500)
    .regex(/^\/[^\s?#]*$/, "begins with a slash, without spaces, `?` and `#`")
    .optional()
    .meta({ title: `Path of ${MESSAGES[name]}` });
const address = z
  .url({ protocol: /^https?$/, error: "an address that begins with https:// or http://" })
  .max(2000)
  .refine((url) => !/^https?:\/\/[^/]*@/.test(url), "must not hold a user name or password");

const credentials = z
  .discriminatedUnion("in", [
    z.strictObject({
      in: z.literal("headers").describe("Two headers."),
      idName: headerName
        .default("X-CLIENT-ID")
        .describe("The header of the Client Id.")
        .meta({ title: "Header of the Client Id" }),
      secretName: headerName
        .default("X-CLIENT-SECRET")
        .describe("The header of the Client Secret.")
        .meta({ title: "Header of the Client Secret" }),
    }),
    z.strictObject({ in: z.literal("basic").describe("HTTP Basic: `Authorization: Basic …`.") }),
    z.strictObject({
      in: z
        .literal("oauth")
        .describe("A bearer token that is fetched with OAuth 2.0 client credentials, kept and renewed."),
      tokenUrl: address.describe("Where the token is fetched.").meta({ title: "Token URL" }),
      clientId: z
        .string()
        .max(500)
        .regex(/^[\x21-\x7e]+$/, "visible ASCII characters without spaces")
        .optional()
        .describe("For the token; else the activation's Client Id.")
        .meta({ title: "Client Id for the token" }),
      authentication: z
        .enum(["basic", "body"])
        .default("basic")
        .describe("How id and secret reach the token's address: HTTP Basic, or fields of the form.")
        .meta({ title: "Credentials at the token URL" }),
      scope: z
        .string()
        .min(1)
        .max(1000)
        .optional()
        .describe("Asked for with the token.")
        .meta({ title: "Scope of the token" }),
    }),
    z.strictObject({
      in: z.literal("body").describe("Two fields of the message, beside `updateType`."),
      idName: text
        .optional()
        .describe("Else `clientId` in the profile's spelling.")
        .meta({ title: "Field of the Client Id" }),
      secretName: text
        .optional()
        .describe("Else `clientSecret` in the profile's spelling.")
        .meta({ title: "Field of the Client Secret" }),
    }),
  ])
  .prefault({ in: "headers" });

const segmentGroup = z
  .discriminatedUnion("in", [
    z.strictObject({ in: z.literal("body").describe("The field `segmentGroupIdentifier`.") }),
    z.strictObject({
      in: z.literal("header").describe("A header, and no field."),
      name: headerName
        .default("X-SEGMENT-GROUP")
        .describe("The header's name.")
        .meta({ title: "Header of the segment group" }),
    }),
  ])
  .prefault({ in: "body" });

const success = z
  .strictObject({
    body: z
      .enum(["emptyOrJson", "json", "notWebPage"])
      .default("emptyOrJson")
      .describe("What a 2xx must hold to count: nothing or JSON; JSON; anything but a web page.")
      .meta({ title: "Body of a success" }),
    field: z
      .string()
      .max(500)
      .regex(/^(\/([^~/]|~[01])*)+$/, "is a JSON pointer such as `/status`")
      .optional()
      .describe("JSON pointer (RFC 6901) to the field that says whether it was done. Needs `equals`.")
      .meta({ title: "Field that says whether it was done" }),
    equals: z
      .array(z.union([text, z.number(), z.boolean()]))
      .min(1)
      .max(20)
      .optional()
      .describe("The values that mean done; any other is a refusal.")
      .meta({ title: "Values that mean done" }),
  })
  .refine(({ field, equals }) => (field === undefined) === (equals === undefined), {
    error: "`field` and `equals` stand together",
  })
  .prefault({});

/**
 * How messages to Ibexa are spelt. Ibexa documents its PHP message classes; their JSON spelling is not public, so
 * every setting here is a default of ours. `version` grows when a setting's meaning changes, never when one is added.
 */
export const wireProfile = z
  .strictObject({
    version: z.literal(1).default(1).describe("Of this list of settings."),
    method: z
      .enum(["POST", "PUT", "PATCH"])
      .default("POST")
      .describe("The HTTP method of all messages.")
      .meta({ title: "HTTP method" }),
    contentType: z
      .string()
      .max(100)
      .regex(/^[\w.+-]+\/[\w.+-]+(; ?[\w-]+=[\w-]+)*$/, "is a media type such as `application/json`")
      .default("application/json")
      .describe("The messages stay JSON in UTF-8, whatever it says.")
      .meta({ title: "Content type" }),
    credentials: credentials
      .describe("How Client Id and Client Secret are shown.")
      .meta({ title: "Credentials" }),
    keySpelling: z
      .enum(KEY_SPELLINGS)
      .default("camelCase")
      .describe("Of the messages' keys.")
      .meta({ title: "Spelling of keys" }),
    updateTypes: z
      .strictObject({
        create: updateType("create"),
        membershipChanges: updateType("membershipChanges"),
        metadata: updateType("metadata"),
        detach: updateType("detach"),
        heartbeat: updateType("heartbeat"),
      })
      .refine(
        (types) => new Set(Object.values(types)).size === ACTIONS.length,
        "must differ from one another",
      )
      .prefault({})
      .describe("What `updateType` says for each message.")
      .meta({ title: "Update types" }),
    segmentGroup: segmentGroup
      .describe("Where the Segment Group Identifier stands.")
      .meta({ title: "Place of the segment group" }),
    personIdType: text
      .optional()
      .describe("Sent with every change; left out, Ibexa takes `user-id`.")
      .meta({ title: "Person id type" }),
    paths: z
      .strictObject({
        create: path("create"),
        membershipChanges: path("membershipChanges"),
        metadata: path("metadata"),
        detach: path("detach"),
        heartbeat: path("heartbeat"),
      })
      .prefault({})
      .describe("Added to the Base URL for a message; without one, it goes to the Base URL itself.")
      .meta({ title: "Paths" }),
    success: success.describe("When a 2xx counts. A web page never does.").meta({ title: "Success" }),
    alreadyThere: z
      .array(status)
      .max(10)
      .default([409])
      .describe("Statuses on Create that say: the segment exists already, which is done.")
      .meta({ title: "Already there" }),
    alreadyGone: z
      .array(status)
      .max(10)
      .default([404])
      .describe("Statuses on Detach that say: the segment is gone already, which is done.")
      .meta({ title: "Already gone" }),
    statuses: z
      .record(
        z.string().regex(/^[45]\d\d$/, "is a status from 400 to 599"),
        z.enum(["retried", "refused", "stops"]),
      )
      .default({})
      .describe(
        "Statuses that mean something else here than in the table of answers: sent again, refused (a batch is halved), or the run stops.",
      )
      .meta({ title: "Other statuses" }),
    bulkAsyncThreshold: z
      .int()
      .min(1)
      .max(1_000_000)
      .default(100)
      .describe("From so many changes on, Ibexa puts a batch into its queue and answers before it is done.")
      .meta({ title: "Queue threshold" }),
    batchSize: z
      .int()
      .min(1)
      .max(10_000)
      .default(99)
      .describe("Changes in one message.")
      .meta({ title: "Batch size" }),
    requestsAtOnce: z
      .int()
      .min(1)
      .max(64)
      .default(4)
      .describe("Messages under way at the same time.")
      .meta({ title: "Requests at once" }),
    requestsPerSecond: z
      .number()
      .min(0.01)
      .max(10_000)
      .optional()
      .describe("At most so many, repetitions and all messages together; without it, no limit.")
      .meta({ title: "Requests per second" }),
    timeoutSeconds: z
      .number()
      .min(0.05)
      .max(600)
      .default(30)
      .describe("From the first byte sent to the last read.")
      .meta({ title: "Time-out in seconds" }),
    proxy: address
      .refine((url) => URL.canParse(url) && /^\/?$/.test(new URL(url).pathname), "has no path")
      .optional()
      .describe("An outgoing HTTP proxy, such as `http://proxy.example:3128`; its credentials are a secret.")
      .meta({ title: "Outgoing proxy" }),
    certificateAuthority: certificates
      .optional()
      .describe(
        "Certificates (PEM) of an authority of your own, trusted for this destination beside the known ones.",
      )
      .meta({ title: "Own certificate authority" }),
  })
  .superRefine((profile, context) => {
    for (const [index, [name, where]] of headersTaken(profile).entries()) {
      const twin = headersTaken(profile).findIndex(([other]) => other === name);
      if (twin !== index) context.addIssue({ code: "custom", path: [...where], message: "is used twice" });
    }
  })
  .meta({ id: "IbexaWireProfile" });

export type WireProfile = z.output<typeof wireProfile>;

/** Headers that the profile fills itself, by name in lower case, each with the setting that names it. */
export function headersTaken(profile: Pick<WireProfile, "credentials" | "segmentGroup">) {
  const taken: [name: string, where: readonly string[]][] = [];
  const { credentials: shown, segmentGroup: group } = profile;
  if (shown.in === "headers") {
    taken.push([shown.idName.toLowerCase(), ["credentials", "idName"]]);
    taken.push([shown.secretName.toLowerCase(), ["credentials", "secretName"]]);
  }
  if (shown.in === "basic" || shown.in === "oauth") taken.push(["authorization", ["credentials", "in"]]);
  if (group.in === "header") taken.push([group.name.toLowerCase(), ["segmentGroup", "name"]]);
  return taken;
}
