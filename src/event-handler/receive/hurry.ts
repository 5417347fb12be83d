const [firstMilliseconds, mostMilliseconds] = [1_000, 64_000];
/** GitHub lists a delivery once it was answered, and a relay brings it before that: half a minute, each time twice as long after the last look. */
const looksPerDelivery = 6;
/** When a relay is heard again, what was lost just before may not be listed yet. */
const looksPerGap = 4;
const mostWanted = 1_000;
/** GUIDs that were looked for: who sends one of them again gets no further look. */
const mostRemembered = 10_000;
/** Of the thousands of requests an hour that GitHub allows an App. */
const [mostLooks, hourMilliseconds] = [600, 3_600_000];
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
 * make up any number of deliveries, and send one any number of times: each time that one turns out to be none of GitHub's, the least time
 * between two looks doubles; a GUID is looked for once; and an hour has so many looks.
 */
export class Hurry {
  /** By GUID, or the gap. */
  readonly #wanted = new Map<string, Wanted>();
  /** GUIDs that were found, or made up, oldest first. */
  readonly #lookedFor = new Set<string>();
  /** Of the last hour, oldest first; elapsed time. */
  #looks: number[] = [];
  #spacing = firstMilliseconds;
  #notBefore = Number.NEGATIVE_INFINITY;

  /** Wants a delivery by its GUID; without one, whatever may have been lost. `now`: elapsed time. */
  ask(guid: string | undefined, now: number): void {
    if (guid !== undefined && (this.#wanted.has(guid) || this.#lookedFor.has(guid))) return;
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
    const [oldestLook = now] = this.#looks;
    const nextHour = this.#looks.length < mostLooks ? now : oldestLook + hourMilliseconds;
    return Math.max(0, next - now, this.#notBefore - now, nextHour - now);
  }

  /** The list could not be read to its end, or not what it lists: that is no look. `notBefore`: GitHub's wish; elapsed time. */
  couldNotLook(now: number, notBefore = now): void {
    this.#counted(now);
    this.#spacing = Math.min(mostMilliseconds, this.#spacing * 2);
    this.#notBefore = Math.max(now + this.#spacing, notBefore);
  }

  /** The list was read. `isFound`: whether a delivery needs no further look. */
  looked(now: number, isFound: (guid: string) => boolean): void {
    this.#counted(now);
    const outcomes = [...this.#wanted].map(([guid, wanted]) => this.#outcome(guid, wanted, now, isFound));
    if (outcomes.includes('found')) this.#spacing = firstMilliseconds;
    else if (outcomes.includes('made up')) this.#spacing = Math.min(mostMilliseconds, this.#spacing * 2);
    this.#notBefore = now + this.#spacing;
  }

  #counted(now: number): void {
    this.#looks = [...this.#looks.filter((at) => at > now - hourMilliseconds), now];
  }

  #outcome(
    guid: string,
    { looksLeft, next, thenAfter }: Wanted,
    now: number,
    isFound: (guid: string) => boolean,
  ): 'found' | 'made up' | 'waits' {
    if (guid !== gap && isFound(guid)) return this.#settle(guid, 'found');
    if (next > now) return 'waits';
    if (looksLeft <= 1) return this.#settle(guid, guid === gap ? 'waits' : 'made up');
    this.#wanted.set(guid, { looksLeft: looksLeft - 1, next: now + thenAfter, thenAfter: 2 * thenAfter });
    return 'waits';
  }

  /** It needs no further look. */
  #settle<Outcome>(guid: string, outcome: Outcome): Outcome {
    this.#wanted.delete(guid);
    if (guid === gap) return outcome;
    this.#lookedFor.add(guid);
    const [oldest] = this.#lookedFor;
    if (this.#lookedFor.size > mostRemembered && oldest !== undefined) this.#lookedFor.delete(oldest);
    return outcome;
  }
}
