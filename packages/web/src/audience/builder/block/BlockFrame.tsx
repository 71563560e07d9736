import { ActionIcon, Box, Group, Menu, Paper, Text, Tooltip } from "@mantine/core";
import type { KeyboardEvent, ReactNode } from "react";
import { people } from "../../../words/number.ts";
import type { Block } from "../../rule/block.ts";
import { useBuilder } from "../builder-context.ts";
import { DownIcon, MoreIcon, UpIcon } from "../icons.tsx";
import { BlockFaults } from "./BlockFaults.tsx";

interface Props {
  readonly block: Block;
  /** What the block is called by whoever hears it. */
  readonly label: string;
  /** What stands in its first line. */
  readonly head: ReactNode;
  /** What stands below it. */
  readonly children?: ReactNode;
  /** A part of a part has no frame of its own. */
  readonly isPlain?: boolean;
}

/** Around every block: what it finds, what is wrong with it, and how it is moved, copied and removed. */
export function BlockFrame({ block, label, head, children, isPlain = false }: Props) {
  const { dispatch } = useBuilder();
  const onKeyDown = (event: KeyboardEvent) => {
    const by = event.key === "ArrowUp" ? "up" : event.key === "ArrowDown" ? "down" : undefined;
    if (!event.altKey || by === undefined) return;
    event.preventDefault();
    // The innermost block around the focus is moved, and no other.
    event.stopPropagation();
    dispatch({ do: "move", id: block.id, by });
  };
  const content = (
    <>
      <Group justify="space-between" align="flex-start" wrap="nowrap" gap="xs">
        <Group gap="xs" align="flex-start" style={{ flex: 1, minWidth: 0 }}>
          {head}
        </Group>
        <Group gap={4} wrap="nowrap" style={{ minHeight: 36 }}>
          <BlockSize id={block.id} />
          <BlockControls block={block} label={label} />
        </Group>
      </Group>
      <BlockFaults id={block.id} />
      {children}
    </>
  );
  const shared = {
    role: "group",
    "aria-label": label,
    "data-block": block.id,
    tabIndex: -1,
    onKeyDown,
  } as const;
  if (isPlain) return <Box {...shared}>{content}</Box>;
  return (
    <Paper {...shared} withBorder p="sm" radius="md">
      {content}
    </Paper>
  );
}

/** How many people the block finds by itself; of an earlier rule it is shown fainter. */
function BlockSize({ id }: { readonly id: string }) {
  const { sizes, isStale, isEstimate } = useBuilder();
  const size = sizes.get(id);
  if (size === undefined) return null;
  const words = isStale
    ? "As it was; it is being counted again"
    : `People that this finds by itself${isEstimate ? ", by a sample" : ""}`;
  return (
    <Tooltip label={words}>
      <Text
        size="sm"
        px={4}
        data-stale={isStale || undefined}
        c={isStale ? "dimmed" : "inherit"}
        fs={isStale ? "italic" : "normal"}
        style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}
      >
        {isEstimate ? `≈ ${people(size)}` : people(size)}
      </Text>
    </Tooltip>
  );
}

function BlockControls({ block, label }: { readonly block: Block; readonly label: string }) {
  const { dispatch } = useBuilder();
  const { id, kind } = block;
  return (
    <>
      <MoveButton id={id} by="up" label={label} />
      <MoveButton id={id} by="down" label={label} />
      <Menu position="bottom-end" width={220} returnFocus={false}>
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" c="dimmed" aria-label={`More: ${label}`}>
            <MoreIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item onClick={() => dispatch({ do: "duplicate", id })}>Duplicate</Menu.Item>
          <Menu.Item onClick={() => dispatch({ do: "nest", id })}>Put into a group</Menu.Item>
          {kind === "group" && !block.negated ? (
            <Menu.Item onClick={() => dispatch({ do: "dissolve", id })}>Dissolve the group</Menu.Item>
          ) : null}
          <Menu.Divider />
          <Menu.Item onClick={() => dispatch({ do: "remove", id })}>Remove</Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}

const MOVES = {
  up: { words: "Move up", key: "Alt+↑", Icon: UpIcon },
  down: { words: "Move down", key: "Alt+↓", Icon: DownIcon },
} as const;

interface MoveButtonProps {
  readonly id: string;
  readonly by: keyof typeof MOVES;
  readonly label: string;
}

function MoveButton({ id, by, label }: MoveButtonProps) {
  const { dispatch } = useBuilder();
  const { words, key, Icon } = MOVES[by];
  return (
    <Tooltip label={`${words} (${key})`}>
      <ActionIcon
        variant="subtle"
        color="gray"
        c="dimmed"
        aria-label={`${words}: ${label}`}
        onClick={() => dispatch({ do: "move", id, by })}
      >
        <Icon />
      </ActionIcon>
    </Tooltip>
  );
}
