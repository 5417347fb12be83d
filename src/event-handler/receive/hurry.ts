const [firstMilliseconds, mostMilliseconds] = [1_000, 64_000];
/** GitHub lists a delivery once it was answered, and a relay brings it before that: half a minute, each time twice as long after the last look. */
const looksPerDelivery = 6;
/** When a relay is heard again, what was lost just before may not be listed yet. */
const looksPerGap = 4;
const mostWanted = 1_000;
/** No GUID. */
const gap = '';

interface Wanted {
  readonly looksLeft: number;
  /** When to look; elapsed time. */
  readonly next: number;
  readonly thenAfter: number;
}

/**
 * When GitHub's list is to be read before its interval is over: a delivery came that cannot be used, or some may have been lost. Anybody can
 * make up any number of deliveries: each time that one turns out to be none of GitHub's, the least time between two looks doubles.
 */
export class Hurry {
  /** By GUID, or the gap. */
  readonly #wanted = new Map<string, Wanted>();
  #spacing = firstMilliseconds;
  #notBefore = Number.NEGATIVE_INFINITY;

  /** Wants a delivery by its GUID; without one, whatever may have been lost. `now`: elapsed time. */
  ask(guid: string | undefined, now: number): void {
    if (this.#wanted.size >= mostWanted) return;
    const looksLeft = guid === undefined ? looksPerGap : looksPerDelivery;
    this.#wanted.set(guid ?? gap, { looksLeft, next: now, thenAfter: firstMilliseconds });
  }

  wants(guid: string): boolean {
    return this.#wanted.has(guid);
  }

  /** How long until the list is to be read; undefined: there is no hurry. */
  wait(now: number): number | undefined {
    if (this.#wanted.size === 0) return undefined;
    const next = [...this.#wanted.values()].reduce((earliest, each) => Math.min(earliest, each.next), Infinity);
    return Math.max(0, next - now, this.#notBefore - now);
  }

  /** The list was read, or could not be. `isDone`: whether a delivery needs no further look. */
  looked(now: number, isDone: (guid: string) => boolean): void {
    const outcomes = [...this.#wanted].map(([guid, wanted]) => this.#lookedFor(guid, wanted, now, isDone));
    if (outcomes.includes('found')) this.#spacing = firstMilliseconds;
    else if (outcomes.includes('made up')) this.#spacing = Math.min(mostMilliseconds, this.#spacing * 2);
    this.#notBefore = now + this.#spacing;
  }

  #lookedFor(
    guid: string,
    { looksLeft, next, thenAfter }: Wanted,
    now: number,
    isDone: (guid: string) => boolean,
  ): 'found' | 'made up' | 'waits' {
    const isFound = guid !== gap && isDone(guid);
    const isLast = next <= now && looksLeft <= 1;
    if (isFound || isLast) this.#wanted.delete(guid);
    else if (next <= now)
      this.#wanted.set(guid, { looksLeft: looksLeft - 1, next: now + thenAfter, thenAfter: 2 * thenAfter });
    if (isFound) return 'found';
    return isLast && guid !== gap ? 'made up' : 'waits';
  }
}
