import { eachCall } from '../daemon/each-call.ts';

/**
 * Whether an answer from outside is awaited: of GitHub, of a Slurm command. A kill during such a wait is not the delivery's fault.
 */
export class OutsideWaits {
  #count = 0;
  #hear: () => Promise<void> = async () => {};

  get isWaiting(): boolean {
    return this.#count > 0;
  }

  /** Calls back before the first wait begins and after the last has ended, and waits for the callback. It must not throw. */
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

  /** Makes each method count as a wait. */
  around<T extends object>(outside: T): T {
    return eachCall(outside, (call) => this.during(call));
  }
}
