import { setTimeout as wait } from 'node:timers/promises';

/** Waits; returns at once when the daemon is to stop. `ref: false`: does not keep the process alive. */
export async function pause(milliseconds: number, stop: AbortSignal, { ref = true } = {}): Promise<void> {
  if (stop.aborted) return;
  try {
    await wait(milliseconds, undefined, { signal: stop, ref });
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}
