import { machineClock } from '../../daemon/clock.ts';

const hourMilliseconds = 60 * 60 * 1000;

/**
 * Mirrors that may be damaged. A pull request can make git fail as a damaged mirror does (a file name that is too long): so a mirror is made
 * anew at most once an hour, and a pull request is retried for it at most once an hour.
 */
export class SuspectMirrors {
  readonly #suspects = new Set<string>();
  /** A mirror that was made anew, or a retry -> when, by the monotonic clock. */
  readonly #done = new Map<string, number>();

  isSuspect(mirror: string): boolean {
    return this.#suspects.has(mirror) && this.mayBeMadeAnew(mirror);
  }

  mayBeMadeAnew(mirror: string): boolean {
    return this.#isDue(mirror);
  }

  /** It was made anew, or that failed by itself. */
  madeAnew(mirror: string): void {
    this.#suspects.delete(mirror);
    this.#note(mirror);
  }

  /** git gave up on it while it worked for `whom`. Gives back whether a retry may help. */
  suspect(mirror: string, whom: string): boolean {
    const retry = `${mirror} ${whom}`;
    if (!this.#isDue(retry)) return false;
    this.#suspects.add(mirror);
    this.#note(retry);
    return true;
  }

  #isDue(key: string): boolean {
    return machineClock.monotonic() - (this.#done.get(key) ?? Number.NEGATIVE_INFINITY) >= hourMilliseconds;
  }

  #note(key: string): void {
    const now = machineClock.monotonic();
    for (const [old, at] of this.#done) if (now - at >= hourMilliseconds) this.#done.delete(old);
    this.#done.set(key, now);
  }
}
