export {
  type Capture,
  type CapturedMessage,
  capture,
  type Derived,
  deriveWireProfile,
  type KnownCredentials,
  readSeen,
} from "@peregrine/activation-types";
export { type CaptureOptions, type RunningCapture, startCapture } from "./capture-server.ts";
export { type Replayed, ReplayImpossible, replayCapture } from "./replay.ts";
