import type { ActivationConfig, SandboxConfig } from "./config.ts";

/** The credentials of Ibexa's public recipe: known to everybody, so that they may be shown. */
const INVENTED: ActivationConfig = {
  clientId: "123456",
  clientSecret: "abcdef",
  segmentGroupIdentifier: "example_segment_group_identifier",
};

/** What the sandbox is without a configuration. */
export const EXAMPLE: SandboxConfig = {
  activations: [INVENTED],
  segmentGroups: [{ identifier: INVENTED.segmentGroupIdentifier, name: "Customer data platform" }],
  users: { range: [1, 5000] },
};

/**
 * The four values to type into an activation, by the labels of its form and in its order. A secret of somebody's own
 * configuration may be a real one and is not shown.
 */
export function valuesToType(
  activation: ActivationConfig,
  webhookUrl: string,
): [label: string, value: string][] {
  const isInvented = activation.clientSecret === INVENTED.clientSecret;
  return [
    ["Client Secret", isInvented ? activation.clientSecret : "the clientSecret of your configuration"],
    ["Client Id", activation.clientId],
    ["Base URL", webhookUrl],
    ["Segment Group Identifier", activation.segmentGroupIdentifier],
  ];
}
