import { userInfo } from 'node:os';
import type { Environments } from '../outside/processes/child-environment.ts';
import { clustersNamedIn } from '../outside/slurm/known-clusters.ts';
import type { SlurmOptions } from '../outside/slurm/slurm-commands.ts';
import type { Settings } from './settings.ts';

/** How Slurm's commands are run. */
export function slurmOptionsOf(
  { jobManager, build, nodeTypes }: Settings,
  environments: Pick<Environments, 'slurm' | 'job'>,
): SlurmOptions {
  const commands = [jobManager.poll, jobManager.scontrol, build.submit];
  const lists = [...commands.map((command) => command.arguments), build.slurmParams];
  const variables = [environments.slurm, ...commands.map(({ environment }) => environment)];
  const clusters = [
    ...[...lists, ...nodeTypes.map(({ slurmParams }) => slurmParams)].flatMap(clustersNamedIn),
    ...variables.flatMap(({ SLURM_CLUSTERS }) => clustersNamedIn(['-M', SLURM_CLUSTERS ?? ''])),
  ];
  return {
    poll: jobManager.poll,
    scontrol: jobManager.scontrol,
    clusters: new Set(clusters),
    user: build.jobAccount ?? environments.slurm['USER'] ?? userInfo().username,
    jobName: build.jobName,
    environment: environments.slurm,
    jobEnvironment: environments.job,
  };
}
