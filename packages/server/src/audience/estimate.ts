/** A number of people that was counted in a sample of them. */
export interface Estimate {
  /** Of all people, rounded. */
  readonly size: number;
  /** The true number lies so far away at most in 19 of 20 cases; 0 for a number that was counted. */
  readonly margin: number;
}

/** Two standard deviations hold 19 of 20 cases. */
const DEVIATIONS = 1.96;
/** Of what is found nowhere in the sample there may be so many times the share after all, in 19 of 20 cases. */
const UNSEEN = 3;

/** What was counted in one stretch of a sample. */
export interface Stretch {
  readonly people: number;
  /** Those among them who are asked for. */
  readonly found: number;
}

/**
 * What counts in the stretches of a sample say of all people. People with numbers close to one another came at the same
 * time and are alike, so the stretches are what is drawn, and not the people: how far their shares lie apart says how
 * far the estimate may be wrong.
 *
 * @param people how many there are in all
 */
export function estimateOf(stretches: readonly Stretch[], people: number): Estimate {
  const asked = stretches.reduce((sum, stretch) => sum + stretch.people, 0);
  const found = stretches.reduce((sum, stretch) => sum + stretch.found, 0);
  if (asked === 0) return { size: 0, margin: people };
  const times = people / asked;
  const apart = stretches.reduce((sum, one) => sum + (one.found - (found / asked) * one.people) ** 2, 0);
  const variance = apart / Math.max(1, stretches.length - 1);
  const margin = DEVIATIONS * Math.sqrt(stretches.length * variance) * times;
  return { size: Math.round(found * times), margin: Math.ceil(Math.max(margin, UNSEEN * times)) };
}
