import type { Settings, UsersConfig } from "./config.ts";
import type { FaultBoard, FaultView } from "./fault-board.ts";
import type { ChangeTotals, Instance } from "./instance.ts";
import type { ChangeQueue, QueueView } from "./queue.ts";
import type { RequestLog, RequestTotals } from "./request-log.ts";
import { type SegmentView, viewOf } from "./segment.ts";

/** Everything the sandbox keeps, but the people and the single requests. */
export interface State {
  groups: { identifier: string; name: string; segments: SegmentView[] }[];
  queue: QueueView;
  faults: FaultView[];
  requests: RequestTotals;
  changes: ChangeTotals;
  settings: {
    users: UsersConfig;
    unknownUsers: "refuse" | "skip";
    bulkAsyncThreshold: number;
    onDetach: "keep" | "empty" | "delete";
  };
}

export interface StateParts {
  settings: Settings;
  instance: Instance;
  queue: ChangeQueue;
  faults: FaultBoard;
  log: RequestLog;
}

export function stateOf({ settings, instance, queue, faults, log }: StateParts): State {
  const { users, unknownUsers, bulkAsyncThreshold, onDetach } = settings;
  return {
    groups: [...instance.groups.values()].map((group) => ({
      ...group,
      segments: [...instance.segments.values()]
        .filter((segment) => segment.group === group.identifier)
        .map(viewOf),
    })),
    queue: queue.view(),
    faults: faults.list(),
    requests: structuredClone(log.totals),
    changes: { ...instance.totals },
    settings: { users, unknownUsers, bulkAsyncThreshold, onDetach },
  };
}
