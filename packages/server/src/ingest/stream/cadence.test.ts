import { describe, expect, it } from "vitest";
import { type LaneState, sealAt } from "./cadence.ts";

const CADENCE = { linger: 100, apart: 5_000, bytes: 1_000 };
const lane = (state: Partial<LaneState>) =>
  sealAt({ bytes: 10, firstAt: 70_000, sealedAt: undefined, unfinished: 0, ...state }, CADENCE);

describe("a segment", () => {
  it("is sealed a moment after its first row when the stream was quiet", () => {
    expect(lane({})).toBe(70_100);
    expect(lane({ sealedAt: 60_000 })).toBe(70_100);
  });

  it("waits until its stream's last import is some time ago", () => {
    expect(lane({ sealedAt: 69_000 })).toBe(74_000);
  });

  it("gathers what comes while an import of its stream is under way", () => {
    expect(lane({ unfinished: 1 })).toBeUndefined();
  });

  it("does not wait when it is large", () => {
    expect(lane({ bytes: 1_000, unfinished: 3, sealedAt: 69_999 })).toBe(70_000);
  });

  it("is left alone while it has no row", () => {
    expect(lane({ firstAt: undefined, bytes: 5_000 })).toBeUndefined();
  });
});
