import { expect, it } from 'vitest';
import { slurmOptionsOf } from './slurm-options-of.ts';

const command = (...words: readonly string[]) => ({ environment: {}, program: 'x', arguments: words });

it('knows the clusters that commands, parameters and variables name', () => {
  const settings = {
    jobManager: { poll: command('--clusters=c1,c2'), scontrol: command('-M', '%(cluster)s', '-M', 'c0') },
    build: { submit: { ...command(), environment: { SLURM_CLUSTERS: 'c3' } }, slurmParams: ['-Mc4'], jobName: '' },
    nodeTypes: [{ slurmParams: ['--clusters', 'c5'] }],
  };
  const { clusters } = slurmOptionsOf(settings, { slurm: { SLURM_CLUSTERS: 'c6' }, job: {} });
  expect([...clusters].sort()).toEqual(['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6']);
});
