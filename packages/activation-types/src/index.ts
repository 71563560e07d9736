import type { ActivationType } from "@peregrine/core";
import { ibexa } from "./ibexa/index.ts";

/** Every destination that this installation can send to, one line each. */
export const ACTIVATION_TYPES: readonly ActivationType[] = [ibexa];

export type { Capture, CapturedMessage, CapturedToken } from "./ibexa/capture/capture.ts";
export { capture, fillIn } from "./ibexa/capture/capture.ts";
export type { Derived } from "./ibexa/capture/derive.ts";
export { deriveWireProfile } from "./ibexa/capture/derive.ts";
export type { KnownCredentials, RawAnswer, RawRequest } from "./ibexa/capture/mask.ts";
export { Masker } from "./ibexa/capture/mask.ts";
export { readSeen } from "./ibexa/capture/seen-message.ts";
export { wireProfileTables } from "./ibexa/reference.ts";
export type { IbexaSettings } from "./ibexa/settings.ts";
export { ibexa };
