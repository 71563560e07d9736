import { Text } from "@mantine/core";
import { exactly, lasting } from "./time.ts";
import { useNow } from "./use-now.ts";

interface Props {
  readonly instant: string | null;
  readonly none?: string;
  readonly size?: "sm" | "md";
}

/** How long something has lasted, "38 s", with the instant at which it began behind it. */
export function Age({ instant, none = "–", size = "sm" }: Props) {
  const now = useNow();
  if (instant === null) return <Text size={size}>{none}</Text>;
  return (
    <Text
      size={size}
      style={{ whiteSpace: "nowrap" }}
      component="time"
      dateTime={instant}
      title={exactly(instant)}
    >
      {lasting(instant, now)}
    </Text>
  );
}
