import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { BACKENDS } from "../harness/stores.ts";
import { accessContract } from "./contract/access.ts";
import { definitionsContract } from "./contract/definitions.ts";
import { leasesContract } from "./contract/leases.ts";
import { memberListsContract } from "./contract/member-lists.ts";
import { openingContract } from "./contract/opening.ts";
import { operationsContract } from "./contract/operations.ts";
import { personDeletionsContract } from "./contract/person-deletions.ts";
import { recordsContract } from "./contract/records.ts";
import { removalHoldsContract } from "./contract/removal-holds.ts";
import { reportsContract } from "./contract/reports.ts";

describe.each(BACKENDS)("the control plane on $name", (backend) => {
  beforeAll(() => backend.start());
  afterEach(() => backend.clean());
  afterAll(() => backend.stop());

  openingContract(backend);
  operationsContract(backend);
  leasesContract(backend);
  definitionsContract(backend);
  recordsContract(backend);
  reportsContract(backend);
  removalHoldsContract(backend);
  memberListsContract(backend);
  personDeletionsContract(backend);
  accessContract(backend);
});
