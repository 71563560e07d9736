import { Text, VisuallyHidden } from "@mantine/core";
import { counted } from "../words/number.ts";

interface Props {
  readonly joined: number;
  readonly left: number;
}

/** "+312 / −87" */
export function movementText({ joined, left }: Props): string {
  return `+${counted(joined)} / −${counted(left)}`;
}

/** How many came and went, with the words for whoever can't see the signs. */
export function Movement({ joined, left }: Props) {
  if (joined === 0 && left === 0) {
    return (
      <Text size="sm" c="dimmed" component="span">
        No change
      </Text>
    );
  }
  return (
    <Text size="sm" component="span" style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
      <VisuallyHidden>{`${counted(joined)} joined, ${counted(left)} left`}</VisuallyHidden>
      <span aria-hidden="true">{movementText({ joined, left })}</span>
    </Text>
  );
}
