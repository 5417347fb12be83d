import type { Clock } from '../daemon/clock.ts';
import type { Logger } from '../daemon/logger.ts';
import type { Forge } from '../outside/forge/forge.ts';
import type { Webhooks } from '../outside/forge/webhooks.ts';
import type { Git } from '../outside/git/git.ts';
import type { Environments } from '../outside/processes/child-environment.ts';
import type { runProgram } from '../outside/processes/run-program.ts';
import type { Slurm } from '../outside/slurm/slurm.ts';
import type { Settings } from '../settings/settings.ts';

/** What one delivery is handled with: the settings in force when that began, and GitHub, Slurm and git. */
export interface Tools extends Clock {
  readonly settings: Settings;
  readonly forge: Forge;
  readonly webhooks: Webhooks;
  readonly git: Git;
  readonly slurm: Slurm;
  readonly runProgram: typeof runProgram;
  /** Environments of child processes. */
  readonly environments: Pick<Environments, 'job' | 'tool'>;
  /** When this process took the delivery up, by the monotonic clock. Anything read after that is new enough. */
  readonly takenUpAt?: number;
  /** A child logger: its lines carry the delivery's GUID. */
  readonly log: Logger;
  /** Called for each command that is done. */
  readonly onCommand?: (command: string, result: CommandResultWord) => void;
}

/** What came of a command, in one of a few words. */
export type CommandResultWord = 'done' | 'failed' | 'nothing' | 'no permission' | 'misunderstood' | 'left to others';
