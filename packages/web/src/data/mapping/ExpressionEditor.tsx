import { Alert, Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { ProblemAlert } from "../../shell/ProblemAlert.tsx";
import { Marked } from "../../words/Marked.tsx";
import { faultSentence } from "../fault-sentence.ts";
import { ExpressionTable } from "./ExpressionTable.tsx";
import { faultOf, mapPath, otherFaults } from "./faults.ts";
import { type Mapping, ROLE_NAMES, type RoleName } from "./mapping.ts";
import { PreviewRows } from "./PreviewRows.tsx";
import type { MappingPreview } from "./use-mapping-preview.ts";

interface Props {
  readonly mapping: Mapping;
  readonly preview: MappingPreview;
  readonly update: (patch: Partial<Mapping>) => void;
}

/** The mapping's expressions besides the columns: what each says, and for which rows there is one. */
const ROLES: Readonly<
  Record<RoleName, { readonly label: string; readonly about: string; readonly of: readonly string[] }>
> = {
  time: {
    label: "When it was so",
    about: "Without it, the time at which the row came",
    of: ["PersonalData", "Interaction"],
  },
  event: {
    label: "What happened",
    about: 'The kind of event: a column, or a text such as "buy"',
    of: ["Interaction"],
  },
  key: {
    label: "What makes it the same event",
    about: "So that the same row twice counts once",
    of: ["Interaction"],
  },
  tieBreak: { label: "Which of two equally old rows wins", about: "The larger text", of: ["PersonalData"] },
};

/** How each value is made: the expressions with what they yield, live; computed columns; rows to leave out. */
export function ExpressionEditor({ mapping, preview: { rows, faults, error }, update }: Props) {
  const roles = ROLE_NAMES.filter((name) => ROLES[name].of.includes(mapping.schema.parent));
  const taken = mapping.columns.filter(({ isTaken }) => isTaken);
  const shownAt = [
    ...[...taken, ...mapping.computed].map(({ target }) => mapPath(target)),
    ...roles.map((name) => `/${name}`),
    "/leaveOut",
  ];
  const others = otherFaults(faults, shownAt);
  return (
    <Stack gap="lg">
      <Text size="sm" maw={760}>
        Each column is made by an expression over the file’s columns, such as <code>trim(name)</code> or{" "}
        <code>number(price) * number(quantity)</code>. What it yields for the first rows stands beside it.
      </Text>
      <ExpressionTable mapping={mapping} rows={rows} faults={faults} update={update} />
      <Group>
        <Button
          variant="default"
          onClick={() =>
            update({ computed: [...mapping.computed, { target: "", type: "text", expression: "" }] })
          }
        >
          Add a computed column
        </Button>
      </Group>
      <Stack gap="sm" maw={760}>
        <Title order={2} size="h5">
          Rows
        </Title>
        {roles.map((name) => (
          <TextInput
            key={name}
            label={ROLES[name].label}
            description={<Marked text={mapping.roleReasons[name] || ROLES[name].about} />}
            value={mapping.roles[name]}
            error={markedFault(faults, `/${name}`)}
            styles={MONOSPACE}
            spellCheck={false}
            onChange={(event) => update({ roles: { ...mapping.roles, [name]: event.currentTarget.value } })}
          />
        ))}
        <TextInput
          label="Leave out rows where"
          description={
            <>
              A condition, such as <code>country = "test"</code>; without it all rows are taken
            </>
          }
          value={mapping.leaveOut}
          error={markedFault(faults, "/leaveOut")}
          styles={MONOSPACE}
          spellCheck={false}
          onChange={(event) => update({ leaveOut: event.currentTarget.value })}
        />
      </Stack>
      <ProblemAlert error={error} />
      {others.length === 0 ? null : (
        <Alert color="red" role="alert">
          {others.map(({ path, message, remedy }) => (
            <Text size="sm" key={`${path} ${message}`} style={{ overflowWrap: "anywhere" }}>
              <Marked text={faultSentence({ path, message, remedy })} />
            </Text>
          ))}
        </Alert>
      )}
      <PreviewRows rows={rows} />
    </Stack>
  );
}

const MONOSPACE = { input: { fontFamily: "var(--mantine-font-family-monospace)" } };

function markedFault(...of: Parameters<typeof faultOf>) {
  const fault = faultOf(...of);
  return fault === undefined ? undefined : <Marked text={fault} />;
}
