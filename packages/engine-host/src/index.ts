export type {
  ChildMessage,
  FailedMessage,
  ParentMessage,
  PingMessage,
  PongMessage,
  ReadyMessage,
  StartMessage,
  StopMessage,
} from "./protocol.ts";
export { LOCKED_PATTERN, threadPoolSize } from "./protocol.ts";
