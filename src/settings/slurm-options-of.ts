import { userInfo } from 'node:os';
import type { SlurmOptions } from '../outside/slurm/slurm-commands.ts';
import type { Settings } from './settings.ts';

/** How Slurm's commands are run. `childEnvironment`: what they see, without secrets. */
export function slurmOptionsOf(
  { jobManager, build }: Settings,
  childEnvironment: Readonly<Record<string, string>>,
): SlurmOptions {
  return {
    poll: jobManager.poll,
    scontrol: jobManager.scontrol,
    user: childEnvironment['USER'] ?? userInfo().username,
    jobName: build.jobName,
    environment: childEnvironment,
  };
}
