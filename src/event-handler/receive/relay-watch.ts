import type { Clock } from '../../daemon/clock.ts';
import type { TroubleVerdict } from '../../daemon/troubles.ts';
import type { RelayReport } from '../../jobs/reports.ts';
import { judgeRelayWatch, lossesWithinMilliseconds } from './judge-relay-watch.ts';

/** The state of the relay, for `/health`, the report and troubles. */
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
  /** How many in a row GitHub delivered while the relay was connected, but it did not bring them. */
  #notBrought = 0;
  /** When connections were lost, by the monotonic clock, oldest first. */
  #losses: number[] = [];
  #said: TroubleVerdict | undefined;

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

  /** It brought a delivery. */
  heard(isRewritten: boolean): void {
    this.#lastEvent = this.#clock.now().toISOString();
    if (isRewritten) this.#rewritten++;
    this.#notBrought = 0;
  }

  /** A delivery was fetched from GitHub's list. Losses while there was no connection do not count. */
  fetched(deliveredAt: string): void {
    if (this.#isConnected && Date.parse(deliveredAt) > Date.parse(this.#since)) this.#notBrought++;
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

  /** The verdict, if it has changed. */
  news(): TroubleVerdict | undefined {
    const verdict = this.#verdict();
    if (this.#said !== undefined && this.#said.words === verdict.words) return undefined;
    this.#said = verdict;
    return verdict;
  }

  #verdict(): TroubleVerdict {
    const forMilliseconds = this.#clock.monotonic() - this.#sinceMonotonic;
    return judgeRelayWatch({
      ...this.report(),
      forMilliseconds,
      wasConnected: this.#wasConnected,
      notBrought: this.#notBrought,
    });
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
