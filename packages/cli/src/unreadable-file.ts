/** Why a file can't be read, for the operating system's code. */
export function reasonOf(code: string): string {
  return (
    { ENOENT: "there is no such file", EACCES: "you may not read it", EISDIR: "it is a folder" }[code] ?? code
  );
}
