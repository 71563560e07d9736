/** Settings of the wire profile by name, some of them with settings below. */
export type Profile = Readonly<Record<string, unknown>>;

/** What is typed into the Ibexa step: texts, as the fields have them. */
export interface IbexaValues {
  readonly clientSecret: string;
  readonly clientId: string;
  readonly baseUrl: string;
  readonly segmentGroupIdentifier: string;
  /** What differs from the wire profile's defaults. */
  readonly advanced: Profile;
  readonly extraHeaders: string;
  readonly proxyCredentials: string;
  readonly tokenClientSecret: string;
}

export const NO_VALUES: IbexaValues = {
  clientSecret: "",
  clientId: "",
  baseUrl: "",
  segmentGroupIdentifier: "",
  advanced: {},
  extraHeaders: "",
  proxyCredentials: "",
  tokenClientSecret: "",
};

/** The four fields of the guide, in its order. */
export const REQUIRED_FIELDS = ["clientSecret", "clientId", "baseUrl", "segmentGroupIdentifier"] as const;
/** Never kept by the browser, and never read back from the server. */
export const SECRET_FIELDS = [
  "clientSecret",
  "extraHeaders",
  "proxyCredentials",
  "tokenClientSecret",
] as const;

const TEXTS = [...REQUIRED_FIELDS, "extraHeaders", "proxyCredentials", "tokenClientSecret"] as const;

/** The settings as the API wants them; what is empty is left out, so that a stored secret stays. */
export function settingsOf(values: IbexaValues): Record<string, unknown> {
  // By name: what is given may have more, as the wizard's draft has.
  const filled = TEXTS.map((name) => [name, values[name].trim()] as const).filter(
    ([, value]) => value !== "",
  );
  return {
    ...Object.fromEntries(filled),
    ...(Object.keys(values.advanced).length === 0 ? {} : { advanced: values.advanced }),
  };
}

/** What the secrets are called on the pages. */
export const SECRET_WORDS: Readonly<Record<(typeof SECRET_FIELDS)[number], string>> = {
  clientSecret: "Client Secret",
  extraHeaders: "Extra headers",
  proxyCredentials: "Proxy credentials",
  tokenClientSecret: "Token client secret",
};
