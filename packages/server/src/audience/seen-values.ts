import type { Store } from "../store/index.ts";
import type { ValueColumn } from "./value-column.ts";
import type { ValueCounts, ValueRepository } from "./value-repository.ts";
import { WorkQueue } from "./work-queue.ts";

/** Values to choose from. */
export interface SeenValues extends Omit<ValueCounts, "values"> {
  /** When the latest data that the counts include were published, ms UTC; null: nothing was counted yet. */
  readonly asOf: number | null;
  /** Nothing was published since. */
  readonly upToDate: boolean;
  /** Those that begin with what was typed first, then the most frequent. `count` is null where none was made. */
  readonly values: readonly { readonly value: string; readonly count: number | null }[];
  /** There are no further values that fit, but for the limit. */
  readonly complete: boolean;
}

/** Texts that are looked for as a whole. */
export interface WantedTexts {
  readonly texts: readonly string[];
  /** Upper and lower case are alike. */
  readonly ignoreCase: boolean;
}

export interface MissingTexts {
  /** Those that no value is. */
  readonly missing: readonly string[];
  /** False: they may stand in rows that were not looked through. */
  readonly complete: boolean;
}

interface Counted {
  readonly revision: number;
  readonly publishedAt: number | null;
  readonly counts: ValueCounts;
  /** How long counting took. */
  readonly costMs: number;
  readonly madeAt: number;
}

/** A first count is waited for so long; a search in the rows follows, and an answer has to come in 300 ms. */
const WAIT_MS = 80;
/** A first look at rows that are being counted meanwhile; where counts are there, the search for rare values. */
const ROWS_SAMPLED = 200_000;
const ROWS_SEARCHED = 2_000_000;
/** Counting takes at most a twentieth of the time, however often data are published. */
const REST = 20;
/** So many values are kept of all columns together, some 60 MB; what was asked for longest ago makes room. */
const VALUES_KEPT = 500_000;

/**
 * The values that attributes and properties have, with counts. They are counted in the background, one column after
 * another, when somebody looks; until the new counts of newer data are there, the earlier ones are shown, and say
 * as of when they are.
 */
export class SeenValuesSource {
  readonly #store: Store;
  readonly #repository: ValueRepository;
  /** In the order in which they were asked for, the latest last. */
  readonly #counted = new Map<string, Counted>();
  readonly #queue = new WorkQueue();

  constructor(store: Store, repository: ValueRepository) {
    this.#store = store;
    this.#repository = repository;
  }

  /** Values that hold a text, in any case; all of them for an empty text. */
  async of(column: ValueColumn, contains: string, limit: number): Promise<SeenValues> {
    const { revision } = await this.#store.operations.dataRevision();
    const counted = await this.#latest(column, revision);
    const found = counted === undefined ? [] : matching(counted.counts.values, contains, limit);
    const all = counted !== undefined && counted.counts.values.length === counted.counts.different;
    if (counted !== undefined && (all || found.length === limit || contains === "" || !isText(column))) {
      return { ...shown(counted, revision), values: found, complete: all };
    }
    const snapshot = await this.#store.operations.snapshot();
    const rows = counted === undefined ? ROWS_SAMPLED : ROWS_SEARCHED;
    const values = await this.#repository.search(snapshot, column, contains, limit, rows);
    const known = new Set(found.map(({ value }) => value));
    const more = values.filter((value) => !known.has(value)).map((value) => ({ value, count: null }));
    const head = counted === undefined ? NOTHING_COUNTED : shown(counted, revision);
    return { ...head, values: matching([...found, ...more], contains, limit), complete: false };
  }

