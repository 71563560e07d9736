import { Stack } from "@mantine/core";
import { ExpressionEditor } from "../mapping/ExpressionEditor.tsx";
import type { Mapping } from "../mapping/mapping.ts";
import { useMappingPreview } from "../mapping/use-mapping-preview.ts";
import { savedAs } from "./draft.ts";
import { StepButtons } from "./StepButtons.tsx";
import type { StepProps } from "./step-props.ts";

/** How each value is made, with what it yields. */
export function TransformStep({ draft, change, onBack, onNext }: StepProps) {
  const { mapping } = draft;
  const preview = useMappingPreview(draft.sample, mapping, savedAs(draft, "draft"));
  if (mapping === null) return null;
  const update = (patch: Partial<Mapping>) => change({ mapping: { ...mapping, ...patch } });
  return (
    <Stack gap="lg">
      <ExpressionEditor mapping={mapping} preview={preview} update={update} />
      <StepButtons onBack={onBack} onNext={onNext} canGoOn={preview.isSound} />
    </Stack>
  );
}
