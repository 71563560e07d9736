import {
  type AudienceComparison,
  type AudienceDefinition,
  type AudienceNames,
  compareAudiences,
  describeRule,
  notFound,
  PeregrineError,
  parseRule,
} from "@peregrine/core";
import type { DefinitionService } from "../definition/index.ts";
import { type DefinitionVersion, Keyset, type Page, type Store } from "../store/index.ts";
import { audienceNotFound } from "./audience-not-found.ts";

/** An audience as one save left it. */
export interface AudienceVersion {
  readonly version: number;
  /** Milliseconds UTC. */
  readonly at: number;
  readonly by: string;
  readonly origin: "api" | "file" | null;
  /** Null: this change deleted it. */
  readonly audience: AudienceDefinition | null;
  /** The rule in words; null when its words are not known to this version of the program. */
  readonly sentence: string | null;
  /** The fields that differ from the version before; empty for the first one and around a deletion. */
  readonly changed: readonly string[];
}

type Stored = DefinitionVersion<AudienceDefinition>;

/** Every audience as each save left it: who changed what and when, and the way back. */
export class AudienceVersions {
  readonly #store: Store;
  readonly #definitions: DefinitionService;

  constructor(store: Store, definitions: DefinitionService) {
    this.#store = store;
    this.#definitions = definitions;
  }

  /** The latest first; also of an audience that was deleted. @throws PeregrineError `notFound`, `cursorInvalid` */
  async list(id: string, limit: number, cursor?: string): Promise<Page<AudienceVersion>> {
    const keyset = new Keyset(`audiences/${id}/versions`, ["number"]);
    const [before] = keyset.after(cursor) ?? [];
    // The one too many says what the last one of the page has changed.
    const stored = await this.#store.definitions.versions("audience", id, { before, limit: limit + 1 });
    if (stored.length === 0 && before === undefined) throw await audienceNotFound(this.#store, id);
    const page = keyset.page(stored, limit, ({ version }) => [version]);
    const names = await this.#names();
    return { items: page.items.map((one, at) => shown(one, stored[at + 1], names)), next: page.next };
  }

  /** @throws PeregrineError `notFound` */
  async get(id: string, version: number): Promise<AudienceVersion> {
    const [stored, before] = await this.#store.definitions.versions("audience", id, {
      before: version + 1,
      limit: 2,
    });
    if (stored?.version !== version) {
      throw notFound("version", `The audience \`${id}\` has no version ${version}.`);
    }
    return shown(stored, before, await this.#names());
  }

  /**
   * What two versions have different.
   *
   * @param from the version before `to` unless told otherwise
   * @param to the latest unless told otherwise
   * @throws PeregrineError `notFound`, `requestInvalid` where one of them is a deletion
   */
  async compare(
    id: string,
    { from, to }: { readonly from?: number | undefined; readonly to?: number | undefined },
  ): Promise<{
    readonly from: AudienceVersion;
    readonly to: AudienceVersion;
    readonly comparison: AudienceComparison;
  }> {
    const [latest] = await this.#store.definitions.versions("audience", id, { limit: 1 });
    if (latest === undefined) throw await audienceNotFound(this.#store, id);
    const later = await this.get(id, to ?? latest.version);
    const earlier = await this.get(id, from ?? Math.max(later.version - 1, 1));
    const comparison = compareAudiences(bodyOf(earlier), bodyOf(later), await this.#names());
    return { from: earlier, to: later, comparison };
  }

  /**
   * Saves what an earlier version was as a new one; one that equals the audience as it is changes nothing. An
   * audience that was deleted comes back.
   *
   * @throws PeregrineError `notFound`, `requestInvalid` for a deletion, `definitionInvalid` with all faults when the
   *   old rule names what is there no more, or when the audience stands in a file
   */
  async restore(id: string, version: number, by: string): Promise<void> {
    const wanted = await this.get(id, version);
    await this.#definitions.apply([bodyOf(wanted)], { origin: "api", by });
  }

  /** What the audiences that a rule names are called now. */
  async #names(): Promise<AudienceNames> {
    const all = await this.#store.definitions.list("audience");
    const names = new Map(all.map(({ id, body }) => [id, body.name]));
    return (id) => names.get(id);
  }
}

function shown(stored: Stored, before: Stored | undefined, names: AudienceNames): AudienceVersion {
  const { version, at, by, origin, body } = stored;
  const earlier = before?.body;
  const parsed = body === null ? undefined : parseRule(body.rule);
  return {
    version,
    at,
    by,
    origin,
    audience: body,
    sentence: parsed !== undefined && "ok" in parsed ? describeRule(parsed.ok, names) : null,
    changed: body === null || earlier == null ? [] : changedFields(earlier, body),
  };
}

function changedFields(before: AudienceDefinition, after: AudienceDefinition): readonly string[] {
  const { fields, rule } = compareAudiences(before, after);
  return [...fields.map(({ field }) => field), ...(rule?.length === 0 ? [] : ["rule"])];
}

function bodyOf({ version, audience }: AudienceVersion): AudienceDefinition {
  if (audience !== null) return audience;
  throw new PeregrineError("requestInvalid", {
    detail: `Version ${version} deleted the audience, so there is nothing in it.`,
    faults: [{ path: "/version", message: `version ${version} is a deletion`, remedy: "Name another one." }],
  });
}
