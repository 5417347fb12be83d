/** The same action; all callers before it begins share it. Many concurrent callers cost two, not one each. `whenIdle`: none is waited for. */
export function coalesce<T>(act: () => Promise<T>, whenIdle: () => void = () => {}): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    next ??= running
      .catch(() => {}) // reported to the callers of that one
      .then(() => {
        next = undefined;
        const now = act().finally(() => {
          if (next === undefined) whenIdle();
        });
        running = now;
        return now;
      });
    return next;
  };
}
