import { world } from './world.ts';

/** What the daemons get of node:os: the name of the host that they run on. */
export const hostname = () => world().caller().host.name;
