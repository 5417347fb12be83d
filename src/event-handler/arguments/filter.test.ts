import { expect, it } from 'vitest';
import { type Filter, matcherOf, parseFilter } from './filter.ts';

const arch = (pattern: string): Filter => ({ component: 'architecture', pattern });
const repo: Filter = { component: 'repository', pattern: 'R1' };
const job: Filter = { component: 'jobid', pattern: '7' };
const exported: Filter = { component: 'exportvariable', pattern: 'A=b' };
const noPattern: Filter = { component: 'exportvariable', pattern: 'A=b(' };

it.each`
  why                                            | filters                                                   | searched                                     | matched
  ${'no filter'}                                 | ${[]}                                                     | ${{}}                                        | ${true}
  ${'a pattern is searched, not compared'}       | ${[arch('zen')]}                                          | ${{ architecture: 'x86_64/amd/zen2' }}       | ${true}
  ${'`-` in the value is `/`'}                   | ${[arch('amd/zen2')]}                                     | ${{ architecture: 'x86_64-amd-zen2' }}       | ${true}
  ${'`=` in the value is `/`'}                   | ${[{ component: 'accelerator', pattern: 'nvidia/cc80' }]} | ${{ accelerator: 'nvidia=cc80' }}            | ${true}
  ${'several repositories, by their names'}      | ${[{ component: 'repository', pattern: 'R1+R.2' }]}       | ${{ repository: 'R.2' }}                     | ${true}
  ${'… whole names'}                             | ${[{ component: 'repository', pattern: 'R1+R2' }]}        | ${{ repository: 'R22' }}                     | ${false}
  ${'several accelerators are one name'}         | ${[{ component: 'accelerator', pattern: 'a+b' }]}         | ${{ accelerator: 'b' }}                      | ${false}
  ${'all must match'}                            | ${[arch('zen'), repo]}                                    | ${{ architecture: 'zen', repository: 'R2' }} | ${false}
  ${'nothing to search in, beside others'}       | ${[job, repo]}                                            | ${{ repository: 'R1' }}                      | ${true}
  ${'nothing to search in, alone'}               | ${[job]}                                                  | ${{ repository: 'R1' }}                      | ${false}
  ${'options for sbatch beside others'}          | ${[{ component: 'submitargs', pattern: '-(' }, repo]}     | ${{ repository: 'R1' }}                      | ${true}
  ${'an export, alone'}                          | ${[exported]}                                             | ${{ repository: 'R1' }}                      | ${false}
  ${'an export beside others'}                   | ${[exported, repo]}                                       | ${{ repository: 'R1' }}                      | ${true}
  ${'an export that is no regular expression'}   | ${[noPattern, repo]}                                      | ${{ repository: 'R1' }}                      | ${true}
  ${'a pattern that hangs backtracking engines'} | ${[{ component: 'repository', pattern: '^(a+)+$' }]}      | ${{ repository: `${'a'.repeat(60)}!` }}      | ${false}
`('$why: $matched', ({ filters, searched, matched }) => {
  expect(matcherOf(filters)(searched)).toBe(matched);
});

it('counts the items of `for:` as others', () => {
  expect(matcherOf([job], true)({ repository: 'R1' })).toBe(true);
});

it.each`
  pattern                                 | why
  ${'x{1000}'.repeat(28)}                 | ${'repeats something 1000 times; 50 are allowed'}
  ${'(a{1,51})'}                          | ${'repeats something 51 times'}
  ${'(((a{50}){50}){50}){50}'}            | ${'has 6377550 steps when its repetitions are written out; 300 are allowed. Type `+` or `*` in place of numbers.'}
  ${`((${'ab'.repeat(90)}){20}){50}`}     | ${'has 181050 steps'}
  ${'[^a]{50}'.repeat(7)}                 | ${'has 350 steps'}
  ${'[^a]{50}'.repeat(6)}                 | ${undefined}
  ${'a{50}'}                              | ${undefined}
  ${'^(x86_64|aarch64)/.{1,9}/(z|n){2}$'} | ${undefined}
`('$pattern: $why', ({ pattern, why }) => {
  const reading = parseFilter('arch', pattern, pattern);
  if (why === undefined) expect(reading).toHaveProperty('filter');
  else expect(reading).toEqual({ problem: expect.stringContaining(why) });
});

it.each([
  [
    'zen{,2}',
    '`arc:x` has `{,2}`, which is a repetition to some and plain text to others: type `{0,2}`, or `\\{,2}` for the text.',
  ],
  [
    'zen{,}',
    '`arc:x` has `{,}`, which is a repetition to some and plain text to others: type `*`, or `\\{,}` for the text.',
  ],
  [
    'zen[[:digit:]]',
    '`arc:x` has `[:digit:]`, which is a set to some and single characters to others: type a set such as `[0-9]` or `[a-z]`.',
  ],
  ['zen\\Z', '`arc:x` is no valid regular expression: `\\Z` is not supported; type `$`.'],
  [
    'zen++',
    '`arc:x` is no valid regular expression: what gives nothing back, such as `a++` or `(?>a)`, is not supported; type `a+`.',
  ],
])('%s is refused with the reason', (pattern, problem) => {
  expect(parseFilter('arc', pattern, 'arc:x')).toEqual({ problem });
});

it.each(['zen\\{,2}', '[{,2}]', 'zen{0,2}', '[:digit:]', '[0-9]'])('%s is read alike everywhere', (pattern) => {
  expect(parseFilter('repo', pattern, 'x')).toMatchObject({ filter: { component: 'repository' } });
});
