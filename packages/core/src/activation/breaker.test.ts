import { expect, it } from "vitest";
import { Breaker } from "./breaker.ts";

const policy = { failures: 3, probes: 2, firstProbeMs: 1_000, longestProbeMs: 3_000 };

function opened(): Breaker {
  const breaker = new Breaker(policy);
  for (let at = 0; at < 3; at += 1) breaker.lost();
  return breaker;
}

it("opens after failures in a row, not after as many with answers between", () => {
  const breaker = new Breaker(policy);
  breaker.lost();
  breaker.lost();
  breaker.answered();
  breaker.lost();
  breaker.lost();
  expect(breaker.state).toBe("closed");
  breaker.lost();
  expect(breaker.state).toBe("open");
});

it("lets a message try after a heartbeat that was answered, and closes when that is answered", () => {
  const breaker = opened();
  breaker.probed(false);
  expect(breaker.state).toBe("open");
  breaker.probed(true);
  expect(breaker.state).toBe("trying");
  breaker.answered();
  expect(breaker.state).toBe("closed");
  expect(breaker.exhausted).toBe(false);
});

it("gives up on a destination that answers heartbeats and never a message", () => {
  const breaker = opened();
  breaker.probed(true);
  breaker.lost();
  expect(breaker.exhausted).toBe(false);
  breaker.probed(true);
  breaker.lost();
  expect(breaker.exhausted).toBe(true);
});

it("asks less and less often", () => {
  const breaker = opened();
  expect(breaker.probeDelay(0)).toBe(500);
  breaker.probed(false);
  expect(breaker.probeDelay(0)).toBe(1_000);
  breaker.probed(false);
  expect(breaker.probeDelay(0.999)).toBeLessThanOrEqual(3_000);
});
