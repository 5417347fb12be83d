import { expect, it } from 'vitest';
import { exampleSettings } from '../../../test/example-settings.ts';
import { environmentsOf } from '../../outside/processes/child-environment.ts';
import type { BuildSettings } from '../../settings/settings.ts';
import { lookAtNodeType } from './look-at-slurm.ts';

const held = { kind: 'hold_release' } as const;
const delayed = { kind: 'delayed_begin', delaySeconds: 60 } as const;
const submit = { environment: {}, program: 'sbatch', arguments: ['--cluster=c'] };

it.each<[what: string, build: Pick<BuildSettings, 'slurmParams' | 'handoverProtocol' | 'jobName'>, tried: string]>([
  [
    'the time that none gives',
    { slurmParams: ['--hold', '--nodes=1'], handoverProtocol: held, jobName: 'prod' },
    '--nodes=1 --hold --time=24:00:00 -p short --job-name=prod',
  ],
  [
    'the time of the site',
    { slurmParams: ['--time=2:00:00'], handoverProtocol: held, jobName: '' },
    '--time=2:00:00 --hold -p short',
  ],
  [
    'the delayed start',
    { slurmParams: ['--hold', '--time=2:00:00'], handoverProtocol: delayed, jobName: '' },
    '--time=2:00:00 --begin=now+60 -p short',
  ],
])('tries for a node type what the bot submits: %s', async (_what, build, tried) => {
  let words = '';
  const found = await lookAtNodeType(
    { name: 'n', slurmParams: ['-p', 'short'] },
    { ...exampleSettings().build, submit, ...build },
    {
      environments: environmentsOf({}),
      slurmMilliseconds: 1,
      runProgram: async (command) => {
        words = command.arguments.join(' ');
        return { kind: 'exited', code: 0, stdout: '', stderr: '' };
      },
    },
  );
  expect(words).toBe(`--cluster=c ${tried} --test-only --wrap true`);
  expect(found).toMatchObject([{ name: 'Slurm/n', verdict: 'ok', seen: `${tried}: Slurm takes it` }]);
});
