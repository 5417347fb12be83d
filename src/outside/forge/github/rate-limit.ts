import { policies, waitSeconds } from '../../../daemon/attempts.ts';
import { machineClock } from '../../../daemon/clock.ts';
import { NotSentYet, TryAgainLater } from '../forge.ts';
import { judgeFailure } from './judge-failure.ts';

/**
 * Keeps GitHub's rate limits: sends nothing until the wait is over; until then each call fails at once with the time left. If GitHub names
 * no time it waits a minute, then twice that, up to an hour.
 */
export class RateLimit {
  readonly #monotonic: () => number;
  #untilMilliseconds = 0;
  #cause: unknown;
  #limitsInARow = 0;

  constructor(monotonic: () => number = machineClock.monotonic) {
    this.#monotonic = monotonic;
  }

  /** Sends one request, and judges its failure. `once-only`: must not be repeated. */
  async ask<T>(kind: 'repeatable' | 'once-only', request: () => Promise<T>): Promise<T | 'gone'> {
    this.#refuseWhileWaiting();
    try {
      const answer = await request();
      this.#limitsInARow = 0;
      return answer;
    } catch (error) {
      return this.#judge(error, kind);
    }
  }

  #refuseWhileWaiting(): void {
    const seconds = Math.ceil((this.#untilMilliseconds - this.#monotonic()) / 1000);
    if (seconds <= 0) return;
    throw new NotSentYet(`GitHub asked to wait: nothing is sent for another ${seconds} s`, {
      retryAfterSeconds: seconds,
      cause: this.#cause,
    });
  }

  #judge(error: unknown, kind: 'repeatable' | 'once-only'): 'gone' {
    // Of several concurrent requests the first limit counts.
    const limitsBefore = this.#isWaiting() ? this.#limitsInARow - 1 : this.#limitsInARow;
    const guessSeconds = waitSeconds(policies['request to GitHub'], limitsBefore + 1);
    try {
      return judgeFailure(error, kind, guessSeconds);
    } catch (judged) {
      if (judged instanceof TryAgainLater && judged.retryAfterSeconds !== undefined) {
        this.#startWait(judged.retryAfterSeconds, judged.cause);
      }
      throw judged;
    }
  }

  #startWait(seconds: number, cause: unknown): void {
    if (!this.#isWaiting()) this.#limitsInARow += 1;
    this.#untilMilliseconds = Math.max(this.#untilMilliseconds, this.#monotonic() + seconds * 1000);
    this.#cause = cause;
  }

  #isWaiting(): boolean {
    return this.#monotonic() < this.#untilMilliseconds;
  }
}
