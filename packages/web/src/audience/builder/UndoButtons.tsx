import { ActionIcon, Group, Tooltip } from "@mantine/core";
import { useEffect } from "react";
import type { RuleChange, RuleState } from "../rule/rule-state.ts";
import { RedoIcon, UndoIcon } from "./icons.tsx";

interface Props {
  readonly state: RuleState;
  readonly dispatch: (change: RuleChange) => void;
}

/** The way back and forth through the changes of the rule, by buttons and keys. */
export function UndoButtons({ state, dispatch }: Props) {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      const isMeant = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z";
      // Name and description have the browser's own way back.
      if (!isMeant || isOutside(event.target)) return;
      event.preventDefault();
      dispatch({ do: event.shiftKey ? "redo" : "undo" });
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [dispatch]);
  return (
    <Group gap={4}>
      <Tooltip label="Undo (Ctrl+Z)">
        <ActionIcon
          variant="default"
          size={36}
          aria-label="Undo"
          disabled={state.past.length === 0}
          onClick={() => dispatch({ do: "undo" })}
        >
          <UndoIcon />
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Redo (Ctrl+Shift+Z)">
        <ActionIcon
          variant="default"
          size={36}
          aria-label="Redo"
          disabled={state.future.length === 0}
          onClick={() => dispatch({ do: "redo" })}
        >
          <RedoIcon />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

function isOutside(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement) || !target.matches("input, textarea")) return false;
  return target.closest("[data-block]") === null;
}
