import { Button, Group } from "@mantine/core";

interface Props {
  readonly onBack?: () => void;
  /** Undefined: the form's submit. */
  readonly onNext?: () => void;
  readonly canGoOn: boolean;
}

/** Back and Next, at the foot of a step. */
export function StepButtons({ onBack, onNext, canGoOn }: Props) {
  return (
    <Group mt="md">
      {onBack === undefined ? null : (
        <Button variant="default" onClick={onBack}>
          Back
        </Button>
      )}
      <Button
        type={onNext === undefined ? "submit" : "button"}
        disabled={!canGoOn}
        {...(onNext === undefined ? {} : { onClick: onNext })}
      >
        Next
      </Button>
    </Group>
  );
}
