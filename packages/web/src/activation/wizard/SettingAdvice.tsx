import { Alert, Button, Group, Text } from "@mantine/core";
import { Marked } from "../../words/Marked.tsx";
import type { SettingWarning } from "../queries.ts";

interface Props {
  readonly advice: SettingWarning | undefined;
  /** @param use the value to put there */
  readonly onUse: (use: string | number) => void;
  /** @param names of the settings that are to be filled with new credentials */
  readonly onGenerate: (names: readonly string[]) => void;
}

/** What is likely a mistake at a field, with the remedy as a button. */
export function SettingAdvice({ advice, onUse, onGenerate }: Props) {
  if (advice === undefined) return null;
  const { message, use, generate } = advice;
  const remedy =
    generate !== undefined
      ? { label: "Generate new", apply: () => onGenerate(generate.map(nameOf)) }
      : use !== undefined
        ? { label: "Use this", apply: () => onUse(use) }
        : undefined;
  return (
    <Alert color="orange" py="xs" role="status">
      <Group justify="space-between" wrap="nowrap" gap="sm">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          <Marked text={message} />
        </Text>
        {remedy === undefined ? null : (
          <Button size="xs" variant="default" onClick={remedy.apply} style={{ flexShrink: 0 }}>
            {remedy.label}
          </Button>
        )}
      </Group>
    </Alert>
  );
}

/** A setting's name, of the path by which the API names it. */
function nameOf(path: string): string {
  return path.replace("/settings/", "");
}
