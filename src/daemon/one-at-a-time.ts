/** Runs tasks of one key one after the other, in the order in which they came, and tasks of different keys side by side. */
export type OneAtATime = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** Makes a {@link OneAtATime}. A task that fails stops none behind it. */
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
