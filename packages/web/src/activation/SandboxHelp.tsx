import { Code, List, Stack, Text } from "@mantine/core";
import { Dialog } from "../shell/Dialog.tsx";
import { ButtonLink } from "../shell/links.tsx";

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** How to try everything without an Ibexa of one's own. */
export function SandboxHelp({ opened, onClose }: Props) {
  return (
    <Dialog title="Try with the sandbox" opened={opened} onClose={onClose} size="lg">
      <Stack gap="md">
        <Text size="sm">
          The sandbox is a stand-in for Ibexa DXP that runs on your machine. It takes the same messages and
          shows its segments with their people.
        </Text>
        <List type="ordered" size="sm" spacing="xs">
          <List.Item>
            In a terminal, beside the server: <Code>npx ibexa-sandbox</Code>. It prints its address and what
            to type into the four fields; its page shows the same.
          </List.Item>
          <List.Item>Create New Activation → Ibexa, with these values.</List.Item>
          <List.Item>Open the sandbox’s address and watch the people come.</List.Item>
        </List>
        <ButtonLink to="/activations/new/ibexa">Create New Activation</ButtonLink>
      </Stack>
    </Dialog>
  );
}
