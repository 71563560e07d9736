import { z } from "zod";

const every = z
  .strictObject({
    minutes: z.int().min(1).max(1_440).optional(),
    hours: z.int().min(1).max(168).optional(),
    days: z.int().min(1).max(366).optional(),
  })
  .refine((units) => Object.values(units).filter((unit) => unit !== undefined).length === 1, {
    error: "exactly one of minutes, hours and days stands here",
  })
  .describe(
    "On the clock: every 15 minutes is at :00, :15, :30 and :45; hours are counted in UTC, days begin at midnight of the installation's time zone.",
  );

/** When an audience is checked; absent: `automatic`. */
export const audienceCheck = z
  .union(
    [
      z
        .literal("automatic")
        .describe("Within a minute of the arrival of data that it reads, and of the moment that changes it."),
      z.literal("byHand").describe("Only when somebody asks for it."),
      z.strictObject({ every }),
      z.strictObject({
        cron: z
          .string()
          .min(1)
          .max(200)
          .describe("Minute, hour, day of month, month, day of week, in the installation's time zone."),
      }),
    ],
    {
      error:
        "`automatic`, `byHand`, `{ every: { minutes: 15 } }` (or hours, days) or `{ cron: 0 6 * * * }` is expected here",
    },
  )
  .meta({ id: "AudienceCheck", description: "When an audience is checked." });

export type AudienceCheck = z.output<typeof audienceCheck>;
