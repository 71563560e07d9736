import { expect, it } from "vitest";
import { cronFault, plannedAfter } from "./check-plan.ts";

const at = (text: string) => Date.parse(text);

it("lets intervals lie on the clock, so that they don't drift", () => {
  const quarter = { every: { minutes: 15 } };
  expect(plannedAfter(quarter, at("2026-01-31T10:15:00Z"), "UTC")).toBe(at("2026-01-31T10:30:00Z"));
  expect(plannedAfter(quarter, at("2026-01-31T10:29:59.999Z"), "UTC")).toBe(at("2026-01-31T10:30:00Z"));
  expect(plannedAfter({ every: { hours: 6 } }, at("2026-01-31T10:15:00Z"), "Asia/Kolkata")).toBe(
    at("2026-01-31T12:00:00Z"),
  );
});

it("begins days at midnight of the installation's time zone, also when they are 23 hours long", () => {
  const daily = { every: { days: 1 } };
  const zone = "Europe/Copenhagen";
  expect(plannedAfter(daily, at("2026-03-28T23:00:00Z"), zone)).toBe(at("2026-03-29T22:00:00Z"));
  expect(plannedAfter(daily, at("2026-03-29T21:59:59Z"), zone)).toBe(at("2026-03-29T22:00:00Z"));
});

it("reads cron expressions in that time zone", () => {
  const mornings = { cron: "0 6 * * 1-5" };
  // A Friday in winter; the Monday after it is in summer time.
  expect(plannedAfter(mornings, at("2026-03-27T06:00:00Z"), "Europe/Copenhagen")).toBe(
    at("2026-03-30T04:00:00Z"),
  );
});

it("leaves the others to what is known of the data, or to people", () => {
  expect(plannedAfter("automatic", 0, "UTC")).toBeUndefined();
  expect(plannedAfter("byHand", 0, "UTC")).toBe("never");
});

it("says what is wrong with a cron expression, and takes no seconds", () => {
  expect(cronFault("0 6 * * *", "UTC")).toBeUndefined();
  for (const wrong of ["0 6 * *", "61 * * * *", "* * * * * *", "often"]) {
    expect(cronFault(wrong, "UTC"), wrong).toEqual(expect.any(String));
  }
});
