const [firstMilliseconds, mostMilliseconds] = [1_000, 64_000];
/** GitHub lists a delivery only once it was answered, and a relay brings it earlier. So several looks, each after twice the wait: half a minute in all. */
const looksPerDelivery = 6;
/** After a reconnection to a relay: what was lost just before may not be listed yet. */
const looksPerGap = 4;
const mostWanted = 1_000;
/** GUIDs that were looked for: sent again, they get no further look. */
const mostRemembered = 10_000;
/** The most looks an hour, out of thousands of requests that GitHub allows an App. */
const [mostLooks, hourMilliseconds] = [600, 3_600_000];
/** Stands for "some may be lost", without a GUID. */
const gap = '';

interface Wanted {
  readonly looksLeft: number;
  /** When to look; elapsed time. */
  readonly next: number;
  readonly thenAfter: number;
}

/**
 * Decides when to read GitHub's list early: an unusable delivery came, or some may be lost. Anybody can send made-up deliveries, any number of
 * times. So a GUID is looked for once, the wait between looks doubles whenever one turns out to be made up, and looks per hour are limited.
 */
export class EarlyLooks {
  /** By GUID, or `gap`. */
  readonly #wanted = new Map<string, Wanted>();
  /** GUIDs that were found or made up, oldest first. */
  readonly #lookedFor = new Set<string>();
  /** The looks of the last hour, oldest first; elapsed time. */
  #looks: number[] = [];
  #spacing = firstMilliseconds;
  #notBefore = Number.NEGATIVE_INFINITY;

  /** Asks to look for a GUID; without one, for anything that may be lost. `now`: elapsed time. */
  ask(guid: string | undefined, now: number): void {
    if (guid !== undefined && (this.#wanted.has(guid) || this.#lookedFor.has(guid))) return;
    if (this.#wanted.size >= mostWanted) return;
    const looksLeft = guid === undefined ? looksPerGap : looksPerDelivery;
    this.#wanted.set(guid ?? gap, { looksLeft, next: now, thenAfter: firstMilliseconds });
  }

  wants(guid: string): boolean {
    return this.#wanted.has(guid);
  }

  /** Milliseconds until the next early look; undefined: none is needed. */
  wait(now: number): number | undefined {
    if (this.#wanted.size === 0) return undefined;
    const next = [...this.#wanted.values()].reduce((earliest, each) => Math.min(earliest, each.next), Infinity);
    const [oldestLook = now] = this.#looks;
    const nextHour = this.#looks.length < mostLooks ? now : oldestLook + hourMilliseconds;
    return Math.max(0, next - now, this.#notBefore - now, nextHour - now);
  }

  /** Reading the list or a delivery failed: not counted as a look for a GUID. `notBefore`: GitHub's wish; elapsed time. */
  couldNotLook(now: number, notBefore = now): void {
    this.#counted(now);
    this.#spacing = Math.min(mostMilliseconds, this.#spacing * 2);
    this.#notBefore = Math.max(now + this.#spacing, notBefore);
  }

  /** The list was read. `isFound`: whether a GUID was found. */
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
