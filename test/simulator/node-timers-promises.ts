import { world } from './world.ts';

/** What the daemons get for node:timers/promises: the time of the present world. */
export const setTimeout = (
  milliseconds: number,
  _value?: unknown,
  { signal }: { signal?: AbortSignal; ref?: boolean } = {},
) => world().sleep(milliseconds, signal);
