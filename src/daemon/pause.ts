import { setTimeout as wait } from 'node:timers/promises';

/** Waits, and returns at once when the daemon is to stop. `ref: false`: the process may end meanwhile. */
export async function pause(milliseconds: number, stop: AbortSignal, { ref = true } = {}): Promise<void> {
  if (stop.aborted) return;
  try {
    await wait(milliseconds, undefined, { signal: stop, ref });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
