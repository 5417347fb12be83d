import { world } from './world.ts';

/** What the daemons get of node:os: the host that they run on. */
export const hostname = () => world().caller().host.name;
/** Seconds. */
export const uptime = () => world().now / 1000;
