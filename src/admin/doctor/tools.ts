import type { AppView } from '../../outside/forge/app-view.ts';
import type { Webhooks } from '../../outside/forge/webhooks.ts';
import type { Environments } from '../../outside/processes/child-environment.ts';
import type { runProgram } from '../../outside/processes/run-program.ts';
import type { Relay } from '../../outside/relay/relay.ts';
import type { Slurm } from '../../outside/slurm/slurm.ts';
import type { Environment } from '../../settings/environment.ts';
import type { Settings } from '../../settings/settings.ts';

/** What doctor looks with: main.ts brings what reaches outside. */
export interface DoctorTools {
  readonly appCfgPath: string;
  readonly environment: Environment;
  readonly environments: Environments;
  readonly workingDirectory: string;
  /** Where the event handler listens; absent: where the one that runs does, or by default. */
  readonly host?: string;
  readonly port?: number;
  /** Whether a probe may be put into the bucket. */
  readonly mayUpload: boolean;
  /** Whether GitHub may be asked to send a delivery once more. */
  readonly mayPing: boolean;
  readonly runProgram: typeof runProgram;
  /** A sentence where git is not as it has to be. */
  readonly checkGit: (environment: Environments['git']) => Promise<string | undefined>;
  readonly gitHubOf: (settings: Settings) => Promise<AppView>;
  readonly webhooks: Webhooks;
  readonly openRelay: (address: string) => Relay;
  /** How long to wait for a command of Slurm's. */
  readonly slurmMilliseconds: number;
  readonly slurmOf: (settings: Settings, environments: Environments) => Pick<Slurm, 'readQueue'>;
}
