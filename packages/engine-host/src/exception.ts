/** A failure as ClickHouse's HTTP interface tells it. */
export interface Exception {
  readonly code: number;
  readonly message: string;
  readonly status: number;
}

/** ClickHouse's codes that get an HTTP status of their own, as its server gives them; the rest is 500. */
const STATUS_OF_CODE: Readonly<Record<number, number>> = {
  36: 400,
  60: 404,
  62: 400,
  81: 404,
  115: 400,
  241: 500,
  456: 400,
  457: 400,
};

const CODE_NOT_ENOUGH_SPACE = 243;
const CODE_UNKNOWN = 1002;

/** Makes whatever was thrown into what the client understands (`Code: 241. DB::Exception: …`). */
export function toException(error: unknown): Exception {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error && "code" in error && error.code === "ENOSPC") {
    return coded(CODE_NOT_ENOUGH_SPACE, `No space left to take the data in: ${message}`, "NOT_ENOUGH_SPACE");
  }
  // Errors of files are told twice ("Code: 27. DB::Exception: Code: 27. …"); the first is enough.
  const code = Number(/Code: (\d+)\. DB::Exception/.exec(message)?.[1] ?? Number.NaN);
  if (Number.isNaN(code)) return coded(CODE_UNKNOWN, message, "UNKNOWN_EXCEPTION");
  return { code, message: message.trim(), status: STATUS_OF_CODE[code] ?? 500 };
}

/** A failure of the host itself, in the engine's spelling: the client parses `Code: n. DB::Exception: … (NAME)`. */
export function coded(code: number, text: string, name: string): Exception {
  const oneLine = text.replaceAll(/\s+/g, " ");
  return {
    code,
    message: `Code: ${code}. DB::Exception: ${oneLine}. (${name})`,
    status: STATUS_OF_CODE[code] ?? 500,
  };
}

/** The host's own refusal of a request. */
export class RequestError extends Error {
  readonly exception: Exception;

  constructor(code: number, text: string, name: string) {
    const exception = coded(code, text, name);
    super(exception.message);
    this.exception = exception;
  }
}

/**
 * The block that tells an error in the middle of a result whose status was sent long ago. The client looks for it
 * at the end of a chunk and takes the length (in bytes, with the line end) from behind the message.
 */
export function exceptionFrame(message: string, tag: string): Buffer {
  const text = Buffer.from(`${message}\n`);
  return Buffer.concat([
    Buffer.from(`\r\n__exception__\r\n${tag}\r\n`),
    text,
    Buffer.from(`${text.length} ${tag}\r\n__exception__\r\n`),
  ]);
}
