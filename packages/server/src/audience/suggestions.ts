import { type ColumnType, notFound } from "@peregrine/core";
import type { CatalogSource, CatalogView } from "./catalog.ts";
import type { SeenValues, SeenValuesSource } from "./seen-values.ts";
import { attributeColumn, propertyColumn, valueColumns } from "./value-column.ts";

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
    const catalog = await this.#catalog.read("refused");
    const column =
      "attribute" in wanted
        ? attributeColumn(catalog, wanted.attribute)
        : propertyColumn(catalog, wanted.event, wanted.property);
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

  /** Ends when the values that are being counted in the background are counted. */
  idle(): Promise<void> {
    return this.#values.idle();
  }
}
