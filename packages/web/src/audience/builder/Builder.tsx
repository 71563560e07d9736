import { Alert, Box, Button, Grid, Group, Modal, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useBlocker } from "@tanstack/react-router";
import { useEffect, useMemo, useReducer, useRef, useState } from "react";
import { isOvertaken } from "../../api/overtaken.ts";
import { PageTitle } from "../../shell/PageTitle.tsx";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import type { AudienceView } from "../queries.ts";
import type { Block, GroupBlock } from "../rule/block.ts";
import type { CatalogIndex } from "../rule/catalog-index.ts";
import { faultsByBlock, unfinished } from "../rule/faults.ts";
import { reduceRule } from "../rule/rule-state.ts";
import { writeRule } from "../rule/write-rule.ts";
import { BlockFaults } from "./block/BlockFaults.tsx";
import { BlockView } from "./block/BlockView.tsx";
import { FirstBlock } from "./block/FirstBlock.tsx";
import { GroupContents } from "./block/GroupContents.tsx";
import { GroupWord } from "./block/GroupWord.tsx";
import { BuilderProvider } from "./builder-context.ts";
import { ConflictAlert } from "./ConflictAlert.tsx";
import { DetailFields } from "./DetailFields.tsx";
import type { Draft } from "./draft.ts";
import { HistoryDialog } from "./HistoryDialog.tsx";
import { PreviewPanel, sizeText } from "./PreviewPanel.tsx";
import { SaveButton } from "./SaveButton.tsx";
import { UndoButtons } from "./UndoButtons.tsx";
import { useMissingValues } from "./use-missing-values.ts";
import { usePreview } from "./use-preview.ts";
import { ruleFaultsOf, useSave } from "./use-save.ts";

interface Props {
  /** As it is when the builder opens; later values are not looked at. */
  readonly draft: Draft;
  readonly catalog: CatalogIndex;
  /** The audiences that the rule may name. */
  readonly audiences: readonly AudienceView[];
  readonly onTakeTheirs?: (audience: AudienceView) => void;
}

