import { Container } from "@mantine/core";
import type { ErrorComponentProps } from "@tanstack/react-router";
import { PageFailure } from "./PageFailure.tsx";

/** What went wrong before it was known who is there: without the shell around it. */
export function EntryFailure(props: ErrorComponentProps) {
  return (
    <Container size={700} py={80} component="main">
      <PageFailure {...props} />
    </Container>
  );
}
