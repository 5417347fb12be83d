/**
 * Who uses a mirror. Packing it, or putting another one in its place, removes objects that a command is about to read, or that a clone of it
 * borrows. The caller sees to it that no use begins meanwhile.
 */
export class MirrorUse {
  readonly #uses = new Map<string, Set<Promise<unknown>>>();

  /** Used from now until that settles. */
  begin(path: string, until: Promise<unknown>): void {
    const uses = this.#uses.get(path) ?? new Set();
    this.#uses.set(path, uses.add(until));
    const end = () => uses.delete(until);
    until.then(end, end);
  }

  /** Resolves when the uses of now have ended. */
  async end(path: string): Promise<void> {
    await Promise.allSettled([...(this.#uses.get(path) ?? [])]);
  }
}