/** Puts a rule together, with whom it finds always beside it. */
export function Builder({ draft, catalog, audiences, onTakeTheirs }: Props) {
  const [start] = useState(draft);
  const { saved, unreadable } = start;
  const [details, setDetails] = useState(start.details);
  const [state, dispatch] = useReducer(reduceRule, start.rule);
  const [isInsistent, setInsistent] = useState(false);
  const [isShowingHistory, history] = useDisclosure(false);
  const written = useMemo(() => writeRule(state.root), [state.root]);
  const missing = useMemo(() => unfinished(state.root), [state.root]);
  const preview = usePreview(written, saved?.id, missing.size === 0);
  const missingTexts = useMissingValues(state.root);
  const save = useSave(saved);
  const isChanged =
    JSON.stringify([details, written.rule]) !==
    JSON.stringify([start.details, writeRule(start.rule.root).rule]);
  const page = useRef<HTMLDivElement>(null);
  useFocus(page, state.focus, state.root);
  const leaving = useBlocker({
    shouldBlockFn: () => isChanged && !save.isDone(),
    enableBeforeUnload: () => isChanged && !save.isDone(),
    withResolver: true,
  });
  const names = new Map(audiences.map(({ id, name }) => [id, name]));
  const isNameMissing = details.name.trim() === "";
  const trySaving = (version?: number) => {
    setInsistent(true);
    if (!isNameMissing && missing.size === 0) save.mutate({ details, rule: written.rule, version });
  };
  const faults =
    save.error === null ? preview.faults : faultsByBlock(written.places, ruleFaultsOf(save.error));
  const context = {
    catalog,
    audiences,
    show: (block: Block, event: string) => <BlockView block={block} event={event} />,
    dispatch,
    sizes: preview.sizes,
    isStale: preview.isStale,
    isEstimate: preview.preview?.exact === false,
    missingTexts,
    faults,
    missing,
    isInsistent,
  };
  return (
    <BuilderProvider value={context}>
      <Box ref={page}>
        <PageTitle
          title={saved === undefined ? "New audience" : `Edit ${saved.name}`}
          actions={
            <>
              <Text hiddenFrom="lg" fw={600} c={preview.isStale ? "dimmed" : "inherit"}>
                {preview.preview === undefined ? "" : sizeText(preview.preview)}
              </Text>
              <UndoButtons state={state} dispatch={dispatch} />
              {saved === undefined ? null : (
                <Button variant="default" onClick={history.open}>
                  History
                </Button>
              )}
              <SaveButton
                saved={saved}
                preview={preview}
                isUnfinished={missing.size > 0}
                isSaving={save.isPending}
                onSave={() => trySaving()}
              />
            </>
          }
        />
        <Grid gap="lg">
          <Grid.Col span={{ base: 12, lg: 8 }}>
            <Stack gap="lg">
              {isOvertaken(save.error) && saved !== undefined ? (
                <ConflictAlert
                  saved={saved}
                  error={save.error}
                  onSaveOver={trySaving}
                  onTakeTheirs={(theirs) => onTakeTheirs?.(theirs)}
                />
              ) : ruleFaultsOf(save.error).length > 0 ? null : (
                <ProblemAlert error={save.error} />
              )}
              {unreadable === undefined ? null : (
                <Alert color="orange" title="The saved rule can’t be shown as blocks">
                  {unreadable}. What you put together here takes its place when you save.
                </Alert>
              )}
              <DetailFields
                details={details}
                onChange={setDetails}
                error={save.error}
                isNameMissing={isInsistent && isNameMissing}
              />
              <section aria-label="Rule">
                <Root root={state.root} isInsistent={isInsistent} />
              </section>
            </Stack>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 4 }}>
            <Box style={{ position: "sticky", top: "calc(var(--app-shell-header-height, 56px) + 16px)" }}>
              <PreviewPanel
                draft={{ ...preview, faults }}
                rule={written.rule}
                names={(id) => names.get(id)}
                isUnfinished={missing.size > 0}
              />
            </Box>
          </Grid.Col>
        </Grid>
        {saved === undefined ? null : (
          <HistoryDialog
            saved={saved}
            opened={isShowingHistory}
            onClose={history.close}
            onRestored={(restored) => onTakeTheirs?.(restored)}
          />
        )}
        <Modal
          opened={leaving.status === "blocked"}
          onClose={() => leaving.reset?.()}
          title="Leave without saving?"
          closeButtonProps={{ "aria-label": "Close" }}
        >
          <Text size="sm">What you changed here is lost.</Text>
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => leaving.proceed?.()}>
              Leave
            </Button>
            <Button onClick={() => leaving.reset?.()}>Stay</Button>
          </Group>
        </Modal>
      </Box>
    </BuilderProvider>
  );
}

/** The outermost group; as long as it is empty, the choice of what to begin with. */
function Root({ root, isInsistent }: { readonly root: GroupBlock; readonly isInsistent: boolean }) {
  const isEmpty = root.of.length === 0;
  return (
    <>
      <Group gap="sm" mb="xs">
        <Text fw={600} size="sm">
          {isEmpty ? "Whom do you look for?" : "People for whom"}
        </Text>
        {isEmpty ? null : (
          <>
            <GroupWord block={root} />
            <Text size="sm">hold</Text>
          </>
        )}
      </Group>
      <Box data-block={root.id} tabIndex={-1}>
        {isEmpty && !isInsistent ? null : <BlockFaults id={root.id} />}
        {isEmpty ? <FirstBlock into={root.id} /> : <GroupContents block={root} event="" />}
      </Box>
    </>
  );
}

/** Gives the focus to the block that was added or moved; to what can be typed in it, where it is new. */
function useFocus(page: { readonly current: HTMLElement | null }, id: string | null, root: unknown): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same block can be moved twice in a row
  useEffect(() => {
    if (id === null) return;
    page.current?.querySelector<HTMLElement>(`[data-block="${CSS.escape(id)}"]`)?.focus();
  }, [page, id, root]);
}
