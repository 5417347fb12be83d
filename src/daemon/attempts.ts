import { z } from 'zod';

/** What an attempt failed with, as far as it decides what comes of it. */
export type Failure =
  /** It passes when GitHub, Slurm or a disk is back. */
  | { readonly kind: 'outside'; readonly retryAfterSeconds?: number }
  /** The fault of what was to be done, or ours: another attempt may go well. */
  | { readonly kind: 'own' }
  /** What a file of ours holds cannot be used: nothing goes well until somebody mends it. */
  | { readonly kind: 'unusable' };

const count = z.int().min(0).max(1_000_000);

/** How something has failed until now, as it is kept beside that. */
export const attemptsShape = z.object({
  all: count,
  /** By a fault of its own. */
  own: count,
  /** From the first of them to the last, by a monotonic clock: only while a daemon ran. */
  forMilliseconds: z.number().min(0).max(1e12),
});
export type Attempts = z.infer<typeof attemptsShape>;
export const noAttempts: Attempts = { all: 0, own: 0, forMilliseconds: 0 };

/** How long to wait after the first failure; by what that grows with each further one; the longest wait. */
interface Waits {
  readonly firstSeconds: number;
  readonly growth: number;
  readonly longestSeconds: number;
}

/** Without a bound it is never set aside for that. */
interface Policy extends Waits {
  /** Attempts that may fail by a fault of its own. */
  readonly timesOwn?: number;
  readonly timesUnusable?: number;
  /** For how long it may fail for a reason outside. */
  readonly outsideHours?: number;
}

/** All that is tried again. docs/reliability.md has this table, with where each count lies. */
export const policies = {
  delivery: { firstSeconds: 1, growth: 5, longestSeconds: 300, timesOwn: 5, timesUnusable: 1, outsideHours: 72 },
  /** Read again with each look into the inbox. */
  'delivery that cannot be read': { firstSeconds: 60, growth: 1, longestSeconds: 60, timesOwn: 5, timesUnusable: 1 },
  order: { firstSeconds: 30, growth: 2, longestSeconds: 300, timesOwn: 10, timesUnusable: 1, outsideHours: 72 },
  /** Followed again in each interval. */
  job: { firstSeconds: 0, growth: 1, longestSeconds: 0, timesOwn: 20, timesUnusable: 20 },
  'comment of a job': { firstSeconds: 30, growth: 2, longestSeconds: 3600, timesOwn: 5, outsideHours: 72 },
  /** After one interval at first. */
  'release of a job': { growth: 2, longestSeconds: 600 },
  /** Where GitHub says that there is a limit and not for how long. */
  'request to GitHub': { firstSeconds: 60, growth: 2, longestSeconds: 3600 },
} as const satisfies Readonly<Record<string, Omit<Policy, 'firstSeconds'> & Partial<Policy>>>;

/** How long to wait after so many failures in a row, in seconds. */
export function waitSeconds({ firstSeconds, growth, longestSeconds }: Waits, failures: number): number {
  return Math.min(firstSeconds * growth ** (failures - 1), longestSeconds);
}

export type NextAttempt = { readonly kind: 'again'; readonly afterSeconds: number } | { readonly kind: 'set aside' };

/** When to try again what has failed, or that it is to be set aside. `attempts`: the failed one included. */
export function planAttempt(attempts: Attempts, failure: Failure, policy: Policy): NextAttempt {
  if (isEnough(attempts, failure, policy)) return { kind: 'set aside' };
  const asked = failure.kind === 'outside' ? failure.retryAfterSeconds : undefined;
  return { kind: 'again', afterSeconds: asked ?? waitSeconds(policy, attempts.all) };
}

function isEnough({ own, forMilliseconds }: Attempts, { kind }: Failure, policy: Policy): boolean {
  if (kind === 'outside') return forMilliseconds >= (policy.outsideHours ?? Number.POSITIVE_INFINITY) * 3_600_000;
  const times = kind === 'own' ? policy.timesOwn : policy.timesUnusable;
  return own >= (times ?? Number.POSITIVE_INFINITY);
}

/** One more attempt that failed. */
export function withFailed({ all, own }: Attempts, { kind }: Failure, forMilliseconds: number): Attempts {
  return { all: all + 1, own: kind === 'outside' ? own : own + 1, forMilliseconds };
}

/** Why something is set aside: a sentence. `words`: what it failed with at last. */
export function whySetAside({ all }: Attempts, words: string): string {
  return all === 1 ? words : `it failed again and again, at last with: ${words}`;
}
