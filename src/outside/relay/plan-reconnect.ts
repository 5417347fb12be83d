const [firstMilliseconds, mostMilliseconds] = [1_000, 60_000];
/** A connection that has lived for so long was a good one: the relay is not tired of us. */
const steadyMilliseconds = 60_000;
const longestWishSeconds = 300;

/** What there is to know of an attempt that has ended. */
interface Attempt {
  /** How many before it failed, or were lost early, in a row. */
  readonly failures: number;
  /** How long it was heard; 0: it was not. */
  readonly heardMilliseconds: number;
  /** What the relay asked for (Retry-After). */
  readonly retryAfterSeconds?: number;
  /** From 0 to below 1: bots that lost the same relay do not come back in one moment. */
  readonly random: number;
}

/** How long to wait before the next attempt, and what to count it with. */
export function planReconnect({ failures, heardMilliseconds, retryAfterSeconds = 0, random }: Attempt): {
  readonly waitMilliseconds: number;
  readonly failures: number;
} {
  const inARow = heardMilliseconds >= steadyMilliseconds ? 0 : failures;
  const backOff = Math.min(mostMilliseconds, firstMilliseconds * 2 ** inARow);
  const wish = Math.min(longestWishSeconds, retryAfterSeconds) * 1000;
  return { waitMilliseconds: Math.max(wish, Math.round(backOff * (1 - random / 2))), failures: inARow + 1 };
}
