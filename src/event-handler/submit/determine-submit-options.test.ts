import { expect, it } from 'vitest';
import { findRefused, readAnswer } from './determine-submit-options.ts';

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
  ${'--p=gpu'}                 | ${true}
  ${'--Mem=4G'}                | ${true}
  ${'--mem 4G'}                | ${true}
  ${'---mem=4G'}               | ${true}
  ${'-Hevil.sh'}               | ${true}
  ${'-sD/'}                    | ${true}
  ${'-W8'}                     | ${true}
  ${'-c'}                      | ${true}
  ${'-G1'}                     | ${false}
  ${'evil.sh'}                 | ${true}
  ${'::'}                      | ${true}
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
  ${'--cpus-per=1'}            | ${true}
  ${'--cpus-per-task=1'}       | ${false}
  ${'--nodes-per=1'}           | ${true}
  ${'--wra=id'}                | ${true}
  ${'--wrap'}                  | ${true}
  ${'--arr=0-9'}               | ${true}
  ${'--exp=ALL'}               | ${true}
  ${'--out=/evil'}             | ${true}
  ${'-o/evil'}                 | ${true}
  ${'-e/evil'}                 | ${true}
  ${'-i/evil'}                 | ${true}
  ${'--error=/evil'}           | ${true}
  ${'--input=/evil'}           | ${true}
  ${'--open-mode=append'}      | ${true}
  ${'-p=gpu'}                  | ${false}
  ${'-c1'}                     | ${false}
  ${'-c1p'}                    | ${false}
  ${'-sH'}                     | ${true}
  ${'-Hc1'}                    | ${true}
  ${'-OD/'}                    | ${true}
  ${'-Q'}                      | ${true}
  ${'\u2013mem=4G'}            | ${true}
  ${'\u2014wrap=id'}           | ${true}
  ${'\u2212c1'}                | ${true}
  ${'\uff0d\uff0dmem=4G'}      | ${true}
  ${'--mem\u00ad=4G'}          | ${true}
  ${'--m\u0435m=4G'}           | ${true}
  ${'--get-user-env'}          | ${true}
  ${'--get-user-env=L'}        | ${true}
  ${'--propagate=ALL'}         | ${true}
  ${'--propagate'}             | ${true}
  ${'--dependency'}            | ${true}
  ${'-dafterany:1'}            | ${true}
  ${'--begin=now'}             | ${true}
  ${'-bnow'}                   | ${true}
  ${'--deadline=now'}          | ${true}
  ${'--no-hold'}               | ${true}
  ${'--hold=no'}               | ${true}
  ${'--requeue=x'}             | ${true}
  ${'--exclusive=user'}        | ${false}
  ${'--oversubscribe=x'}       | ${true}
  ${'--comment'}               | ${true}
  ${'--nodelist=n1,n[2-4]'}    | ${false}
  ${'--nodelist=/etc/passwd'}  | ${true}
  ${'--nodelist=./x'}          | ${true}
  ${'-w/etc/passwd'}           | ${true}
  ${'--exclude=/etc/passwd'}   | ${true}
  ${'-x../x'}                  | ${true}
  ${'-F/etc/passwd'}           | ${true}
  ${'--nodefile=/etc/passwd'}  | ${true}
  ${'--container=/evil'}       | ${true}
  ${'--prolog=/evil'}          | ${true}
  ${'--spank-option=x'}        | ${true}
  ${'--mail-user=x@y'}         | ${true}
  ${'--kill-on-invalid-dep=y'} | ${true}
  ${'--reboot'}                | ${true}
  ${'--nice=-100'}             | ${true}
  ${'--priority=TOP'}          | ${true}
  ${'--quiet'}                 | ${true}
  ${'--help'}                  | ${true}
  ${'-V'}                      | ${true}
