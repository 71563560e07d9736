/**
 * Why a destination is waited for, and that nobody has to do anything yet, in the words of the pages.
 *
 * @param reason why, in one sentence, as the run that waits tells it
 * @param host the destination's, where it is known; one that the reason names isn't said twice
 */
export function waitingText(reason: string, host = ""): string {
  const why = reason.trim();
  const whom = host === "" || why.includes(host) ? "Waiting" : `Waiting for ${host}`;
  return `${whom}: ${why}${/[.!?…]$/.test(why) ? "" : "."} It is tried again.`;
}
