import { expect, it } from "vitest";
import { isSavedSince } from "./saved-since.ts";

it("an audience’s numbers are of before while no check has followed its save", () => {
  const updatedAt = "2027-01-01T10:00:00.000Z";
  const at = (checkedAt: string | null) => isSavedSince({ checkedAt, updatedAt });
  expect([at(null), at("2027-01-01T09:59:59.999Z"), at(updatedAt), at("2027-01-01T10:00:01.000Z")]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});
