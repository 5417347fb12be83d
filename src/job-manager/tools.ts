import type { Logger } from '../daemon/logger.ts';
import type { GitHub } from '../outside/github/github.ts';
import type { runProgram } from '../outside/processes/run-program.ts';
import type { Slurm } from '../outside/slurm/slurm.ts';
import type { Settings } from '../settings/settings.ts';
import type { JobStore } from './job-store.ts';

/** What one interval works with: the settings as they are now, and the outside. */
export interface Tools {
  readonly settings: Settings;
  readonly github: GitHub;
  readonly slurm: Slurm;
  readonly runProgram: typeof runProgram;
  /** What the upload script sees: what the store and the signing key want, no secret of GitHub's. */
  readonly uploadEnvironment: Readonly<Record<string, string>>;
  readonly jobs: JobStore;
  readonly now: () => Date;
  readonly log: Logger;
}
