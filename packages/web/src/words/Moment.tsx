import { Text } from "@mantine/core";
import { ago, exactly } from "./time.ts";
import { TICK_MS, useNow } from "./use-now.ts";

/** An instant as people say it, with the exact one behind it. */
export function Moment({
  instant,
  never = "Never",
  size = "sm",
}: {
  readonly instant: string | null;
  readonly never?: string;
  readonly size?: "xs" | "sm";
}) {
  const now = useNow();
  if (instant === null) return <Text size={size}>{never}</Text>;
  return (
    <Text
      size={size}
      style={{ whiteSpace: "nowrap" }}
      component="time"
      dateTime={instant}
      title={exactly(instant)}
    >
      {ago(instant, isJustNow(instant, now) ? Date.parse(instant) : now)}
    </Text>
  );
}

/** Whether an instant lies ahead only because the clock here ticks seldom. */
function isJustNow(instant: string, now: number): boolean {
  const ahead = Date.parse(instant) - now;
  return ahead > 0 && ahead <= TICK_MS;
}
