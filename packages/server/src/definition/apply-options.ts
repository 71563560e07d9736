import type { Kind } from "@peregrine/core";
import type { Origin } from "../store/index.ts";
import type { Answers } from "./hooks.ts";

export interface ApplyOptions extends Answers {
  readonly origin: Origin;
  /** Who does it: the name of a token. */
  readonly by: string;
  readonly dryRun?: boolean | undefined;
  readonly prune?: boolean | undefined;
  /** Refused when one of the documents is there already, instead of changing it. */
  readonly mustBeNew?: boolean | undefined;
  /** Refused when what is changed or deleted has another version by now: somebody saved it in between. */
  readonly ofVersion?: number | undefined;
  /** The same of each of several definitions; those that are not named are changed whatever their version. */
  readonly versions?: readonly ExpectedVersion[] | undefined;
}

/** What whoever changes a definition has seen of it. */
export interface ExpectedVersion {
  readonly kind: Kind;
  readonly id: string;
  /** 0: it was not there. */
  readonly version: number;
}
