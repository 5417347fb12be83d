import { counted } from '../../counted.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { Troubles } from '../../daemon/troubles.ts';

/** How far this machine's clock may differ from GitHub's: answers may be half a minute late. GitHub refuses tokens soon after. */
const differenceAllowedMilliseconds = 2 * 60 * 1000;
/** If GitHub's time goes back by more than this, its clock was set; by less, the answer was late. */
const latenessMilliseconds = 60_000;

/**
 * The time by the Date header of GitHub's answers. Between answers it follows the monotonic clock; a late answer does not set it back. So
 * it does not jump when this machine's clock is set; a difference between the two is reported as a trouble.
 */
export class ForgeTime {
  readonly #clock: Clock;
  readonly #troubles: Pick<Troubles, 'take'>;
  /** GitHub's time at the zero of the monotonic clock, in milliseconds; undefined before its first answer. */
  #begin: number | undefined;

  constructor(clock: Clock, troubles: Pick<Troubles, 'take'>) {
    this.#clock = clock;
    this.#troubles = troubles;
  }

  /** Takes the Date header of an answer; ignores what is no date. */
  hear(date: string | null): void {
    const heard = Date.parse(date ?? '');
    if (Number.isNaN(heard)) return;
    const begin = heard - this.#clock.monotonic();
    if (this.#begin === undefined || begin > this.#begin || this.#begin - begin > latenessMilliseconds)
      this.#begin = begin;
    const words = differenceOf(this.#clock.now(), new Date(heard));
    this.#troubles.take({ kind: 'clock', ...(words !== undefined && { words }) });
  }

  /** Undefined before GitHub's first answer. */
  now(): Date | undefined {
    return this.#begin === undefined ? undefined : new Date(Math.floor(this.#begin + this.#clock.monotonic()));
  }

  /** GitHub's time, or this machine's before its first answer. */
  best(): Date {
    return this.now() ?? this.#clock.now();
  }

  /** The earlier of both clocks, either of which may have been set: what is old by this is old. */
  earlier(): Date {
    const own = this.#clock.now();
    const github = this.now();
    return github !== undefined && github < own ? github : own;
  }
}

/** `this machine's clock is 12 minutes behind GitHub's …`; undefined if they agree. */
function differenceOf(own: Date, github: Date): string | undefined {
  const difference = own.getTime() - github.getTime();
  if (Math.abs(difference) <= differenceAllowedMilliseconds) return undefined;
  const minutes = Math.round(Math.abs(difference) / 60_000);
  const long =
    minutes < 120
      ? counted(minutes, 'minute')
      : minutes < 2880
        ? `${Math.round(minutes / 60)} hours`
        : `${Math.round(minutes / 1440)} days`;
  const how = `${long} ${difference > 0 ? 'ahead of' : 'behind'}`;
  return `this machine's clock is ${how} GitHub's, which says ${github.toISOString()} (the Date header of its answer); set this machine's (chronyc tracking, timedatectl)`;
}
