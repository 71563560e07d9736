import { type Catalog, type ColumnType, notFound } from "@peregrine/core";
import type { CatalogSource, CatalogView } from "./catalog.ts";
import type { MissingTexts, SeenValues, SeenValuesSource, WantedTexts } from "./seen-values.ts";
import { attributeColumn, propertyColumn, type ValueColumn, valueColumns } from "./value-column.ts";

/** What values are asked for: those of an attribute, or of a property of a type of events. */
export type WantedValues =
  | { readonly attribute: string }
  | { readonly event: string; readonly property: string };

/** What rules may name, and what they may compare it with. */
export class Suggestions {
  readonly #catalog: CatalogSource;
  readonly #values: SeenValuesSource;

  constructor(catalog: CatalogSource, values: SeenValuesSource) {
    this.#catalog = catalog;
    this.#values = values;
  }

  /** Attributes, and the types of events with their counts. */
  async catalog(): Promise<CatalogView> {
    const view = await this.#catalog.view();
    // Whoever looks at the names asks for values next.
    this.#values.warm(valueColumns(await this.#catalog.read("refused")));
    return view;
  }

  /**
   * Values to choose from.
   *
   * @param contains in any case; empty: the most frequent ones
   * @throws PeregrineError `notFound`
   */
  async values(
    wanted: WantedValues,
    contains: string,
    limit: number,
  ): Promise<SeenValues & { readonly type: ColumnType }> {
    const column = columnOf(await this.#catalog.read("refused"), wanted);
    if (column === undefined) {
      if ("attribute" in wanted)
        throw notFound("attribute", `There is no attribute \`${wanted.attribute}\`.`);
      throw notFound(
        "property",
        `There is no property \`${wanted.property}\` of an event \`${wanted.event}\`.`,
      );
    }
    return { type: column.type, ...(await this.#values.of(column, contains, limit)) };
  }

  /** Which of some texts no value is, for each that is asked, in this order; nothing of a name that isn't there. */
  async missing(asked: readonly (WantedTexts & { readonly of: WantedValues })[]): Promise<MissingTexts[]> {
    const catalog = await this.#catalog.read("refused");
    const answers: MissingTexts[] = [];
    // One after the other: nobody waits for them, and they may read rows.
    for (const { of, ...wanted } of asked) {
      const column = columnOf(catalog, of);
      answers.push(
        column === undefined ? { missing: [], complete: false } : await this.#values.missing(column, wanted),
      );
    }
    return answers;
  }

  /** Ends when the values that are being counted in the background are counted. */
  idle(): Promise<void> {
    return this.#values.idle();
  }
}

function columnOf(catalog: Catalog, wanted: WantedValues): ValueColumn | undefined {
  return "attribute" in wanted
    ? attributeColumn(catalog, wanted.attribute)
    : propertyColumn(catalog, wanted.event, wanted.property);
}
