import { expect, it } from "vitest";
import type { RunRecord } from "../store/index.ts";
import { runJournal } from "./run-journal.ts";

const run = (id: number, state: RunRecord["state"], code?: "destinationTimeout" | "destinationBusy") =>
  ({ id, state, error: code === undefined ? null : { code, detail: `run ${id}`, faults: [] } }) as RunRecord;

it("tells of a failure once for each reason, with what to do, and of the end of it", () => {
  const lines: unknown[] = [];
  const note = (level: string) => (fields: object, message: string) =>
    lines.push({ level, message, ...fields });
  const ended = runJournal({ info: note("info"), warn: note("warn") });
  ended("shop", run(1, "done"));
  ended("shop", run(2, "failed", "destinationTimeout"));
  ended("shop", run(3, "failed", "destinationTimeout"));
  ended("other", run(4, "done"));
  ended("shop", run(5, "failed", "destinationBusy"));
  ended("shop", run(6, "stopped"));
  ended("shop", run(7, "done"));
  ended("shop", run(8, "done"));
  expect(lines).toMatchObject([
    { level: "warn", activation: "shop", run: 2, code: "destinationTimeout", detail: "run 2" },
    {
      level: "warn",
      activation: "shop",
      run: 5,
      code: "destinationBusy",
      remedy: expect.stringMatching(/./),
    },
    { level: "info", activation: "shop", run: 7, after: "destinationBusy" },
  ]);
});
