import { userInfo } from 'node:os';
import type { Environments } from '../processes/child-environment.ts';
import type { ProgramCall } from '../processes/program-call.ts';
import type { SlurmOptions } from './slurm-commands.ts';

/** The settings that it needs. */
interface SlurmSettings {
  readonly jobManager: { readonly poll: ProgramCall; readonly scontrol: ProgramCall };
  readonly build: {
    readonly cancel?: ProgramCall;
    readonly jobName: string;
    readonly jobAccount?: string;
  };
}

/** How Slurm's commands are run. */
export function slurmOptionsOf(
  { jobManager, build }: SlurmSettings,
  environments: Pick<Environments, 'slurm' | 'job'>,
): SlurmOptions {
  return {
    poll: jobManager.poll,
    scontrol: jobManager.scontrol,
    ...(build.cancel && { cancel: build.cancel }),
    user: build.jobAccount ?? environments.slurm['USER'] ?? userInfo().username,
    jobName: build.jobName,
    environment: environments.slurm,
    jobEnvironment: environments.job,
  };
}
