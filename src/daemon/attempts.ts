import { z } from 'zod';

/** Why an attempt failed: this decides about the next one. */
export type Failure =
  /** Passes when GitHub, Slurm or a disk is back. */
  | { readonly kind: 'outside'; readonly retryAfterSeconds?: number }
  /** The fault of the item, or ours: a retry may succeed. */
  | { readonly kind: 'own' }
  /** A file of ours is unusable: every retry fails until somebody repairs it. */
  | { readonly kind: 'unusable' };

const count = z.int().min(0).max(1_000_000);

/** The failures of an item until now, as kept beside it. */
export const attemptsShape = z.object({
  all: count,
  /** Failures without a reason outside. */
  own: count,
  /** From the first failure to the last, by a monotonic clock: only while a daemon ran. */
  forMilliseconds: z.number().min(0).max(1e12),
});
export type Attempts = z.infer<typeof attemptsShape>;
export const noAttempts: Attempts = { all: 0, own: 0, forMilliseconds: 0 };

/** The wait after the first failure, the factor for each further one, the longest wait. */
interface Waits {
  readonly firstSeconds: number;
  readonly growth: number;
  readonly longestSeconds: number;
}

/** Without a limit it is retried for ever. */
interface Policy extends Waits {
  /** After this many failures of its own it is set aside. */
  readonly timesOwn?: number;
  readonly timesUnusable?: number;
  /** After failing this long for a reason outside it is set aside. */
  readonly outsideHours?: number;
}

/** Everything that is retried. docs/reliability.md has this table, and where each count is kept. */
export const policies = {
  delivery: { firstSeconds: 1, growth: 5, longestSeconds: 300, timesOwn: 5, timesUnusable: 1, outsideHours: 72 },
  /** Read again at each look into the inbox. */
  'delivery that cannot be read': { firstSeconds: 60, growth: 1, longestSeconds: 60, timesOwn: 5, timesUnusable: 1 },
  order: { firstSeconds: 30, growth: 2, longestSeconds: 300, timesOwn: 10, timesUnusable: 1, outsideHours: 72 },
  /** Followed again in each interval. */
  job: { firstSeconds: 0, growth: 1, longestSeconds: 0, timesOwn: 20, timesUnusable: 20 },
  /** And a summary, and what is shown beside a commit; the count of these lies in memory: lost, it costs a few requests. */
  'comment of a job': { firstSeconds: 30, growth: 2, longestSeconds: 3600, timesOwn: 5, outsideHours: 72 },
  /** After one interval at first. */
  'release of a job': { growth: 2, longestSeconds: 600 },
  /** After a rate limit for which GitHub named no end. */
  'request to GitHub': { firstSeconds: 60, growth: 2, longestSeconds: 3600 },
} as const satisfies Readonly<Record<string, Omit<Policy, 'firstSeconds'> & Partial<Policy>>>;

/** Seconds to wait after a number of failures in a row. */
export function waitSeconds({ firstSeconds, growth, longestSeconds }: Waits, failures: number): number {
  return Math.min(firstSeconds * growth ** (failures - 1), longestSeconds);
}

type NextAttempt = { readonly kind: 'again'; readonly afterSeconds: number } | { readonly kind: 'set aside' };

/** Counts one more failure, and plans when to retry, or to set aside. `forMilliseconds`: since the first failure. */
export function afterFailure(
  { all, own }: Attempts,
  failure: Failure,
  policy: Policy,
  forMilliseconds = 0,
): { readonly attempts: Attempts; readonly next: NextAttempt } {
  const attempts = { all: all + 1, own: failure.kind === 'outside' ? own : own + 1, forMilliseconds };
  if (isEnough(attempts, failure, policy)) return { attempts, next: { kind: 'set aside' } };
  const asked = failure.kind === 'outside' ? failure.retryAfterSeconds : undefined;
  return { attempts, next: { kind: 'again', afterSeconds: asked ?? waitSeconds(policy, attempts.all) } };
}

function isEnough({ own, forMilliseconds }: Attempts, { kind }: Failure, policy: Policy): boolean {
  if (kind === 'outside') return forMilliseconds >= (policy.outsideHours ?? Number.POSITIVE_INFINITY) * 3_600_000;
  const times = kind === 'own' ? policy.timesOwn : policy.timesUnusable;
  return own >= (times ?? Number.POSITIVE_INFINITY);
}

/** Why something is set aside, as a sentence. `words`: its last error. */
export function whySetAside({ all }: Attempts, words: string): string {
  return all === 1 ? words : `it failed again and again, at last with: ${words}`;
}
