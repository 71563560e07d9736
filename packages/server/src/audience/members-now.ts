import { compileRules, type ResolvedRule, resolveRule } from "@peregrine/core";
import { type Engine, views } from "../engine/index.ts";
import type { Store } from "../store/index.ts";
import type { CatalogSource } from "./catalog.ts";
import { Checks } from "./checks.ts";
import { currentMembersSql, type Fragment } from "./repository.ts";
import { tiedAttributes } from "./tied-attributes.ts";

/** Tells who would be a member if audiences were checked now; writes nothing. */
export class MembersNow {
  readonly #store: Store;
  readonly #engine: Engine;
  readonly #catalog: CatalogSource;
  readonly #checks: Checks;
  readonly #timeZone: string;

  constructor(options: {
    readonly store: Store;
    readonly engine: Engine;
    readonly catalog: CatalogSource;
    readonly timeZone: string;
  }) {
    this.#store = options.store;
    this.#engine = options.engine;
    this.#catalog = options.catalog;
    this.#checks = new Checks(options.store, options.timeZone);
    this.#timeZone = options.timeZone;
  }

  /**
   * `WITH … member(audience, profile), person(profile, value)` as `membersAndPersons`, with the members that a check as
   * of `asOf` (ms UTC) would find. Audiences that it would not evaluate, or could not, have those that they have. Ask it
   * with `RULE_SETTINGS`.
   *
   * @param identifier number of the identifier's definition
   */
  async of(audienceIds: readonly string[], asOf: number, identifier: number): Promise<Fragment> {
    const look = await this.#checks.look(audienceIds, asOf, false);
    const snapshot = await this.#store.operations.snapshot();
    const catalog = await this.#catalog.read("accepted");
    const due = look.audiences.filter(({ verdict }) => verdict === "due" || verdict === "unsure");
    const found = due.flatMap(({ id, definition }): { id: string; rule: ResolvedRule }[] => {
      const resolved = resolveRule(definition.rule, catalog, id);
      return "ok" in resolved ? [{ id, rule: resolved.ok }] : [];
    });
    const rules = found.map(({ rule }) => rule);
    const compiled = compileRules(
      rules,
      { asOf, timeZone: this.#timeZone },
      { tiedAttributes: await tiedAttributes(this.#engine, rules) },
    );
    const evaluated = new Set(found.map(({ id }) => id));
    const stored = currentMembersSql(
      snapshot,
      audienceIds.filter((id) => !evaluated.has(id)),
    );
    const head = views(snapshot, { ...compiled.needs, merges: true, identifiers: [identifier] });
    const holds = compiled.columns.map((column, at) => `if(${column} = 1, ${at + 1}, 0)`).join(", ");
    const now =
      found.length === 0
        ? ""
        : `UNION ALL
  SELECT {mn_audiences:Array(String)}[at] AS audience, profile
  FROM (SELECT profile, arrayJoin(arrayFilter(one -> one > 0, [${holds}])) AS at FROM (${compiled.sql}))`;
    return {
      sql: `${head.sql.trimEnd()},
member AS (
  SELECT toString(audience) AS audience, profile FROM (${stored.sql})
  ${now}
),
person AS (SELECT profile, value FROM identifier_view_${identifier})
`,
      parameters: {
        ...head.parameters,
        ...stored.parameters,
        ...compiled.parameters,
        mn_audiences: found.map(({ id }) => id),
      },
    };
  }
}
