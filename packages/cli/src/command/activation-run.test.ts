import { expect, test } from "vitest";
import { standing } from "./activation-run.ts";

type Segment = Parameters<typeof standing>[0]["segments"][number];

const FINISHED = "2026-07-01T02:25:00.000Z";

function segment(numbers: Partial<Segment>): Segment {
  return {
    audienceId: "a1",
    name: "A",
    status: "upToDate",
    statusText: "Up to date",
    takingOut: false,
    lastSynchronizedAt: null,
    lastCheckedAt: null,
    size: 0,
    accepted: 0,
    waiting: 0,
    refused: 0,
    withoutIdentifier: 0,
    suppressed: 0,
    leaving: { waiting: 0, refused: 0, held: 0 },
    error: null,
    ...numbers,
  };
}

test("all audiences are summed up, with what is not accepted", () => {
  const segments = [
    segment({ size: 42, accepted: 42 }),
    segment({
      size: 10,
      accepted: 6,
      refused: 1,
      withoutIdentifier: 3,
      leaving: { waiting: 0, refused: 1, held: 0 },
    }),
  ];
  expect(standing({ segments }, { counts: {}, finishedAt: FINISHED })).toEqual([
    "  now 48 of 52 accepted, 1 refused, 3 without identifier, 1 to leave and refused",
  ]);
});

test("who waits for a message that was never answered is told, with the time at which that is over", () => {
  const segments = [segment({ leaving: { waiting: 42, refused: 0, held: 0 } })];
  const settlesAt = Date.parse("2026-07-01T02:25:41.000Z");
  expect(standing({ segments }, { counts: { settlesAt }, finishedAt: FINISHED })).toEqual([
    "  now 0 of 0 accepted, 42 to leave",
    "  42 to leave wait until 2026-07-01T02:25:41.000Z: an earlier message was not answered",
  ]);
});

test("a time that was over at the run's end holds nobody", () => {
  const segments = [segment({ size: 1, waiting: 1 })];
  const settlesAt = Date.parse(FINISHED) - 1;
  expect(standing({ segments }, { counts: { settlesAt }, finishedAt: FINISHED })).toEqual([
    "  now 0 of 1 accepted, 1 waiting",
  ]);
});
