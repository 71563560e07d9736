import { readFile } from "node:fs/promises";
import { CommandFailed, EXIT } from "../exit.ts";

/** The text of a file that somebody named. @throws CommandFailed when it can't be read */
export async function textOfFile(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new CommandFailed(EXIT.noInput, `${file} can't be read (${String(error.code)}).`, {
      lines: ["Check the path and that you may read it."],
    });
  }
}
