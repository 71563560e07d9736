import type { Fault } from "@peregrine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useRef } from "react";
import { ApiProblem, api, dataOf } from "../../api/client.ts";
import { type AudienceView, audienceQuery } from "../queries.ts";
import type { Details } from "./DetailFields.tsx";
import { ruleBody } from "./rule-body.ts";

interface Saving {
  readonly details: Details;
  readonly rule: unknown;
  /** The version that is saved over; unless given, the one that was opened. */
  readonly version?: number | undefined;
}

/** Saves an audience, and shows it. */
export function useSave(saved: AudienceView | undefined) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  // What was saved is no reason to ask before leaving; asked while leaving, so it is no state.
  const done = useRef(false);
  const mutation = useMutation({
    mutationFn: async ({ details, rule, version }: Saving): Promise<AudienceView> => {
      const { name, description, tags } = details;
      const body = {
        name: name.trim(),
        ...(description.trim() === "" ? {} : { description: description.trim() }),
        tags: [...tags],
        rule: ruleBody(rule),
        ...(saved?.check === undefined ? {} : { check: saved.check }),
      };
      if (saved === undefined) return dataOf(await api.POST("/api/v1/audiences", { body }));
      const query = { version: version ?? saved.version };
      return dataOf(
        await api.PUT("/api/v1/audiences/{id}", { params: { path: { id: saved.id }, query }, body }),
      );
    },
    onSuccess: async (audience) => {
      const { id } = audience;
      done.current = true;
      await queries.invalidateQueries({ queryKey: ["audiences"], refetchType: "none" });
      queries.setQueryData(audienceQuery(id).queryKey, audience);
      await navigate({ to: "/audiences/$id", params: { id } });
    },
  });
  return { ...mutation, isDone: () => done.current };
}

const IN_RULE = /^\/[^/]+\/rule(\/.*)?$/;

/** Faults of the rule in an answer that refused to save it, with paths below the rule. */
export function ruleFaultsOf(error: Error | null): readonly Fault[] {
  if (!(error instanceof ApiProblem)) return [];
  return error.problem.faults.flatMap(({ path, message, remedy }) => {
    const match = IN_RULE.exec(path);
    if (match === null) return [];
    return [{ path: match[1] ?? "", message, ...(remedy === undefined ? {} : { remedy }) }];
  });
}
