import { describe, expect, it } from "vitest";
import { AnswerNotUnderstood, readAudiences, readMembers } from "./cdp-answer.ts";

describe("the answers of a CDP API v3", () => {
  it("are understood in several spellings of audiences", () => {
    const cats = { id: "5d822e81", name: "Cat owners", tags: ["pets"] };
    expect(readAudiences([{ ...cats, description: "", size: 5 }])).toEqual([cats]);
    expect(
      readAudiences({
        audiences: [{ audienceId: "5d822e81", audienceName: "Cat owners", tags: "pets; pets" }],
      }),
    ).toEqual([cats]);
    expect(
      readAudiences({ data: [{ ...cats, tags: [{ name: "pets" }], rule: { a: 1 } }], next: null }),
    ).toEqual([{ ...cats, rule: '{"a":1}' }]);
    expect(readAudiences({ items: [] })).toEqual([]);
  });

  it("are understood in several spellings of members", () => {
    expect(readMembers({ members: ["14", 15], sequenceNumber: 7 }, "userid")).toEqual(["14", "15"]);
    expect(readMembers([{ personId: "14" }, { userid: 15 }], "userid")).toEqual(["14", "15"]);
    expect(
      readMembers(
        {
          persons: [
            {
              identifiers: [
                { type: "coid", value: "c1" },
                { type: "userid", value: "14" },
              ],
            },
            { identifiers: { userid: "15", coid: "c2" } },
          ],
        },
        "userid",
      ),
    ).toEqual(["14", "15"]);
  });

  it("are refused rather than read in part", () => {
    for (const answer of [
      null,
      "x",
      {},
      { members: "14" },
      { members: ["14"], next: "p2" },
      { members: ["14"], total: 2 },
    ])
      expect(() => readMembers(answer, "userid")).toThrow(AnswerNotUnderstood);
    for (const member of [null, {}, "", true, 1.5, { identifiers: [{ type: "coid", value: "c1" }] }])
      expect(() => readMembers([member], "userid")).toThrow(/Member 1/);
    expect(() => readAudiences([{ name: "Nobody" }])).toThrow(/Audience 1 has no id/);
  });
});
