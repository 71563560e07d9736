import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type SamplePreview, samplePreviewQuery } from "../queries.ts";
import { documentsOf, type Mapping, type SavedAs } from "./mapping.ts";

const TYPING_MS = 400;

/** What a mapping that is being made makes of a sample's first rows. */
export interface MappingPreview extends Pick<SamplePreview, "rows" | "faults"> {
  /** What was shown to the server last; a moment ago while somebody types. */
  readonly documents: readonly object[];
  /** Why there is nothing to see. */
  readonly error: Error | null;
  /** It is of what stands in the fields now. */
  readonly isSettled: boolean;
  /** It is settled, and nothing is wrong. */
  readonly isSound: boolean;
}

/**
 * Asks for the preview as somebody types.
 *
 * @param mapping null, as `sample` empty: there is none yet
 */
export function useMappingPreview(
  sample: string,
  mapping: Mapping | null,
  { name, write, state }: SavedAs,
): MappingPreview {
  const documents = useMemo(
    () => (mapping === null ? [] : documentsOf(mapping, { name, write, state })),
    [mapping, name, write, state],
  );
  const [typed] = useDebouncedValue(documents, TYPING_MS);
  const { data, error, isPlaceholderData, isFetching } = useQuery({
    ...samplePreviewQuery(sample, typed),
    placeholderData: keepPreviousData,
    enabled: sample !== "" && typed.length > 0,
  });
  const isSettled = typed === documents && data !== undefined && !isPlaceholderData && !isFetching;
  const faults = data?.faults ?? [];
  return {
    rows: data?.rows ?? [],
    faults,
    documents: typed,
    error,
    isSettled,
    isSound: isSettled && error === null && faults.length === 0,
  };
}
