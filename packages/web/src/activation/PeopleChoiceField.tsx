import { Radio, Stack } from "@mantine/core";
import { people } from "../words/number.ts";
import type { PeopleChoice } from "./change-activation.ts";

interface Props {
  /** Who are in the segments now, or may be. */
  readonly count: number;
  readonly value: PeopleChoice;
  readonly onChange: (value: PeopleChoice) => void;
}

/** Take the people out first, or leave them? */
export function PeopleChoiceField({ count, value, onChange }: Props) {
  return (
    <Radio.Group
      label={`Take ${people(count)} out first (about a minute), or leave them?`}
      value={value}
      onChange={(chosen) => onChange(chosen === "leave" ? "leave" : "takeOut")}
    >
      <Stack gap="xs" mt="xs">
        <Radio
          value="takeOut"
          label="Take everyone out of the segment first"
          description="They stop seeing its content. Progress is shown until all are out."
        />
        <Radio
          value="leave"
          label="Leave them"
          description="They keep seeing this content and nothing updates them. No removal of the segment is sent."
        />
      </Stack>
    </Radio.Group>
  );
}
