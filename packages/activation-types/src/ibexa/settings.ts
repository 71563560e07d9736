import type { SettingWarning } from "@peregrine/core";
import { z } from "zod";
import { headerLines, headersOf } from "./header.ts";
import { headersTaken, wireProfile } from "./wire-profile.ts";

const webhookUrl = z
  .url({
    protocol: /^https?$/,
    error: "an address that begins with https://, such as https://ibexa.co/cdp/webhook",
  })
  .max(2000)
  .refine((url) => !/^https?:\/\/[^/]*@/.test(url), "must not hold a user name or password");

/** The settings of the Ibexa step, in its order and by its labels; then what is under "Advanced". */
export const ibexaSettings = z
  .strictObject({
    clientSecret: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[\x21-\x7e]+$/, "visible ASCII characters without spaces")
      .meta({ title: "Client Secret", secret: true }),
    clientId: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[\x21-\x7e]+$/, "visible ASCII characters without spaces")
      .meta({ title: "Client Id" }),
    baseUrl: webhookUrl.meta({
      title: "Base URL",
      description: "The address of the Ibexa instance with /cdp/webhook at its end.",
    }),
    segmentGroupIdentifier: z
      .string()
      .min(1)
      .max(255)
      .regex(/^[^\p{Cc}]*$/u, "must not hold line breaks or other control characters")
      .meta({ title: "Segment Group Identifier" }),
    advanced: wireProfile.prefault({}).meta({ title: "Advanced" }),
    extraHeaders: headerLines.optional().meta({
      title: "Extra headers",
      description:
        "Lines of `Name: value`, sent with every message; for instance what opens a staging server.",
      secret: true,
    }),
    proxyCredentials: z
      .string()
      .max(500)
      .regex(/^[\x21-\x39\x3b-\x7e]+:[\x21-\x7e]*$/, "is `user:password` in visible ASCII characters")
      .optional()
      .meta({
        title: "Proxy credentials",
        description: "`user:password` for the outgoing proxy.",
        secret: true,
      }),
    tokenClientSecret: z
      .string()
      .min(1)
      .max(500)
      .regex(/^[\x21-\x7e]+$/, "visible ASCII characters without spaces")
      .optional()
      .meta({
        title: "Token client secret",
        description: "For the OAuth 2.0 token, where it isn't the Client Secret.",
        secret: true,
      }),
  })
  .meta({ id: "IbexaSettings" });

export type IbexaSettings = z.output<typeof ibexaSettings>;

/** Ibexa's recipe publishes these as its defaults: anyone knows them. */
const PUBLISHED = { clientId: "123456", clientSecret: "abcdef" };
const WEBHOOK_PATH = "/cdp/webhook";

/** Mistakes that a person makes when copying the four values, each with the value to use instead. */
export function ibexaWarnings(settings: IbexaSettings): SettingWarning[] {
  const warnings: SettingWarning[] = [];
  const url = new URL(settings.baseUrl);
  if (settings.clientId === PUBLISHED.clientId || settings.clientSecret === PUBLISHED.clientSecret) {
    warnings.push({
      path:
        settings.clientSecret === PUBLISHED.clientSecret ? "/settings/clientSecret" : "/settings/clientId",
      message:
        "`123456` / `abcdef` are Ibexa's published examples; anyone knows them. Use values of your own.",
      generate: ["/settings/clientId", "/settings/clientSecret"],
    });
  }
  const path = url.pathname.replace(/\/+$/, "");
  if (!path.endsWith(WEBHOOK_PATH)) {
    const use = new URL(url);
    use.pathname = path + WEBHOOK_PATH;
    warnings.push({
      path: "/settings/baseUrl",
      message: `This looks like your site's address. The webhook is ${use.href}.`,
      use: use.href,
    });
  } else if (url.pathname.endsWith("/")) {
    const use = new URL(url);
    use.pathname = path;
    warnings.push({
      path: "/settings/baseUrl",
      message: "The slash at the end makes most Ibexa installations redirect, and a redirect isn't followed.",
      use: use.href,
    });
  }
  if (url.protocol === "http:" && !["localhost", "127.0.0.1", "[::1]"].includes(url.hostname)) {
    warnings.push({
      path: "/settings/baseUrl",
      message: "Client Secret and user ids travel readable for everybody on the way. Use https.",
      use: url.href.replace(/^http:/, "https:"),
    });
  }
  warnings.push(...headerWarnings(settings), ...proxyWarnings(settings), ...queueWarnings(settings));
  return warnings;
}

/** Settings that would cancel each other out: the secret ones are stored apart, so the schema can't compare them. */
function headerWarnings(settings: IbexaSettings): SettingWarning[] {
  const taken = new Set(headersTaken(settings.advanced).map(([name]) => name));
  const lost = Object.keys(headersOf(settings.extraHeaders)).filter((name) => taken.has(name));
  return lost.map((name) => ({
    path: "/settings/extraHeaders",
    message: `The extra header ${name} isn't sent: the credentials or the segment group use this header.`,
  }));
}

function proxyWarnings(settings: IbexaSettings): SettingWarning[] {
  if (settings.proxyCredentials === undefined || settings.advanced.proxy !== undefined) return [];
  return [{ path: "/settings/advanced/proxy", message: "There are proxy credentials, and no proxy." }];
}

/** From the threshold on an answer says nothing about a single person. */
function queueWarnings({ advanced: { batchSize, bulkAsyncThreshold } }: IbexaSettings): SettingWarning[] {
  if (batchSize < bulkAsyncThreshold || bulkAsyncThreshold === 1) return [];
  return [
    {
      path: "/settings/advanced/batchSize",
      message: `From ${bulkAsyncThreshold} changes on, Ibexa only puts a batch into its queue: what fails there is never told.`,
      use: bulkAsyncThreshold - 1,
    },
  ];
}

/** One Ibexa, however its address is written: host and path, without scheme, default port and slash at the end. */
export function ibexaTarget(settings: Pick<IbexaSettings, "baseUrl">): string {
  const url = new URL(settings.baseUrl);
  return url.host + url.pathname.replace(/\/+$/, "");
}
