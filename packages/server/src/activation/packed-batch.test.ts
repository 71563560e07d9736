import { expect, it } from "vitest";
import { PackedBatch } from "./packed-batch.ts";

it("unpacks people by line, each with its number", () => {
  expect(new PackedBatch(7, ["14\n15\n"], "101", ["a1"]).unpack()).toEqual([
    { id: 7, audienceId: "a1", personId: "14", membership: true },
    { id: 8, audienceId: "a1", personId: "15", membership: false },
    { id: 9, audienceId: "a1", personId: "", membership: true },
  ]);
});

it("unpacks people whose ids hold line breaks, and batches of several audiences", () => {
  expect(new PackedBatch(0, ["a\nb", "c"], "10", ["a1", "a2"]).unpack()).toEqual([
    { id: 0, audienceId: "a1", personId: "a\nb", membership: true },
    { id: 1, audienceId: "a2", personId: "c", membership: false },
  ]);
});

it("takes a lone person for one, whatever the id holds", () => {
  expect(new PackedBatch(3, ["a\nb"], "1", ["a1"]).unpack()).toEqual([
    { id: 3, audienceId: "a1", personId: "a\nb", membership: true },
  ]);
});
