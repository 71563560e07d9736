import type { components } from "../api.gen.ts";
import { dataOf } from "../client.ts";
import type { Session } from "../session.ts";
import { warningLines } from "./activation.ts";

type Part = components["schemas"]["ActivationSetup"]["parts"][number];

/** Whether Ibexa documents it. */
const BASIS = {
  documented: "documented",
  follows: "follows from the documentation",
} as const satisfies Record<Part["basis"], string>;

function partLines(part: Part, index: number): string[] {
  const where = part.file === null ? "" : `: ${part.file}`;
  const text = part.text === null ? [] : ["", ...part.text.split("\n").map((line) => `    ${line}`), ""];
  return [
    `${index + 1}. ${part.title}${where} (${BASIS[part.basis]})`,
    ...text,
    ...part.notes.map((note) => `   ${note}`),
    "",
  ];
}

/** What to set up at the destination, filled in with an activation's settings. */
export async function showSetup(
  { api, output }: Session,
  id: string,
  version: string | undefined,
): Promise<void> {
  const setup = dataOf(
    await api.GET("/api/v1/activations/{id}/setup", {
      params: { path: { id }, query: version === undefined ? {} : { version } },
    }),
  );
  const others = setup.versions.filter((one) => one !== setup.version);
  output.result(setup, [
    `For version ${setup.version}${others.length === 0 ? "" : ` (others: ${others.join(", ")})`}.`,
    "",
    ...setup.parts.flatMap(partLines),
    ...setup.gaps.map(({ placeholder, why }) =>
      why === "stored"
        ? `${placeholder} is stored and never read back: put in what was typed here, or make a new one.`
        : `${placeholder} isn't set yet.`,
    ),
    ...setup.warnings.flatMap(warningLines),
  ]);
}

/** Makes credentials for both sides and shows them, this once. */
export async function generateCredentials({ api, output }: Session, type: string): Promise<void> {
  const made = dataOf(
    await api.POST("/api/v1/activation-types/{type}/credentials", { params: { path: { type } } }),
  );
  output.result(made, [
    ...Object.entries(made.settings).map(([name, value]) => `${name}: ${value}`),
    "They are shown this once. Put them into the activation and into the destination's configuration.",
  ]);
}
