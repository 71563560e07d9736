/** What is typed into the Ibexa step: texts, as the fields have them. */
export interface IbexaValues {
  readonly clientSecret: string;
  readonly clientId: string;
  readonly baseUrl: string;
  readonly segmentGroupIdentifier: string;
  /** What differs from the wire profile's defaults, as JSON. */
  readonly advanced: string;
  readonly extraHeaders: string;
  readonly proxyCredentials: string;
  readonly tokenClientSecret: string;
}

export const NO_VALUES: IbexaValues = {
  clientSecret: "",
  clientId: "",
  baseUrl: "",
  segmentGroupIdentifier: "",
  advanced: "",
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
  const profile = advancedOf(values.advanced);
  return {
    ...Object.fromEntries(filled),
    ...(profile.value === undefined ? {} : { advanced: profile.value }),
  };
}

/** Reads the wire profile's JSON; `fault` says what is wrong with it. */
export function advancedOf(text: string): { readonly value?: unknown; readonly fault?: string } {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
    return isObject ? { value } : { fault: 'must be an object, such as { "batchSize": 50 }' };
  } catch (error) {
    if (error instanceof SyntaxError) return { fault: `is not JSON: ${error.message}` };
    throw error;
  }
}
