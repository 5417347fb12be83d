/** When a step may be taken that others wait for. */
export interface Turn {
  /** Resolves when those before are over; rejects where one of them failed. */
  readonly comes: Promise<void>;
  /** The next one may go on. */
  readonly over: () => void;
  /** Those behind do not come. */
  readonly failed: (error: unknown) => void;
}

/** Hands out turns, in the order in which they come. What is done outside a turn is done side by side. */
export function inOrder(): () => Turn {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const comes = last;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // nobody may be behind
    last = comes.then(() => promise);
    last.catch(() => {});
    return { comes, over: resolve, failed: reject };
  };
}
