import type { Clock } from './clock.ts';
import { eachCall } from './each-call.ts';

/** How a loop of a daemon shows that it goes on. */
export interface Loop {
  /** It has come a step further. */
  moved(): void;
  /** From now on it waits for so long, on purpose. */
  waits(milliseconds: number): void;
  /** It has come to its end. */
  ended(): void;
}

/** Whether all loops of a daemon go on. That its process is there does not tell: one may wait for an answer that never comes. */
export class LifeSigns {
  readonly #monotonic: Clock['monotonic'];
  readonly #loops = new Map<string, { hasMoved: boolean; waitsUntil: number }>();

  constructor(monotonic: Clock['monotonic']) {
    this.#monotonic = monotonic;
  }

  /** That of this name; it counts from its first sign. */
  loop(name: string): Loop {
    return {
      moved: () => this.#loops.set(name, { hasMoved: true, waitsUntil: 0 }),
      waits: (milliseconds) => this.#loops.set(name, { hasMoved: true, waitsUntil: this.#monotonic() + milliseconds }),
      ended: () => this.#loops.delete(name),
    };
  }

  /** Those that have not moved since the last `takeIfAllGoOn` that was true, and do not wait. */
  get standing(): readonly string[] {
    const now = this.#monotonic();
    return [...this.#loops].flatMap(([name, { hasMoved, waitsUntil }]) => (hasMoved || now < waitsUntil ? [] : [name]));
  }

  /** Whether there are any, and all go on; from then on each has to move again. While one stands, what the others have moved is kept. */
  takeIfAllGoOn(): boolean {
    if (this.#loops.size === 0 || this.standing.length > 0) return false;
    for (const loop of this.#loops.values()) loop.hasMoved = false;
    return true;
  }
}

/** The same methods; each call that came to an end moves the loop. */
export function moving<T extends object>(outside: T, loop: Pick<Loop, 'moved'>): T {
  return eachCall(outside, (call) => call().finally(() => loop.moved()));
}
