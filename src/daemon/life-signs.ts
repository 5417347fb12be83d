import type { Clock } from './clock.ts';
import { eachCall } from './each-call.ts';

/** Signs of life of one loop of a daemon. */
export interface Loop {
  /** It has made progress. */
  moved(): void;
  /** It waits this long, on purpose. */
  waits(milliseconds: number): void;
  /** It has ended. */
  ended(): void;
}

/** Watches whether all loops of a daemon make progress. A live process is not enough: a loop may wait for an answer that never comes. */
export class LifeSigns {
  readonly #monotonic: Clock['monotonic'];
  readonly #loops = new Map<string, { hasMoved: boolean; waitsUntil: number }>();

  constructor(monotonic: Clock['monotonic']) {
    this.#monotonic = monotonic;
  }

  /** The loop of this name; it counts from its first sign on. */
  loop(name: string): Loop {
    return {
      moved: () => this.#loops.set(name, { hasMoved: true, waitsUntil: 0 }),
      waits: (milliseconds) => this.#loops.set(name, { hasMoved: true, waitsUntil: this.#monotonic() + milliseconds }),
      ended: () => this.#loops.delete(name),
    };
  }

  /** Loops that do not wait, and have made no progress since the last `takeIfAllGoOn` that was true. */
  get standing(): readonly string[] {
    const now = this.#monotonic();
    return [...this.#loops].flatMap(([name, { hasMoved, waitsUntil }]) => (hasMoved || now < waitsUntil ? [] : [name]));
  }

  /** Whether there are loops, and all make progress; if so, each has to move again. While one is stuck, the progress of the others is kept. */
  takeIfAllGoOn(): boolean {
    if (this.#loops.size === 0 || this.standing.length > 0) return false;
    for (const loop of this.#loops.values()) loop.hasMoved = false;
    return true;
  }
}

/** Wraps each method: a finished call counts as progress of the loop. */
export function moving<T extends object>(outside: T, loop: Pick<Loop, 'moved'>): T {
  return eachCall(outside, (call) => call().finally(() => loop.moved()));
}
