/** A place in a queue of steps. */
export interface Turn {
  /** Resolves when all turns before are over; rejects if one failed. */
  readonly comes: Promise<void>;
  /** Lets the next turn come. */
  readonly over: () => void;
  /** Makes all later turns reject. */
  readonly failed: (error: unknown) => void;
}

/** Hands out turns, which come in the order of the calls. What is done outside a turn runs in parallel. */
export function inOrder(): () => Turn {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const comes = last;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    promise.catch(() => {}); // there may be no next turn
    last = comes.then(() => promise);
    last.catch(() => {});
    return { comes, over: resolve, failed: reject };
  };
}
