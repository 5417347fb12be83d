// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what somebody may type.
import { describe, expect, it } from 'vitest';
import { judgeJobArgument, judgeSubmitArgument } from './job-arguments.ts';

const matching = (text: string | RegExp) => (typeof text === 'string' ? text : expect.stringMatching(text));
const all = [{ key: '.*', value: '.*' }];
const skip = [{ key: 'SKIP_.*', value: 'yes|no' }];

describe('a variable for the job', () => {
  it.each`
    text                                      | allowed                                                       | value
    ${'SKIP_TESTS=yes'}                       | ${skip}                                                       | ${'yes'}
    ${'SKIP_X=no'}                            | ${skip}                                                       | ${'no'}
    ${'EB_ARGS=--installpath=/tmp/$USER/pr1'} | ${all}                                                        | ${'--installpath=/tmp/$USER/pr1'}
    ${'FOO='}                                 | ${all}                                                        | ${''}
    ${'EB_ARGS=--from-pr 345 --parallel=6'}   | ${[{ value: '^--from-pr \\d+$' }, { value: '^--parallel=' }]} | ${'"--from-pr 345 --parallel=6"'}
    ${'ANY=thing'}                            | ${[{}]}                                                       | ${'thing'}
  `('$text', ({ text, allowed, value }) => {
    const name = text.slice(0, text.indexOf('='));
    expect(judgeJobArgument(text, allowed)).toEqual({ accepted: `${name}=${value}` });
  });

  it.each`
    text                  | allowed                            | refused
    ${'SKIP_TESTS'}       | ${all}                             | ${'`jobargs:SKIP_TESTS` has no `=`; type `jobargs:NAME=VALUE`.'}
    ${'V=a;b'}            | ${all}                             | ${'`jobargs:V=a;b`: `a;b` holds other characters than `A-Z a-z 0-9 _ = : . / + , @ $ -`.'}
    ${'V=$(b)'}           | ${all}                             | ${/^`jobargs:V=\$\(b\)`: `\$\(b\)` holds other characters/}
    ${'V=a|b'}            | ${all}                             | ${/holds other characters/}
    ${'V=a`b`'}           | ${all}                             | ${/holds other characters/}
    ${'${U:-b}=c'}        | ${all}                             | ${/is no name of a variable\.$/}
    ${'1A=c'}             | ${all}                             | ${/is no name of a variable\.$/}
    ${'A=c'}              | ${[]}                              | ${'`jobargs:A=c`: this bot allows none; its admin can allow some (`allowed_jobargs`). Leave it out.'}
    ${'A=yes'}            | ${skip}                            | ${'`jobargs:A=yes`: `yes` is not allowed; this bot allows what matches `SKIP_.*=yes|no`; its admin can allow more (`allowed_jobargs`).'}
    ${'E=--from-pr 3 -x'} | ${[{ value: '^--from-pr \\d+$' }]} | ${/: `-x` is not allowed/}
  `('$text is refused, with the reason', ({ text, allowed, refused }) => {
    expect(judgeJobArgument(text, allowed)).toEqual({ refused: matching(refused) });
  });
});

describe('options for sbatch', () => {
  it.each`
    text                     | allowed                                                           | words
    ${'--time=01:00:00'}     | ${[{ value: '--time=.*' }]}                                       | ${['--time=01:00:00']}
    ${'--time 30 --mem=30G'} | ${[{ value: '--time[= ][0-9]+' }, { value: '--mem[= ][0-9]+G' }]} | ${['--time=30', '--mem=30G']}
    ${'-t 30'}               | ${[{}]}                                                           | ${['-t30']}
    ${'--exclusive'}         | ${[{}]}                                                           | ${['--exclusive']}
    ${'-vn 4'}               | ${[{}]}                                                           | ${['-vn4']}
  `('$text', ({ text, allowed, words }) => {
    expect(judgeSubmitArgument(text, allowed)).toEqual({ accepted: words });
  });

  it.each`
    text                     | allowed                            | refused
    ${''}                    | ${all}                             | ${/is empty/}
    ${'--time=1;b'}          | ${all}                             | ${/holds other characters/}
    ${'--time=$FOO'}         | ${all}                             | ${/holds other characters/}
    ${'--time 30 --mem=30G'} | ${[{ value: '--time[= ][0-9]+' }]} | ${/: `--mem=30G` is not allowed; this bot allows what matches `--time\[= \]\[0-9\]\+`; its admin can allow more \(`allowed_submitargs`\)\.$/}
    ${'--qos=a'}             | ${[]}                              | ${'`submitargs:--qos=a`: this bot allows none; its admin can allow some (`allowed_submitargs`). Leave it out.'}
  `('$text is refused, with the reason', ({ text, allowed, refused }) => {
    expect(judgeSubmitArgument(text, allowed)).toEqual({ refused: matching(refused) });
  });

  it.each([
    '--export=ALL,FOO=bar',
    '--export-file=f',
    '--exp=NONE',
    '--wrap=id',
    '--wra=id',
    '--chdir=/',
    '-D /',
    '-D/',
    '--output=o',
    '-oo',
    '--error=e',
    '-e e',
    '--array=1-9',
    '-a1',
    '--uid=0',
    '--hold',
    '-H',
    '-vH',
    '-J n',
    '--job-name n',
    '--begin=now',
    '--clusters=other',
    '-M other',
    '--test-only',
    '--parsable',
    '--wait',
    '-W',
    '--quiet',
  ])('%s is refused whatever is allowed', (text) => {
    expect(judgeSubmitArgument(text, all)).toEqual({
      refused: expect.stringContaining('take the job out of its hands'),
    });
  });

  it.each(['evil.sh', '--time=1 evil.sh', '--', '-', '-v evil.sh', '-vs x --mem=1'])(
    '%s would have sbatch run another script',
    (text) => {
      expect(judgeSubmitArgument(text, all)).toEqual({ refused: expect.stringMatching(/script|out of its hands/) });
    },
  );
});
