/** Runs tasks of one key in order, tasks of different keys concurrently. */
type OneAtATime = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** Makes a {@link OneAtATime}. A failed task does not stop those behind it. */
export function oneAtATime(): OneAtATime {
  const last = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(task, task);
    last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (last.get(key) === mine) last.delete(key);
    }
  };
}
