import { z } from "zod";

/** The id of a definition: fixed for life, safe in addresses and file names. */
export const definitionId = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/,
    "1 to 64 letters, digits, `_`, `.` or `-`, beginning with a letter or digit",
  );
