/** What the parent tells the child over the IPC channel, once, before anything else. */
export interface StartMessage {
  readonly type: "start";
  /** The data folder; created when it is missing. One process at a time holds it. */
  readonly folder: string;
  /** Where the Unix socket is made: a path of at most 107 bytes in a folder that only the parent can read. */
  readonly socket: string;
  /** How many queries run at once; the rest wait in a queue. */
  readonly slots: number;
  /** Bytes that all queries, merges and caches together may hold before a query fails with code 241. */
  readonly memoryBytes: number;
}

/** Asks the child to finish what runs and to leave; it exits with 0. */
export interface StopMessage {
  readonly type: "stop";
}

/** Asks whether the child still hears; it answers with `pong`. */
export interface PingMessage {
  readonly type: "ping";
}

export type ParentMessage = StartMessage | StopMessage | PingMessage;

/** The socket answers from now on. */
export interface ReadyMessage {
  readonly type: "ready";
  /** ClickHouse's version, such as `26.7.2.1`. */
  readonly version: string;
}

/** The engine could not be opened; the child exits with 1. The engine's own words are on its stderr. */
export interface FailedMessage {
  readonly type: "failed";
  readonly message: string;
}

export interface PongMessage {
  readonly type: "pong";
}

export type ChildMessage = ReadyMessage | FailedMessage | PongMessage;

/**
 * What chDB prints on stderr when another process holds the folder. Its own lock on the file `status` is taken
 * with flock(2), so the kernel releases it however that process ends.
 */
export const LOCKED_PATTERN = /Code: 76\.[^\n]*Cannot lock file/;

/**
 * The size of libuv's pool that the child needs (`UV_THREADPOOL_SIZE`): every running query blocks one thread
 * for its whole life, and files, DNS and the cancelling of queries need some beside them.
 */
export function threadPoolSize(slots: number): number {
  return slots + 4;
}
