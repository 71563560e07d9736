import { type IdentifierFigures, sumOfParts } from "@peregrine/core";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../harness/stores.ts";

const figures: IdentifierFigures = {
  identifier: "userid",
  available: { isAvailable: true, reason: "" },
  profiles: { all: 3, withIdentifier: 2, withoutIdentifier: 1 },
  rows: sumOfParts([]),
  dataflows: [],
  notNumeric: null,
  doubled: { values: 0, rows: 0, examples: [] },
  spellings: { values: 0, examples: [] },
  blocked: { rows: 0, values: [], stillOwned: [] },
  seenIn: null,
  standsOut: [],
  conflicts: { count: 0, values: 0, examples: [], ofOthers: [] },
  resolvedOtherwise: { imports: 0 },
};

export function reportsContract(backend: Backend): void {
  describe("reports on identifiers", () => {
    test("are kept with what they are true for; the latest counts", async () => {
      const { identifierReports, operations } = await (await backend.place()).open();
      const report = { figures, takenAt: 5, dataRevision: 6, definitionsRevision: 7 };
      await identifierReports.put(1, report);
      await identifierReports.put(2, report);
      const later = { ...report, takenAt: 2 ** 40 };
      const operation = await operations.open("report", "userid", 1);
      await operations.publish(operation, (transaction) => identifierReports.with(transaction).put(1, later));
      expect(await identifierReports.get(1)).toEqual(later);
      expect(await identifierReports.get(2)).toEqual(report);
      expect(await identifierReports.get(3)).toBeUndefined();
      expect((await operations.dataRevision()).revision).toBe(0);
    });
  });
}
