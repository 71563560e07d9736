interface Fault {
  readonly path: string;
  readonly message: string;
  readonly remedy?: string | undefined;
}

/** What the parts of a mapping are called that fill no column. */
const PARTS: Readonly<Record<string, string>> = {
  leaveOut: "Rows left out",
  time: "Time",
  tieBreak: "Tie-break",
  event: "Type of event",
  key: "Key",
};

/** A fault of a mapping as sentences: the column or the part of the mapping, what is wrong, and what to do. */
export function faultSentence({ path, message, remedy = "" }: Fault): string {
  const [, part = "", ...rest] = path.split("/");
  const name = rest.join("/").replaceAll("~1", "/").replaceAll("~0", "~");
  const place = part === "map" && name !== "" ? `\`${name}\`` : (PARTS[part] ?? "");
  const said = [place === "" ? sentence(message) : `${place}: ${closed(message)}`, sentence(remedy)];
  return said.filter((part) => part !== "").join(" ");
}

function sentence(text: string): string {
  return closed(text.charAt(0).toUpperCase() + text.slice(1));
}

function closed(text: string): string {
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}
