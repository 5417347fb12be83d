import type { Clock } from '../../daemon/clock.ts';
import type { Troubles } from '../../daemon/troubles.ts';

/** By so much this machine's clock may differ from GitHub's: an answer may be late by half a minute. GitHub refuses tokens soon after. */
const differenceAllowedMilliseconds = 2 * 60 * 1000;
/** A server's clock that is back by more than that was set; by less, the answer was late. */
const latenessMilliseconds = 60_000;

/**
 * What time it is by the Date header of GitHub's answers. It goes on by the monotonic clock from one answer to the next, and never back
 * for an answer that was late. So it does not jump when this machine's clock is set; that the two differ is told as a trouble.
 */
export class GitHubTime {
  readonly #clock: Clock;
  readonly #troubles: Pick<Troubles, 'take'>;
  /** GitHub's time at the beginning of the monotonic clock, in milliseconds; undefined: it has not answered yet. */
  #begin: number | undefined;

  constructor(clock: Clock, troubles: Pick<Troubles, 'take'>) {
    this.#clock = clock;
    this.#troubles = troubles;
  }

  /** An answer has come. `date`: its Date header; another text than a date is passed over. */
  hear(date: string | null): void {
    const heard = Date.parse(date ?? '');
    if (Number.isNaN(heard)) return;
    const begin = heard - this.#clock.monotonic();
    if (this.#begin === undefined || begin > this.#begin || this.#begin - begin > latenessMilliseconds)
      this.#begin = begin;
    const words = differenceOf(this.#clock.now(), new Date(heard));
    this.#troubles.take({ kind: 'clock', ...(words !== undefined && { words }) });
  }

  /** Undefined as long as GitHub has not answered. */
  now(): Date | undefined {
    return this.#begin === undefined ? undefined : new Date(Math.floor(this.#begin + this.#clock.monotonic()));
  }

  /** GitHub's time, this machine's as long as GitHub has not answered. */
  best(): Date {
    return this.now() ?? this.#clock.now();
  }

  /** What is old by this is old by both clocks: one of them alone may have been set. */
  earlier(): Date {
    const own = this.#clock.now();
    const github = this.now();
    return github !== undefined && github < own ? github : own;
  }
}

/** `this machine's clock is 12 minutes behind GitHub's …`; undefined where they agree. */
function differenceOf(own: Date, github: Date): string | undefined {
  const difference = own.getTime() - github.getTime();
  if (Math.abs(difference) <= differenceAllowedMilliseconds) return undefined;
  const minutes = Math.round(Math.abs(difference) / 60_000);
  const long =
    minutes < 120
      ? `${minutes} minutes`
      : minutes < 2880
        ? `${Math.round(minutes / 60)} hours`
        : `${Math.round(minutes / 1440)} days`;
  const how = `${long} ${difference > 0 ? 'ahead of' : 'behind'}`;
  return `this machine's clock is ${how} GitHub's, which says ${github.toISOString()} (the Date header of its answer); set this machine's (chronyc tracking, timedatectl)`;
}
