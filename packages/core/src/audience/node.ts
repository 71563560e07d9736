/** Every node of a rule: when it holds, and how it is written. */
export const NODE_FORMS = {
  all: { meaning: "every one of them holds", example: "all: [{ … }, { … }]" },
  any: { meaning: "at least one of them holds", example: "any: [{ … }, { … }]" },
  not: { meaning: "it does not hold", example: "not: { … }" },
  have: {
    meaning: "the value that the profile shows for an attribute passes",
    example: "have: { attribute: country, is: United Kingdom }",
  },
  did: {
    meaning: "the person did something: often enough, of the right kind, at the right time",
    example: "did: { event: buy, atLeast: 2, within: { last: 30, unit: days } }",
  },
  inAudience: {
    meaning: "the rule of the audience with this id holds, at the same instant",
    example: "inAudience: 5d822e81",
  },
  everyone: { meaning: "always, for every profile", example: "everyone: true" },
} as const;
