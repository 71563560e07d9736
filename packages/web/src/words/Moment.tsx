import { Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { ago, exactly } from "./time.ts";

const TICK_MS = 5_000;

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
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, []);
  if (instant === null) return <Text size={size}>{never}</Text>;
  return (
    <Text size={size} component="time" dateTime={instant} title={exactly(instant)}>
      {ago(instant, Math.max(now, Date.parse(instant)))}
    </Text>
  );
}
