import { expect, it } from 'vitest';
import { findRefused } from './determine-submit-options.ts';

it.each`
  word                         | refused
  ${'--time=2:00:00'}          | ${false}
  ${'-p'}                      | ${true}
  ${'gpu'}                     | ${true}
  ${'--'}                      | ${true}
  ${':'}                       | ${true}
  ${'-'}                       | ${true}
  ${''}                        | ${true}
  ${'--partition'}             | ${true}
  ${'--part=gpu'}              | ${true}
  ${'--partition='}            | ${false}
  ${'--mem=4G'}                | ${false}
  ${'-c8'}                     | ${false}
  ${'-t2:00:00'}               | ${false}
  ${'-H'}                      | ${false}
  ${'--output=/evil'}          | ${true}
  ${'--job-name=x'}            | ${true}
  ${'--bb=x'}                  | ${true}
  ${'--signal=9'}              | ${true}
  ${'--dependency=after:1'}    | ${true}
  ${'--clusters=other'}        | ${true}
  ${'--__proto__=x'}           | ${true}
  ${'--constructor=x'}         | ${true}
  ${'-pDebug'}                 | ${false}
  ${'--exclusive'}             | ${false}
  ${'--exclude=node1'}         | ${false}
  ${'--hold'}                  | ${false}
  ${'--gres=gpu:1'}            | ${false}
  ${'--wrap=id'}               | ${true}
  ${'--wr=id'}                 | ${true}
  ${'--uid=0'}                 | ${true}
  ${'--gid'}                   | ${true}
  ${'--export=ALL,PATH=/evil'} | ${true}
  ${'--export-file=/evil'}     | ${true}
  ${'--chdir=/'}               | ${true}
  ${'-D/'}                     | ${true}
  ${'-HD'}                     | ${true}
  ${'--array=0-9999'}          | ${true}
  ${'-a0-9999'}                | ${true}
  ${'--parsable'}              | ${true}
  ${'-W'}                      | ${true}
  ${'--test-only'}             | ${true}
`('$word of det_submit_opts is refused: $refused', ({ word, refused }) => {
  expect(findRefused([word], [[], []])).toBe(refused ? word : undefined);
});

it.each`
  answer                                             | own                              | slurmParams          | refused
  ${['--export=NONE', '-p', 'x']}                    | ${['--export=NONE']}             | ${[]}                | ${undefined}
  ${['--export=NONE']}                               | ${[]}                            | ${['--export=NONE']} | ${undefined}
  ${['--export=ALL,PATH=/evil']}                     | ${['--export=NONE']}             | ${[]}                | ${'--export=ALL,PATH=/evil'}
  ${['--export=NONE', '--export=ALL,PATH=/evil']}    | ${['--export=NONE']}             | ${[]}                | ${'--export=ALL,PATH=/evil'}
  ${['--export', 'NONE']}                            | ${['--export', 'NONE']}          | ${[]}                | ${undefined}
  ${['--export', 'ALL,PATH=/evil']}                  | ${['--export', 'NONE']}          | ${[]}                | ${'--export'}
  ${['--export', 'NONE', '--export', 'ALL,X=/evil']} | ${['--export', 'NONE']}          | ${[]}                | ${'--export'}
  ${['--cpus-per-task=1', 'evil.sh']}                | ${[]}                            | ${[]}                | ${'evil.sh'}
  ${['-p', 'gpu', '--mem', '4G', '-c', '8']}         | ${[]}                            | ${[]}                | ${undefined}
  ${['-p', 'gpu', 'evil.sh']}                        | ${[]}                            | ${[]}                | ${'evil.sh'}
  ${['-p', '--mem=4G']}                              | ${[]}                            | ${[]}                | ${'-p'}
  ${['--exclusive', 'user']}                         | ${[]}                            | ${[]}                | ${'user'}
  ${['--mem=1G', ':', '--mem=2G']}                   | ${[]}                            | ${[]}                | ${':'}
  ${['--mem=1G', '--', 'evil.sh']}                   | ${[]}                            | ${[]}                | ${'--'}
  ${['--mail-user', 'x', 'evil.sh']}                 | ${['--mail-user', 'x']}          | ${[]}                | ${'evil.sh'}
  ${['--mail-user', 'x']}                            | ${['--mail-user', 'x']}          | ${[]}                | ${undefined}
  ${['x']}                                           | ${['--mail-user', 'x']}          | ${[]}                | ${'x'}
  ${['--export']}                                    | ${['--export', 'NONE']}          | ${[]}                | ${'--export'}
  ${['-D', '/']}                                     | ${['-D', '/scratch']}            | ${[]}                | ${'-D'}
  ${['-D', '/scratch']}                              | ${['-D', '/scratch']}            | ${[]}                | ${undefined}
  ${['--get-user-env', '--mem=2G']}                  | ${['--get-user-env', '-p', 'x']} | ${[]}                | ${undefined}
`(
  '$answer of det_submit_opts, where a node type has $own and slurm_params $slurmParams: $refused is refused',
  ({ answer, own, slurmParams, refused }) => {
    expect(findRefused(answer, [own, slurmParams])).toBe(refused);
  },
);
