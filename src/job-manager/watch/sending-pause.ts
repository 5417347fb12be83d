import { policies, waitSeconds } from '../../daemon/attempts.ts';
import { isDiskTrouble } from '../../outside/files/disk-trouble.ts';
import { PerhapsGone, RefusedByGitHub, TryAgainLater } from '../../outside/github/github.ts';

/** How long nothing is sent where GitHub is away and does not say for how long. */
const awaySeconds = 30;
const policy = policies['comment of a job'];

interface Trouble {
  /** In a row. */
  readonly failures: number;
  readonly refusals: number;
  /** Of the first failure since which others could be sent; undefined: none could. */
  readonly aloneSince: number | undefined;
  /** Nothing is sent for this job before. */
  readonly restsUntil: number;
  readonly failedAt: number;
}

/**
 * When rows are sent. When GitHub asks to wait, or is away, nothing is; what becomes due meanwhile is sent in one go. A comment that fails
 * while others can be sent, or that GitHub does not show, rests alone, longer each time; one that GitHub refuses again and again, or that
 * has failed alone for three days, is set aside. All times are milliseconds of a monotonic clock.
 */
export class SendingPause {
  #until = Number.NEGATIVE_INFINITY;
  #succeededAt = Number.NEGATIVE_INFINITY;
  readonly #troubles = new Map<string, Trouble>();

  isOver(at: number): boolean {
    return at >= this.#until;
  }

  /** Whether this job's comment is left alone for now. */
  rests(job: string, at: number): boolean {
    return at < (this.#troubles.get(job)?.restsUntil ?? Number.NEGATIVE_INFINITY);
  }

  /** How often in a row this job's comment could not be sent. */
  failures(job: string): number {
    return this.#troubles.get(job)?.failures ?? 0;
  }

  succeeded(job: string, at: number): void {
    this.#succeededAt = at;
    this.#troubles.delete(job);
  }

  /** A job's comment could not be sent. `alone`: others can, so it rests alone. */
  failed(job: string, error: unknown, failedAt: number): 'all wait' | 'alone' | 'set aside' {
    const before = this.#troubles.get(job);
    const isRefused = error instanceof RefusedByGitHub;
    const failures = (before?.failures ?? 0) + 1;
    const refusals = isRefused ? (before?.refusals ?? 0) + 1 : 0;
    const othersPass = before !== undefined && this.#succeededAt >= before.failedAt;
    const isStated = error instanceof TryAgainLater && error.retryAfterSeconds !== undefined;
    const isAlone = isRefused || error instanceof PerhapsGone || (othersPass && !isStated);
    const restSeconds = isAlone ? waitSeconds(policy, failures) : 0;
    const aloneSince = before?.aloneSince ?? (isAlone ? (before?.failedAt ?? failedAt) : undefined);
    this.#troubles.set(job, { failures, refusals, aloneSince, failedAt, restsUntil: failedAt + restSeconds * 1000 });
    const isEnough =
      isAlone && !isDiskTrouble(error) && failedAt - (aloneSince ?? failedAt) >= policy.outsideHours * 3_600_000;
    if (refusals >= policy.timesOwn || isEnough) return 'set aside';
    return isAlone ? 'alone' : 'all wait';
  }

  /** Remembers how long to wait after a failure that will pass; other errors are thrown. */
  after(error: unknown, at: number): void {
    if (!(error instanceof TryAgainLater)) throw error;
    this.#until = Math.max(this.#until, at + (error.retryAfterSeconds ?? awaySeconds) * 1000);
  }
}
