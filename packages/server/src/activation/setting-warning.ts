import type { SettingWarning } from "@peregrine/core";
import { z } from "zod";

/** A setting that works but is likely a mistake, as the API shows it. */
export const settingWarning = z
  .object({
    path: z.string().describe("Of the setting, such as `/settings/baseUrl`."),
    message: z.string(),
    use: z.union([z.string(), z.number()]).optional().describe("The value to put there instead."),
    generate: z
      .array(z.string())
      .optional()
      .describe("These settings are to be filled with new credentials (`generateCredentials`)."),
  })
  .meta({ id: "SettingWarning" });

export function showWarning({ generate, ...warning }: SettingWarning): z.input<typeof settingWarning> {
  return { ...warning, ...(generate === undefined ? {} : { generate: [...generate] }) };
}
