import type { Clone } from '../../outside/git/program-clone.ts';
import type { SeenDaemon, ToRestart, UpgradeFacts } from './plan-upgrade.ts';

/** What an upgrade works with. */
export interface UpgradeTools {
  /** The directory of the program. */
  readonly root: string;
  /** The directory in it for what an upgrade prepares and notes. */
  readonly packages: string;
  readonly clone: Clone;
  /** Where the admin is, with app.cfg. */
  readonly directory: string;
  readonly appCfgPath: string;
  readonly lookAtDaemons: () => Promise<readonly SeenDaemon[]>;
  /** Processes of this program that hold no lease of this site. */
  readonly lookAtOthers: () => Promise<UpgradeFacts['others']>;
  /** Asks a daemon to stop, and waits; the exit status. One that does not run is stopped. */
  readonly stopDaemon: (daemon: ToRestart) => Promise<number>;
  /** Starts one by the program that is checked out now; the exit status. One that this program runs is started. */
  readonly startDaemon: (daemon: ToRestart) => Promise<number>;
  /** Who has taken its place on another machine since it was stopped, and what to do, as a sentence without its full stop. */
  readonly findStandby: (daemon: ToRestart) => Promise<string | undefined>;
  /** Runs a program in the admin's directory. */
  readonly run: (
    program: string,
    words: readonly string[],
  ) => Promise<{ readonly status: number; readonly lines: readonly string[] }>;
  readonly say: (lines: string | readonly string[]) => void;
  readonly complain: (lines: string | readonly string[]) => void;
}
