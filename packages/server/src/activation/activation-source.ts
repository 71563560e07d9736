import { type ActivationDefinition, type ActivationType, PeregrineError } from "@peregrine/core";
import { secretOwner } from "../definition/index.ts";
import type { Store } from "../store/store.ts";
import type { ActivationRecord } from "./known-activations.ts";

/** An activation with what is needed to send: its type and its checked settings, secrets among them. */
export interface LoadedActivation {
  readonly id: string;
  /** Names it in the data plane. */
  readonly number: number;
  readonly definition: ActivationDefinition;
  readonly type: ActivationType;
  readonly settings: Record<string, unknown>;
  /** The values that must not be kept or shown. */
  readonly secrets: readonly string[];
  /** Of the definitions, before this one was read. */
  readonly revision: number;
  /** What people had asked of it before this was read; see `demand.ts`. */
  readonly demands: number;
  /** Deleted, and perhaps still taking people out. */
  readonly deleted: boolean;
}

/** @throws PeregrineError `activationTypeUnknown` */
export function typeOf(types: readonly ActivationType[], id: string): ActivationType {
  const type = types.find((one) => one.id === id);
  if (type !== undefined) return type;
  throw new PeregrineError("activationTypeUnknown", { detail: `There is no activation type \`${id}\`.` });
}

/**
 * Reads an activation with its secrets. A deleted one is found too.
 * @throws PeregrineError `activationTypeUnknown`, `activationInvalid` when this version wants other settings
 */
export async function loadActivation(
  store: Store,
  types: readonly ActivationType[],
  record: ActivationRecord,
  before: Pick<LoadedActivation, "revision" | "demands">,
): Promise<LoadedActivation> {
  const type = typeOf(types, record.body.type);
  const secrets = await store.secrets.of(secretOwner("activation", record.id));
  const checked = type.settings.safeParse({ ...record.body.settings, ...secrets });
  if (!checked.success) {
    throw new PeregrineError("activationInvalid", {
      detail: `The settings of ${record.body.name} are not as ${type.name} needs them.`,
      faults: checked.error.issues.map(({ path, message }) => ({
        path: `/settings/${path.join("/")}`,
        message,
      })),
    });
  }
  return {
    id: record.id,
    number: record.number,
    definition: record.body,
    type,
    settings: checked.data,
    secrets: Object.values(secrets),
    ...before,
    deleted: record.state === "deleted",
  };
}
