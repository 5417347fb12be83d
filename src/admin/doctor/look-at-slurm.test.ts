import { expect, it } from 'vitest';
import type { NodeType, Settings } from '../../settings/settings.ts';
import { lookAtNodeType } from './look-at-slurm.ts';
import type { DoctorTools } from './tools.ts';

const held = { kind: 'hold_release' };
const delayed = { kind: 'delayed_begin', delaySeconds: 60 };

it.each`
  what                          | slurmParams                     | handover   | jobName   | tried
  ${'the time that none gives'} | ${['--hold', '--nodes=1']}      | ${held}    | ${'prod'} | ${'--nodes=1 --hold --time=24:00:00 -p short --job-name=prod'}
  ${'the time of the site'}     | ${['--time=2:00:00']}           | ${held}    | ${''}     | ${'--time=2:00:00 --hold -p short'}
  ${'the delayed start'}        | ${['--hold', '--time=2:00:00']} | ${delayed} | ${''}     | ${'--time=2:00:00 --begin=now+60 -p short'}
`('tries for a node type what the bot submits: $what', async ({ slurmParams, handover, jobName, tried }) => {
  const submit = { environment: {}, program: 'sbatch', arguments: ['--cluster=c'] };
  const settings = { build: { submit, slurmParams, handoverProtocol: handover, jobName } } as unknown as Settings;
  let words = '';
  const tools = {
    environments: { job: {} },
    slurmMilliseconds: 1,
    runProgram: async (command: { readonly arguments: readonly string[] }) => {
      words = command.arguments.join(' ');
      return { kind: 'exited', code: 0, stdout: '', stderr: '' };
    },
  } as unknown as DoctorTools;
  const found = await lookAtNodeType(
    { name: 'n', slurmParams: ['-p', 'short'] } as unknown as NodeType,
    settings,
    tools,
  );
  expect(words).toBe(`--cluster=c ${tried} --test-only --wrap true`);
  expect(found).toMatchObject([{ name: 'Slurm/n', verdict: 'ok', seen: `${tried}: Slurm takes it` }]);
});
