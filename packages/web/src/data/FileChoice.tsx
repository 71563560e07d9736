import { Button, FileButton, Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { type DragEvent, useState } from "react";
import { ProblemAlert } from "../shell/ProblemAlert.tsx";

interface Props {
  /** What the button says. */
  readonly label: string;
  readonly hint?: string;
  /** It is not what one is here for. */
  readonly isAside?: boolean;
  /** 0 to 1 while a file is sent. */
  readonly share: number | undefined;
  readonly error: unknown;
  readonly onFile: (file: File) => void;
  readonly onCancel: () => void;
}

/** A place for a file: drop it or choose it; while it is sent, how far it has come, and a way to call it off. */
export function FileChoice({ label, hint, isAside = false, share, error, onFile, onCancel }: Props) {
  const [isOver, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file !== undefined) onFile(file);
  };
  const over = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <Stack gap="sm">
      <Paper
        withBorder
        p="lg"
        onDrop={drop}
        onDragOver={over}
        onDragLeave={() => setOver(false)}
        style={{ borderStyle: "dashed", ...(isOver ? { borderColor: "var(--mantine-color-anchor)" } : {}) }}
      >
        {share === undefined ? (
          <Group gap="md">
            <FileButton onChange={(file) => file !== null && onFile(file)}>
              {(props) => (
                <Button {...props} variant={isAside ? "default" : "filled"}>
                  {label}
                </Button>
              )}
            </FileButton>
            <Text size="sm" c="dimmed">
              or drop it here. {hint}
            </Text>
          </Group>
        ) : (
          <Group gap="md" wrap="nowrap">
            <Progress value={share * 100} flex={1} aria-label="Sending the file" />
            <Text size="sm" w={48} ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>
              {Math.floor(share * 100)}%
            </Text>
            <Button variant="default" size="xs" onClick={onCancel}>
              Cancel
            </Button>
          </Group>
        )}
      </Paper>
      <ProblemAlert error={error} />
    </Stack>
  );
}