  /** Which of some texts no value is; of what holds no texts nothing is told. */
  async missing(column: ValueColumn, { texts, ignoreCase }: WantedTexts): Promise<MissingTexts> {
    if (!isText(column)) return { missing: [], complete: false };
    const fold = (text: string) => (ignoreCase ? text.toLowerCase() : text);
    const without = (known: readonly string[], wanted: readonly string[]) => {
      const folded = new Set(known.map(fold));
      return wanted.filter((text) => !folded.has(fold(text)));
    };
    const { revision } = await this.#store.operations.dataRevision();
    const counted = await this.#latest(column, revision);
    const uncounted = without(counted?.counts.values.map(({ value }) => value) ?? [], texts);
    const all = counted?.revision === revision && counted.counts.values.length === counted.counts.different;
    if (all || uncounted.length === 0) return { missing: uncounted, complete: all };
    const snapshot = await this.#store.operations.snapshot();
    const rows = counted === undefined ? ROWS_SAMPLED : ROWS_SEARCHED;
    const found = await this.#repository.among(snapshot, column, uncounted.map(fold), ignoreCase, rows);
    return { missing: without(found, uncounted), complete: false };
  }

  /** Counts what was not counted yet, in the background. */
  warm(columns: readonly ValueColumn[]): void {
    for (const column of columns) if (!this.#counted.has(keyOf(column))) void this.#count(column);
  }

  /** Ends when everything that is being counted is counted. */
  idle(): Promise<void> {
    return this.#queue.idle();
  }

  /** The counts that are there; newer ones are begun when they are due, and waited for only where there are none. */
  async #latest(column: ValueColumn, revision: number): Promise<Counted | undefined> {
    const key = keyOf(column);
    const known = this.#counted.get(key);
    if (known !== undefined) {
      this.#keep(key, known);
      const rested = performance.now() - known.madeAt >= known.costMs * REST;
      if (known.revision !== revision && rested) void this.#count(column);
      return known;
    }
    await Promise.race([this.#count(column, true), elapsed(WAIT_MS)]);
    return this.#counted.get(key);
  }

  #count(column: ValueColumn, first = false): Promise<void> {
    const key = keyOf(column);
    const work = async () => {
      try {
        this.#keep(key, await this.#counts(column));
      } catch {
        // Counts are a help: without them values are looked for in the rows, and the next look counts again.
      }
    };
    return this.#queue.add(key, work, first);
  }

  async #counts(column: ValueColumn): Promise<Counted> {
    // The revision first, so that what is counted is at least as new.
    const { revision, publishedAt } = await this.#store.operations.dataRevision();
    const snapshot = await this.#store.operations.snapshot();
    const began = performance.now();
    const counts = await this.#repository.counts(snapshot, column);
    const madeAt = performance.now();
    return { revision, publishedAt, counts, costMs: madeAt - began, madeAt };
  }

  #keep(key: string, counted: Counted): void {
    this.#counted.delete(key);
    this.#counted.set(key, counted);
    let kept = 0;
    for (const [name, { counts }] of [...this.#counted].reverse()) {
      kept += counts.values.length;
      if (kept > VALUES_KEPT) this.#counted.delete(name);
    }
  }
}

const NOTHING_COUNTED = {
  asOf: null,
  upToDate: false,
  having: 0,
  different: 0,
  exact: false,
  minimum: null,
  maximum: null,
} as const;

function shown({ revision, publishedAt, counts }: Counted, now: number) {
  const { values: _, ...numbers } = counts;
  return { ...numbers, asOf: publishedAt, upToDate: revision === now };
}

/** Values that hold a text, those that begin with it first; each part as it was ordered before. */
function matching<Item extends { readonly value: string }>(
  values: readonly Item[],
  contains: string,
  limit: number,
): readonly Item[] {
  const wanted = contains.toLowerCase();
  const begin: Item[] = [];
  const hold: Item[] = [];
  for (const item of values) {
    const at = item.value.toLowerCase().indexOf(wanted);
    if (at === 0) begin.push(item);
    else if (at > 0 && hold.length < limit) hold.push(item);
    if (begin.length === limit) break;
  }
  return [...begin, ...hold].slice(0, limit);
}

/** Only texts are looked for in the rows; of numbers and times the most frequent and the range must do. */
function isText({ type }: ValueColumn): boolean {
  return type === "text" || type === "list";
}

function keyOf(column: ValueColumn): string {
  return JSON.stringify(column);
}

function elapsed(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
