import type { CheckWay } from './plan-checks.ts';

const pauseMilliseconds = 60 * 60 * 1000;

/** Which permissions the App was seen to lack. Once an hour, and after a start, one request tries whether that is so still. */
export class PermissionsMissed {
  readonly #until = new Map<CheckWay, number>();

  /** Times: milliseconds of a monotonic clock. */
  mayTry(way: CheckWay, at: number): boolean {
    return at >= (this.#until.get(way) ?? Number.NEGATIVE_INFINITY);
  }

  missed(way: CheckWay, at: number): void {
    this.#until.set(way, at + pauseMilliseconds);
  }
}
