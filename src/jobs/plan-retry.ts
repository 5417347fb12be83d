import { isDiskTrouble } from '../outside/files/disk-trouble.ts';
import { TryAgainLater, Unsure } from '../outside/github/github.ts';

/** What an attempt failed with, as far as it decides what comes of it. */
export type Failure =
  /** It passes when GitHub, Slurm or a disk is back. */
  | { readonly kind: 'outside'; readonly retryAfterSeconds?: number }
  /** The fault of what was to be done, or ours: another attempt may go well. */
  | { readonly kind: 'own' }
  /** No further attempt can go well. */
  | { readonly kind: 'hopeless' };

/** How something has failed until now, the last attempt included. */
export interface Attempts {
  readonly all: number;
  /** By a fault of its own. */
  readonly own: number;
  /** Since the first of them, in milliseconds by a monotonic clock: only while a daemon ran. */
  readonly forMilliseconds: number;
}

interface Patience {
  /** After the first failed attempt, the second, …; the last one stands for all later ones. */
  readonly pausesSeconds: readonly number[];
  /** Attempts that may fail by a fault of its own, until it is enough. */
  readonly timesAllowed: number;
}

export type RetryPlan = { readonly kind: 'again'; readonly afterSeconds: number } | { readonly kind: 'set aside' };

/** What fails for a reason outside (GitHub or Slurm is away) is tried for so long. */
const outsideMilliseconds = 3 * 24 * 3600 * 1000;

/** When to try again what has failed, or that it is to be set aside. */
export function planRetry(attempts: Attempts, failure: Failure, { pausesSeconds, timesAllowed }: Patience): RetryPlan {
  const isEnough =
    failure.kind === 'outside' ? attempts.forMilliseconds >= outsideMilliseconds : attempts.own >= timesAllowed;
  if (failure.kind === 'hopeless' || isEnough) return { kind: 'set aside' };
  const asked = failure.kind === 'outside' ? failure.retryAfterSeconds : undefined;
  const usual = pausesSeconds[Math.min(attempts.all, pausesSeconds.length) - 1] ?? 0;
  return { kind: 'again', afterSeconds: asked ?? usual };
}

/** What an error tells. Of several at once it is outside where all are, until the last of them passes. */
export function judgeError(error: unknown): Exclude<Failure, { kind: 'hopeless' }> {
  if (error instanceof AggregateError) {
    const failures = error.errors.map(judgeError);
    const waits = failures.map((each) => (each.kind === 'outside' ? (each.retryAfterSeconds ?? -1) : undefined));
    const areAll = waits.length > 0 && waits.every((seconds) => seconds !== undefined);
    return areAll ? outside(Math.max(...waits)) : { kind: 'own' };
  }
  if (error instanceof TryAgainLater) return outside(error.retryAfterSeconds ?? -1);
  return error instanceof Unsure || isDiskTrouble(error) ? { kind: 'outside' } : { kind: 'own' };
}

const outside = (retryAfterSeconds: number): Failure & { kind: 'outside' } =>
  retryAfterSeconds < 0 ? { kind: 'outside' } : { kind: 'outside', retryAfterSeconds };

/** One more attempt that failed. */
export function withFailed({ all, own }: Attempts, { kind }: Failure, forMilliseconds: number): Attempts {
  return { all: all + 1, own: kind === 'outside' ? own : own + 1, forMilliseconds };
}
