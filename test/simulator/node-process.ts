import { world } from './world.ts';

/** What the daemons get of node:process: that of the simulated process that asks. */
export default {
  get pid() {
    return world().caller().pid;
  },
  cwd: () => '/home',
  /** Returns, unlike the real one, into a process of which nothing happens any more. */
  exit: (status: number) => world().exit(status),
};
