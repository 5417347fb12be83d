import { world } from './world.ts';

/** What the daemons get for node:perf_hooks: the time of the present world, which nobody sets. */
export const performance = { now: () => world().now };
