import { Group, Stack, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { faultAt } from "../../api/client.ts";
import { tagsOf } from "../find-audiences.ts";
import { audiencesQuery } from "../queries.ts";

/** What an audience is called. */
export interface Details {
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
}

interface Props {
  readonly details: Details;
  readonly onChange: (details: Details) => void;
  readonly error: Error | null;
  /** Somebody tried to save without a name. */
  readonly isNameMissing: boolean;
}

/** Name, description and tags. */
export function DetailFields({ details, onChange, error, isNameMissing }: Props) {
  const { data: audiences = [] } = useQuery(audiencesQuery);
  const { name, description, tags } = details;
  return (
    <Stack gap="sm">
      <Group gap="md" align="flex-start" grow preventGrowOverflow={false}>
        <TextInput
          label="Name"
          required
          maxLength={200}
          miw={260}
          value={name}
          error={isNameMissing ? "Give it a name" : faultAt(error, "/name")}
          onChange={(event) => onChange({ ...details, name: event.currentTarget.value })}
        />
        <TagsInput
          label="Tags"
          miw={220}
          placeholder={tags.length === 0 ? "Type one, then Enter" : ""}
          data={[...tagsOf(audiences)]}
          value={[...tags]}
          maxTags={100}
          acceptValueOnBlur
          error={faultAt(error, "/tags")}
          onChange={(chosen) => onChange({ ...details, tags: chosen })}
        />
      </Group>
      <Textarea
        label="Description"
        autosize
        minRows={1}
        maxRows={6}
        maxLength={2_000}
        value={description}
        error={faultAt(error, "/description")}
        onChange={(event) => onChange({ ...details, description: event.currentTarget.value })}
      />
    </Stack>
  );
}
