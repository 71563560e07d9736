import { z } from "zod";
import { faultsOfIssues, jsonPointer } from "./audience/report.ts";
import { DEFINITION_KINDS, type Definition, definitionKey } from "./definition.ts";
import { definitionId } from "./definition-id.ts";
import type { Fault } from "./error.ts";
import { KINDS, type Kind } from "./kind.ts";

/** What of a document is needed to say which one it is. */
const heading = z.looseObject({ kind: z.enum(KINDS), id: definitionId });

/**
 * Reads documents as people write them: fills in defaults and finds everything that is wrong with any of them
 * alone. What is read is the documents without faults, in their order.
 *
 * Faults are named by the document, `/dataflow orders/map/price`, or by its place, `/document 3/kind`, as long
 * as it does not say what it is.
 */
export function readDefinitions(documents: readonly unknown[]): {
  readonly definitions: readonly Definition[];
  /** Keys of documents that say what they are and have faults; they are not "missing" for others. */
  readonly unreadable: ReadonlySet<string>;
  readonly faults: readonly Fault[];
} {
  const unreadable = new Set<string>();
  const definitions: Definition[] = [];
  const faults: Fault[] = [];
  const places = new Map<string, number>();
  for (const [index, document] of documents.entries()) {
    const read = readDefinition(document, index + 1);
    faults.push(...read.faults);
    if (read.key !== undefined) {
      const earlier = places.get(read.key);
      if (earlier !== undefined) {
        faults.push({
          path: `/${read.key}`,
          message: `the documents ${earlier} and ${index + 1} both define it`,
          remedy: "Remove one of them.",
        });
        continue;
      }
      places.set(read.key, index + 1);
    }
    if (read.definition !== undefined) definitions.push(read.definition);
    else if (read.key !== undefined) unreadable.add(read.key);
  }
  return { definitions, unreadable, faults };
}

interface Read {
  readonly key: string | undefined;
  readonly definition?: Definition;
  readonly faults: readonly Fault[];
}

function readDefinition(document: unknown, place: number): Read {
  const head = heading.safeParse(document);
  if (!head.success) {
    return { key: undefined, faults: below(`/document ${place}`, headingFaults(document, head.error)) };
  }
  const { kind, id } = head.data;
  const key = definitionKey(kind, id);
  const schema: z.ZodType<Definition> = DEFINITION_KINDS[kind];
  const { data, error } = schema.safeParse(document);
  if (error !== undefined) return { key, faults: below(`/${key}`, faultsOfIssues(error.issues)) };
  return { key, definition: data, faults: [] };
}

function headingFaults(document: unknown, error: z.ZodError): Fault[] {
  if (document === null || typeof document !== "object" || Array.isArray(document)) {
    return [{ path: "", message: "a definition is expected here: an object with `kind` and `id`" }];
  }
  return error.issues.map((issue) => {
    const path = jsonPointer(issue.path);
    if (issue.path[0] !== "kind") return { path, message: issue.message };
    return { path, message: `the kind is one of ${KINDS.join(", ")}` };
  });
}

function below(path: string, faults: readonly Fault[]): Fault[] {
  return faults.map((fault) => ({ ...fault, path: `${path}${fault.path}` }));
}

/** Puts a fault below the definition in which it is: `/map/price` becomes `/dataflow orders/map/price`. */
export function faultIn(kind: Kind, id: string, fault: Fault): Fault {
  return { ...fault, path: `/${definitionKey(kind, id)}${fault.path}` };
}
