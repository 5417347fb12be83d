const [firstMilliseconds, mostMilliseconds] = [1_000, 60_000];
/** A connection that lasted this long counts as a success. */
const steadyMilliseconds = 60_000;
const longestWishSeconds = 300;

/** The facts of an attempt that has ended. */
interface Attempt {
  /** How many attempts before it failed or were lost early, in a row. */
  readonly failures: number;
  /** How long it was connected; 0: not at all. */
  readonly heardMilliseconds: number;
  /** What the relay asked for (Retry-After). */
  readonly retryAfterSeconds?: number;
  /** Jitter, 0 to below 1: bots that lost the same relay do not reconnect all at once. */
  readonly random: number;
}

/** The wait before the next attempt, and the new count. */
export function planReconnect({ failures, heardMilliseconds, retryAfterSeconds = 0, random }: Attempt): {
  readonly waitMilliseconds: number;
  readonly failures: number;
} {
  const inARow = heardMilliseconds >= steadyMilliseconds ? 0 : failures;
  const backOff = Math.min(mostMilliseconds, firstMilliseconds * 2 ** inARow);
  const wish = Math.min(longestWishSeconds, retryAfterSeconds) * 1000;
  return { waitMilliseconds: Math.max(wish, Math.round(backOff * (1 - random / 2))), failures: inARow + 1 };
}
