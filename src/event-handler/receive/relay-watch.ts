import type { Clock } from '../../daemon/clock.ts';
import type { Verdict } from '../../daemon/troubles.ts';
import type { RelayReport } from '../../jobs/reports.ts';
import { judgeRelay, lossesWithinMilliseconds } from './judge-relay.ts';

/** How it goes with the relay: for health, report and troubles. */
export class RelayWatch {
  readonly #name: string;
  readonly #clock: Clock;
  #since: string;
  #sinceMonotonic: number;
  #isConnected = false;
  #wasConnected = false;
  #connections = 0;
  #why: string | undefined;
  #lastEvent: string | undefined;
  #rewritten = 0;
  /** When a connection was lost, by the monotonic clock, oldest first. */
  #losses: number[] = [];
  #said: Verdict | undefined;

  constructor(name: string, clock: Clock) {
    this.#name = name;
    this.#clock = clock;
    this.#since = clock.now().toISOString();
    this.#sinceMonotonic = clock.monotonic();
  }

  connected(): void {
    this.#change(true);
    this.#connections++;
    this.#wasConnected = true;
    this.#why = undefined;
  }

  lost(why: string): void {
    if (this.#isConnected) this.#losses.push(this.#clock.monotonic());
    if (this.#isConnected) this.#change(false);
    this.#why = why;
  }

  /** It has passed a delivery on. */
  heard(isRewritten: boolean): void {
    this.#lastEvent = this.#clock.now().toISOString();
    if (isRewritten) this.#rewritten++;
  }

  report(): RelayReport {
    return {
      name: this.#name,
      isConnected: this.#isConnected,
      since: this.#since,
      why: this.#why ?? null,
      lastEvent: this.#lastEvent ?? null,
      reconnects: Math.max(0, this.#connections - 1),
      lossesInHour: this.#recentLosses(),
      rewritten: this.#rewritten,
    };
  }

  /** What there is to say, where it is not what was said last. */
  news(): Verdict | undefined {
    const verdict = this.#verdict();
    if (this.#said !== undefined && this.#said.words === verdict.words) return undefined;
    this.#said = verdict;
    return verdict;
  }

  #verdict(): Verdict {
    const forMilliseconds = this.#clock.monotonic() - this.#sinceMonotonic;
    return judgeRelay({ ...this.report(), forMilliseconds, wasConnected: this.#wasConnected });
  }

  #recentLosses(): number {
    const from = this.#clock.monotonic() - lossesWithinMilliseconds;
    this.#losses = this.#losses.filter((at) => at > from);
    return this.#losses.length;
  }

  #change(isConnected: boolean): void {
    this.#isConnected = isConnected;
    this.#since = this.#clock.now().toISOString();
    this.#sinceMonotonic = this.#clock.monotonic();
  }
}
