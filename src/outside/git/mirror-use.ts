/**
 * Who is at a mirror: readers side by side, or one who packs it, alone. Packing takes files away that a clone may be about to link.
 * (That a fetch is alone with both is for the caller to see to.)
 */
export class MirrorUse {
  readonly #readers = new Map<string, Set<Promise<unknown>>>();
  readonly #packing = new Map<string, Promise<unknown>>();

  /** Begins when nobody packs the mirror. */
  async read<T>(path: string, task: () => Promise<T>): Promise<T> {
    for (let packing = this.#packing.get(path); packing; packing = this.#packing.get(path)) await packing;
    const readers = this.#readers.get(path) ?? new Set();
    this.#readers.set(path, readers);
    const reading = task();
    readers.add(reading);
    try {
      return await reading;
    } finally {
      readers.delete(reading);
    }
  }

  /** Begins when those who read now are done; those who come meanwhile wait. One at a time for a mirror. */
  async pack<T>(path: string, task: () => Promise<T>): Promise<T> {
    const done = Promise.withResolvers<void>();
    this.#packing.set(path, done.promise);
    try {
      await Promise.allSettled([...(this.#readers.get(path) ?? [])]);
      return await task();
    } finally {
      this.#packing.delete(path);
      done.resolve();
    }
  }
}
