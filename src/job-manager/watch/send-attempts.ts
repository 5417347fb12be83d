import { type Attempts, afterFailure, noAttempts, policies } from '../../daemon/attempts.ts';
import { isDiskTrouble } from '../../outside/files/disk-trouble.ts';
import { NotSentYet, PerhapsGone, RefusedByForge, TryAgainLater } from '../../outside/forge/forge.ts';

const policy = policies['comment of a job'];

interface Trouble {
  /** `own`: those that GitHub refused; `forMilliseconds`: since other comments could be sent. */
  readonly attempts: Attempts;
  /** The first failure after which others could be sent; undefined: none could. */
  readonly aloneSince: number | undefined;
  /** The next attempt is not made before this time. */
  readonly restsUntil: number;
  readonly failedAt: number;
}

/**
 * Failed attempts to send comments of jobs. A comment that fails while others can be sent, or that GitHub does not show, waits alone, longer
 * each time. One that GitHub keeps refusing, or that fails alone for three days, is set aside. Times: milliseconds of the monotonic clock.
 */
export class SendAttempts {
  /** GitHub is away: nothing more is sent in this interval. (During a rate limit its client sends nothing.) */
  allWait = false;
  #succeededAt = Number.NEGATIVE_INFINITY;
  readonly #troubles = new Map<string, Trouble>();

  /** Whether this job's comment is left alone for now. */
  rests(job: string, at: number): boolean {
    return at < (this.#troubles.get(job)?.restsUntil ?? Number.NEGATIVE_INFINITY);
  }

  /** How often in a row this job's comment could not be sent. */
  failures(job: string): number {
    return this.of(job).all;
  }

  of(job: string): Attempts {
    return this.#troubles.get(job)?.attempts ?? noAttempts;
  }

  /** Takes over what an earlier process counted, unless this one has counts. */
  recall(job: string, attempts: Attempts | undefined, at: number): void {
    if (attempts === undefined || this.#troubles.has(job)) return;
    this.#troubles.set(job, { attempts, aloneSince: at - attempts.forMilliseconds, failedAt: at, restsUntil: at });
  }

  succeeded(job: string, at: number): void {
    this.#succeededAt = at;
    this.#troubles.delete(job);
  }

  /** There is nothing of it to send. */
  forget(job: string): void {
    this.#troubles.delete(job);
  }

  /** A job's comment could not be sent. `alone`: others can, so it rests alone. */
  failed(job: string, error: unknown, failedAt: number): 'all wait' | 'alone' | 'set aside' {
    if (error instanceof NotSentYet) {
      this.allWait = true; // the others were not sent, so they have not failed
      return 'all wait';
    }
    const before = this.#troubles.get(job);
    const isRefused = error instanceof RefusedByForge;
    const othersPass = before !== undefined && this.#succeededAt >= before.failedAt;
    const isStated = error instanceof TryAgainLater && error.retryAfterSeconds !== undefined;
    const isAlone = isRefused || error instanceof PerhapsGone || (othersPass && !isStated);
    const aloneSince = before?.aloneSince ?? (isAlone ? (before?.failedAt ?? failedAt) : undefined);
    const forMilliseconds = failedAt - (aloneSince ?? failedAt);
    const failure = { kind: isRefused ? 'own' : 'outside' } as const;
    const { attempts, next } = afterFailure(before?.attempts ?? noAttempts, failure, policy, forMilliseconds);
    const waits = next.kind === 'again' ? next.afterSeconds : policy.longestSeconds;
    const restsUntil = failedAt + (isAlone ? waits * 1000 : 0);
    this.#troubles.set(job, { attempts, aloneSince, failedAt, restsUntil });
    this.allWait ||= !isAlone && error instanceof TryAgainLater;
    if (!isAlone) return 'all wait';
    return next.kind === 'set aside' && !isDiskTrouble(error) ? 'set aside' : 'alone';
  }
}
