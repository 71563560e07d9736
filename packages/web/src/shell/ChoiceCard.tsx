import { Group, Radio, Text } from "@mantine/core";

interface Props {
  readonly value: string;
  /** What is chosen among them: that one is the stop of the Tab key, and arrows lead to the others. */
  readonly chosen: string;
  readonly title: string;
  readonly about: string;
  readonly disabled?: boolean;
}

/** One of few choices that want explaining; within a `Radio.Group`. */
export function ChoiceCard({ value, chosen, title, about, disabled = false }: Props) {
  return (
    <Radio.Card
      value={value}
      disabled={disabled}
      tabIndex={value === chosen ? 0 : -1}
      p="md"
      radius="sm"
      aria-label={title}
      style={{
        display: "flex",
        alignItems: "flex-start",
        ...(disabled ? { opacity: 0.6, cursor: "not-allowed" } : {}),
      }}
    >
      <Group gap="sm" wrap="nowrap" align="flex-start">
        <Radio.Indicator mt={2} />
        <div>
          <Text size="sm" fw={600}>
            {title}
          </Text>
          <Text size="sm" c="dimmed">
            {about}
          </Text>
        </div>
      </Group>
    </Radio.Card>
  );
}
