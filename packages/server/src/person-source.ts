import { PeregrineError } from "@peregrine/core";
import type { PersonSource } from "./activation/index.ts";
import type { AudienceService } from "./audience/index.ts";
import type { ProfileService } from "./identity/index.ts";
import type { Store } from "./store/index.ts";

/** What identity and audiences tell the delivery about one person. */
export function personSource({
  store,
  profiles,
  audiences,
}: {
  readonly store: Store;
  readonly profiles: ProfileService;
  readonly audiences: AudienceService;
}): PersonSource {
  return {
    async find(person, identifier) {
      const snapshot = await store.operations.snapshot();
      try {
        const numbers = await profiles.numbersOf(person, snapshot);
        return {
          profile: numbers.number,
          personId: await profiles.valueOf(numbers, identifier, snapshot),
          memberships: await profiles.audiencesOf(numbers, snapshot),
        };
      } catch (error) {
        if (error instanceof PeregrineError && error.code === "notFound") return undefined;
        throw error;
      }
    },
    explain: (audienceId, profile) => audiences.rules.explainOf(audienceId, { person: String(profile) }),
  };
}
