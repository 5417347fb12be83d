/**
 * Whether something outside is waited for: an answer of GitHub's, a command of Slurm's. Who is killed meanwhile was not killed by what is
 * being handled.
 */
export class OutsideWaits {
  #count = 0;
  #hear: () => Promise<void> = async () => {};

  get isWaiting(): boolean {
    return this.#count > 0;
  }

  /** Calls back, and waits for it, before the first wait begins and when the last has ended. It must not throw. */
  onChange(hear: () => Promise<void>): void {
    this.#hear = hear;
  }

  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#count++;
    if (this.#count === 1) await this.#hear();
    try {
      return await work();
    } finally {
      this.#count--;
      if (this.#count === 0) await this.#hear();
    }
  }

  /** The same methods; each is a wait. */
  around<T extends object>(outside: T): T {
    return new Proxy(outside, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return (...words: unknown[]) => this.during(async () => Reflect.apply(value, target, words) as unknown);
      },
    });
  }
}
