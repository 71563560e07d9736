import type { ActivationType } from "@peregrine/core";
import { ibexa } from "./ibexa/index.ts";

/** Every destination that this installation can send to, one line each. */
export const ACTIVATION_TYPES: readonly ActivationType[] = [ibexa];

export { wireProfileTables } from "./ibexa/reference.ts";
export type { IbexaSettings } from "./ibexa/settings.ts";
export { ibexa };
