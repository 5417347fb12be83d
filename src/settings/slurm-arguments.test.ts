import { expect, it } from 'vitest';
import { slurmArguments } from './slurm-arguments.ts';

const held = { kind: 'hold_release' } as const;
const delayed = { kind: 'delayed_begin', delaySeconds: 90 } as const;

it.each`
  what                                        | slurmParams               | handoverProtocol | own                      | target                   | jobName   | expected
  ${'one --hold, whatever slurm_params hold'} | ${['--hold', '-p', 'x']}  | ${held}          | ${[]}                    | ${[]}                    | ${''}     | ${'-p x --hold --time=24:00:00 SCRIPT'}
  ${'one --hold, whatever the target holds'}  | ${[]}                     | ${held}          | ${['--hold', '-p', 'x']} | ${['--hold', '-p', 'x']} | ${''}     | ${'--hold --time=24:00:00 -p x SCRIPT'}
  ${'no --hold where the start is delayed'}   | ${['--hold']}             | ${delayed}       | ${['-p', 'x']}           | ${['-p', 'x']}           | ${'prod'} | ${'--begin=now+90 --time=24:00:00 -p x --job-name=prod SCRIPT'}
  ${"the target's own time limit"}            | ${['--hold']}             | ${delayed}       | ${['-t', '1:00:00']}     | ${['-t', '1:00:00']}     | ${'prod'} | ${'--begin=now+90 -t 1:00:00 --job-name=prod SCRIPT'}
  ${"the site's time limit"}                  | ${['--time=2:00']}        | ${held}          | ${[]}                    | ${[]}                    | ${''}     | ${'--time=2:00 --hold SCRIPT'}
  ${'--time-min counts as one'}               | ${['--time-min=2:00']}    | ${held}          | ${[]}                    | ${[]}                    | ${''}     | ${'--time-min=2:00 --hold SCRIPT'}
  ${'a --hold of the target stays'}           | ${[]}                     | ${delayed}       | ${['--hold']}            | ${['--hold']}            | ${''}     | ${'--begin=now+90 --time=24:00:00 --hold SCRIPT'}
  ${'a word with a blank stays one word'}     | ${['--hold --account=a']} | ${held}          | ${[]}                    | ${[]}                    | ${''}     | ${'--hold --account=a --hold --time=24:00:00 SCRIPT'}
  ${'det_submit_opts decides no time limit'}  | ${[]}                     | ${held}          | ${[]}                    | ${['--time=9']}          | ${''}     | ${'--hold --time=24:00:00 --time=9 SCRIPT'}
`('$what', ({ slurmParams, handoverProtocol, own, target, jobName, expected }) => {
  expect(slurmArguments({ slurmParams, handoverProtocol, jobName }, own, target, 'SCRIPT').join(' ')).toBe(expected);
});

it('what the command gives stands between the name and the script: of two time limits sbatch takes the later', () => {
  const build = { slurmParams: [], handoverProtocol: held, jobName: 'prod' };
  expect(slurmArguments(build, [], [], 'SCRIPT', ['--time=30', '-n2']).join(' ')).toBe(
    '--hold --time=24:00:00 --job-name=prod --time=30 -n2 -- SCRIPT',
  );
});

it('an option of the command without its value does not take the script for it', () => {
  const build = { slurmParams: [], handoverProtocol: held, jobName: '' };
  expect(slurmArguments(build, [], [], 'SCRIPT', ['--comment']).slice(-3)).toEqual(['--comment', '--', 'SCRIPT']);
});
