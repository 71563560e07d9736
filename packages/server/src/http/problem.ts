import { type ErrorCode, PeregrineError } from "@peregrine/core";
import type { FastifyError } from "fastify";
import { z } from "zod";

/** An RFC 9457 problem, as every answer above 399 has it. */
export const problemSchema = z
  .object({
    type: z.string().describe("A stable name for the kind of problem: `urn:peregrine:error:` and its code"),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    code: z.string(),
    actor: z.enum(["user", "operator", "destination", "us"]).describe("Who has to act"),
    remedy: z.string().describe("What to do"),
    instance: z.string().describe("The id of this answer; the server's log has it too"),
    faults: z.array(z.object({ path: z.string(), message: z.string(), remedy: z.string().optional() })),
  })
  .meta({ id: "Problem" });

type Problem = z.infer<typeof problemSchema>;

/** The media type of RFC 9457. */
export const PROBLEM_TYPE = "application/problem+json";

/**
 * Fastify's own refusals, by its error codes.
 * Source: https://fastify.dev/docs/latest/Reference/Errors/
 */
const FASTIFY_CODES: Record<string, ErrorCode> = {
  FST_ERR_CTP_BODY_TOO_LARGE: "bodyTooLarge",
  FST_ERR_CTP_INVALID_MEDIA_TYPE: "mediaTypeUnknown",
  FST_ERR_CTP_INVALID_JSON_BODY: "requestInvalid",
  FST_ERR_CTP_EMPTY_JSON_BODY: "requestInvalid",
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: "requestInvalid",
  FST_ERR_BAD_URL: "notFound",
};

/** What a failure is to the caller: itself when it is an expected one, else `internal`. */
export function expectedError(error: FastifyError): PeregrineError {
  if (error instanceof PeregrineError) return error;
  const code = FASTIFY_CODES[error.code];
  if (code !== undefined) return new PeregrineError(code, { detail: error.message, cause: error });
  return new PeregrineError("internal", { cause: error });
}

/** The body of an error answer. `instance` names this one answer, as the log does. */
export function problem(error: PeregrineError, instance: string): Problem {
  return {
    type: `urn:peregrine:error:${error.code}`,
    title: error.title,
    status: error.status,
    detail: error.detail,
    code: error.code,
    actor: error.actor,
    remedy: error.remedy,
    instance,
    faults: error.faults.map((fault) => ({ ...fault })),
  };
}
