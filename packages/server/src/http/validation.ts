import { faultsOfIssues, PeregrineError } from "@peregrine/core";
import type { FastifySchemaCompiler } from "fastify";
import type { z } from "zod";

/** What the parts of a request are called: in the sentence, and as the first step of a fault's path. */
const PARTS: Readonly<Record<string, string>> = {
  body: "body",
  querystring: "query",
  params: "address",
  headers: "headers",
};

/** Reads a part of a request by its zod schema; everything that is wrong with it is one `requestInvalid`. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart = "body" }) =>
  (given: unknown) => {
    const { data, error } = schema.safeParse(given);
    if (error === undefined) return { value: data };
    const part = PARTS[httpPart] ?? httpPart;
    return {
      error: new PeregrineError("requestInvalid", {
        detail: `The request's ${part} is not as the API expects it.`,
        faults: faultsOfIssues(error.issues, [part]),
      }),
    };
  };
