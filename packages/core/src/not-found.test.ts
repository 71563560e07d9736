import { expect, test } from "vitest";
import { notFound } from "./not-found.ts";

test("what is not there names the list of its kind, and what was probably meant", () => {
  const known = ["customers", "orders"];
  const near = notFound("dataflow", "There is no dataflow `custmers`.", { asked: "custmers", known });
  expect(near).toMatchObject({
    code: "notFound",
    detail: "There is no dataflow `custmers`.",
    remedy: "Did you mean `customers`? `peregrine definition list --kind dataflow` lists the dataflows.",
  });
  const far = notFound("dataflow", "There is no dataflow `x`.", { asked: "newsletter", known });
  expect(far.remedy).toBe("`peregrine definition list --kind dataflow` lists the dataflows.");
});
