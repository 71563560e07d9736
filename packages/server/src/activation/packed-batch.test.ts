import { expect, it } from "vitest";
import { PackedBatch } from "./packed-batch.ts";

it("unpacks people by line, each with its number", () => {
  expect(new PackedBatch(7, 3, ["14\n15\n"], [1, 0, 1], ["a1"]).unpack()).toEqual([
    { id: 7, audienceId: "a1", personId: "14", membership: true },
    { id: 8, audienceId: "a1", personId: "15", membership: false },
    { id: 9, audienceId: "a1", personId: "", membership: true },
  ]);
});

it("unpacks people whose ids hold line breaks, and batches of several audiences", () => {
  expect(new PackedBatch(0, 2, ["a\nb", "c"], [1, 0], ["a1", "a2"]).unpack()).toEqual([
    { id: 0, audienceId: "a1", personId: "a\nb", membership: true },
    { id: 1, audienceId: "a2", personId: "c", membership: false },
  ]);
});

it("has one membership for all, or one for each", () => {
  const memberships = (list: number[]) =>
    new PackedBatch(0, 2, ["14\n15"], list, ["a1"]).unpack().map(({ membership }) => membership);
  expect([memberships([0]), memberships([1]), memberships([0, 1])]).toEqual([
    [false, false],
    [true, true],
    [false, true],
  ]);
});

it("takes a lone person for one, whatever the id holds", () => {
  expect(new PackedBatch(3, 1, ["a\nb"], [1], ["a1"]).unpack()).toEqual([
    { id: 3, audienceId: "a1", personId: "a\nb", membership: true },
  ]);
});
