/**
 * A readers–writer lock per mirror: many read, or one packs. Packing removes files that a clone may be about to link. (The caller sees to
 * it that one fetch runs at a time.)
 */
export class MirrorUse {
  readonly #readers = new Map<string, Set<Promise<unknown>>>();
  readonly #packing = new Map<string, Promise<unknown>>();

  /** Waits while the mirror is packed. */
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

  /** Waits for the readers of now; later ones wait. One at a time per mirror. */
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
