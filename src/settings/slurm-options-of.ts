import { userInfo } from 'node:os';
import type { Environments } from '../outside/processes/child-environment.ts';
import type { SlurmOptions } from '../outside/slurm/slurm-commands.ts';
import type { Settings } from './settings.ts';

/** How Slurm's commands are run. */
export function slurmOptionsOf(
  { jobManager, build }: Settings,
  environments: Pick<Environments, 'slurm' | 'job'>,
): SlurmOptions {
  return {
    poll: jobManager.poll,
    scontrol: jobManager.scontrol,
    user: environments.slurm['USER'] ?? userInfo().username,
    jobName: build.jobName,
    environment: environments.slurm,
    jobEnvironment: environments.job,
  };
}
