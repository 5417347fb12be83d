import type { Clock } from '../daemon/clock.ts';
import type { Logger } from '../daemon/logger.ts';
import type { Forge } from '../outside/forge/forge.ts';
import type { Webhooks } from '../outside/forge/webhooks.ts';
import type { Git } from '../outside/git/git.ts';
import type { Environments } from '../outside/processes/child-environment.ts';
import type { runProgram } from '../outside/processes/run-program.ts';
import type { Slurm } from '../outside/slurm/slurm.ts';
import type { Settings } from '../settings/settings.ts';
import type { CommandResultWord } from './comment/result-of-command.ts';

/** What the handling of one delivery works with: the settings as they were when it began, and the outside. */
export interface Tools extends Clock {
  readonly settings: Settings;
  readonly forge: Forge;
  readonly webhooks: Webhooks;
  readonly git: Git;
  readonly slurm: Slurm;
  readonly runProgram: typeof runProgram;
  /** What children see. */
  readonly environments: Pick<Environments, 'job' | 'tool'>;
  /** By the monotonic clock: when this process took the delivery up. What was read elsewhere after that is new enough for it. */
  readonly takenUpAt?: number;
  /** A child logger: its lines carry the delivery's GUID. */
  readonly log: Logger;
  /** Hears of each command that came to its end, by its name. */
  readonly onCommand?: (command: string, result: CommandResultWord) => void;
}
