import { Alert } from "@mantine/core";
import type { IdentifierProfiles } from "../../data/queries.ts";

/** What stands in the way of recognising people: one may go on and save, and nothing is sent before it is mended. */
export function IdentifierNotice({ found }: { readonly found: IdentifierProfiles }) {
  if (found.missing !== null) {
    return (
      <Alert color="orange" title="userid isn’t available yet">
        Ibexa recognises people only by it. Make it the Person Identifier of your user schema and activate the
        dataflow. {found.missing}
      </Alert>
    );
  }
  if (found.withIdentifier === 0) {
    return (
      <Alert color="orange" title="No profile has a userid yet">
        The identifier is set up, and no row has brought one. Import your users from Ibexa: a row’s{" "}
        <code>id</code> is mapped to userid.
      </Alert>
    );
  }
  return null;
}
