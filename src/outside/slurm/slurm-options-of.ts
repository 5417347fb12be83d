import { userInfo } from 'node:os';
import type { Environments } from '../processes/child-environment.ts';
import type { ProgramCall } from '../processes/program-call.ts';
import { clustersNamedIn } from './known-clusters.ts';
import type { SlurmOptions } from './slurm-commands.ts';

/** The settings that it needs. */
interface SlurmSettings {
  readonly jobManager: { readonly poll: ProgramCall; readonly scontrol: ProgramCall };
  readonly build: {
    readonly submit: ProgramCall;
    readonly cancel?: ProgramCall;
    readonly slurmParams: readonly string[];
    readonly jobName: string;
    readonly jobAccount?: string;
  };
  readonly nodeTypes: readonly { readonly slurmParams: readonly string[] }[];
}

/** How Slurm's commands are run. */
export function slurmOptionsOf(
  { jobManager, build, nodeTypes }: SlurmSettings,
  environments: Pick<Environments, 'slurm' | 'job'>,
): SlurmOptions {
  const commands = [jobManager.poll, jobManager.scontrol, build.submit, ...(build.cancel ? [build.cancel] : [])];
  const lists = [...commands.map((command) => command.arguments), build.slurmParams];
  const variables = [environments.slurm, ...commands.map(({ environment }) => environment)];
  const clusters = [
    ...[...lists, ...nodeTypes.map(({ slurmParams }) => slurmParams)].flatMap(clustersNamedIn),
    ...variables.flatMap(({ SLURM_CLUSTERS }) => clustersNamedIn(['-M', SLURM_CLUSTERS ?? ''])),
  ];
  return {
    poll: jobManager.poll,
    scontrol: jobManager.scontrol,
    ...(build.cancel && { cancel: build.cancel }),
    clusters: new Set(clusters),
    user: build.jobAccount ?? environments.slurm['USER'] ?? userInfo().username,
    jobName: build.jobName,
    environment: environments.slurm,
    jobEnvironment: environments.job,
  };
}
