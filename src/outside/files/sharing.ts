/** The same action; all callers before it begins share it. Many concurrent callers cost two, not one each. `whenIdle`: none is waited for. */
export function sharing(act: () => Promise<void>, whenIdle: () => void = () => {}): () => Promise<void> {
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  return () => {
    next ??= running
      .catch(() => {}) // reported to the callers of that one
      .then(() => {
        next = undefined;
        running = act().finally(() => {
          if (next === undefined) whenIdle();
        });
        return running;
      });
    return next;
  };
}
