/** Watches over what may wait for ever: aborts what takes part, where nothing comes in time. */
export class Silence {
  readonly #controller = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  /** Aborted: something was waited for in vain. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Waits for it, so long at most: then {@link signal} ends what it comes from, and it rejects. */
  async within<T>(milliseconds: number, coming: Promise<T>): Promise<T> {
    this.#timer = setTimeout(() => this.#controller.abort(), milliseconds);
    try {
      return await coming;
    } finally {
      this.end();
    }
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}