`('$word of det_submit_opts is refused: $refused', ({ word, refused }) => {
  expect(findRefused([word], { sites: [[], []], added: [] })).toBe(refused ? word : undefined);
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
  ${['--nodelist', '/etc/passwd']}                   | ${[]}                            | ${[]}                | ${'--nodelist'}
  ${['-w', './x', '--mem=4G']}                       | ${[]}                            | ${[]}                | ${'-w'}
  ${['-x', 'n[1-3],n7', '--mem=4G']}                 | ${[]}                            | ${[]}                | ${undefined}
  ${['--nodelist=/site/hosts']}                      | ${['--nodelist=/site/hosts']}    | ${[]}                | ${undefined}
  ${['-c', '1p']}                                    | ${[]}                            | ${[]}                | ${undefined}
  ${['-H', '-c', '1']}                               | ${[]}                            | ${[]}                | ${undefined}
  ${['--mem', '\u2013c1']}                           | ${[]}                            | ${[]}                | ${undefined}
  ${['--get-user-env', '--mem=2G']}                  | ${['--get-user-env', '-p', 'x']} | ${[]}                | ${undefined}
`(
  '$answer of det_submit_opts, where a node type has $own and slurm_params $slurmParams: $refused is refused',
  ({ answer, own, slurmParams, refused }) => {
    expect(findRefused(answer, { sites: [own, slurmParams], added: [] })).toBe(refused);
  },
);

it.each`
  answer                            | words
  ${'--mem=4G -c 8'}                | ${['--mem=4G', '-c', '8']}
  ${'--comment=\'a b\' -p "x"'}     | ${['--comment=a b', '-p', 'x']}
  ${'--cpus-per-task=1 evil.sh'}    | ${/returned evil\.sh, which is the site's to decide/}
  ${"--cpus-per-task=1 'evil.sh'"}  | ${/returned evil\.sh, /}
  ${'--mem=4G\nevil.sh'}            | ${/returned evil\.sh, /}
  ${'--mem=4G \\\nevil.sh'}         | ${/returned evil\.sh, /}
  ${'--mem=4G\tevil.sh'}            | ${/returned evil\.sh, /}
  ${"'--' evil.sh"}                 | ${/returned --, /}
  ${'--mem=4G ":" --mem=2G'}        | ${/returned :, /}
  ${"-p '' evil.sh"}                | ${/returned evil\.sh, /}
  ${"'' --mem=4G"}                  | ${/returned , /}
  ${"'--mem 4G'"}                   | ${/returned --mem 4G, /}
  ${"--comment='a\nb'"}             | ${/returned "--comment=a\\nb", with a control character/}
  ${'--comment=a\u0000b'}           | ${/returned "--comment=a\\u0000b", with a control character/}
  ${'-p "gpu\u001b[2J"'}            | ${/with a control character/}
  ${"--mem=4G 'evil.sh"}            | ${/^the answer of det_submit_opts\(job\) /}
  ${'--mem=$(id)'}                  | ${/^the answer of det_submit_opts\(job\) has a `\$\(`/}
  ${'--mem=4G; evil.sh'}            | ${/^the answer of det_submit_opts\(job\) has a `;`/}
  ${['--mem=4G']}                   | ${/must return a text/}
  ${'--mem=4G '.repeat(100)}        | ${Array.from({ length: 100 }, () => '--mem=4G')}
  ${'--mem=4G '.repeat(100_000)}    | ${/returned over 100 words/}
  ${'\n'.repeat(100_000)}           | ${[]}
  ${'--mem=4G\r\nevil.sh'}          | ${/returned evil\.sh, /}
  ${'--mem=4G\u2028evil.sh'}        | ${['--mem=4G\u2028evil.sh']}
  ${'--mem=4G\u0000'}               | ${/with a control character/}
  ${'--mem=4G \u0000'}              | ${/with a control character/}
  ${'--mem=4G\u0085--wrap=id'}      | ${/with a control character/}
  ${'\u2014\u2014wrap=id'}          | ${/returned \u2014\u2014wrap=id, /}
  ${''}                             | ${[]}
  ${null}                           | ${/must return a text/}
  ${{ toString: '--mem=4G' }}       | ${/must return a text/}
  ${7}                              | ${/must return a text/}
  ${'--mail-user=x --get-user-env'} | ${['--mail-user=x', '--get-user-env']}
  ${'--get-user-env evil.sh'}       | ${/returned evil\.sh, /}
  ${'--mail-user evil.sh'}          | ${/returned --mail-user, /}
  ${'--mail-user'}                  | ${/returned --mail-user, /}
  ${'--get-user-env=x'}             | ${/returned --get-user-env=x, /}
  ${'--mail-type=ALL'}              | ${/returned --mail-type=ALL, .*allowed_det_submit_opts$/}
`('det_submit_opts(job) returns $answer: $words', ({ answer, words }) => {
  const may = { sites: [[], []], added: ['--mail-user=', '--get-user-env'] };
  const read = readAnswer(JSON.stringify(answer), may, {});
  expect(read).toEqual(Array.isArray(words) ? { words } : { problem: expect.stringMatching(words) });
});
