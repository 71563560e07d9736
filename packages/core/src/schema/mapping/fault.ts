/** Something wrong with an expression, and where it stands in the text. */
export interface ExpressionFault {
  /** Column of the first character concerned, counted from 1. */
  readonly column: number;
  readonly message: string;
  readonly remedy?: string;
  /** The file has no such column. */
  readonly missing?: MissingColumn;
}

/** A column that a mapping reads and a file lacks. */
export interface MissingColumn {
  readonly name: string;
  /** The column of the file that was probably meant. */
  readonly near: string | undefined;
}

/** Where a node stands: offsets into the text, `end` is behind the last character. */
export interface Span {
  readonly start: number;
  readonly end: number;
}
