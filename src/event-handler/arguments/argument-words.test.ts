import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { argumentWords, withoutQuotes } from './argument-words.ts';

it.each`
  command                                            | words
  ${'build  repo:R1\tarch:zen2 '}                    | ${['build', 'repo:R1', 'arch:zen2']}
  ${'build jobargs:EB_ARGS="--from-pr 345" repo:R1'} | ${['build', 'jobargs:EB_ARGS="--from-pr 345"', 'repo:R1']}
  ${'build "jobargs:EB_ARGS=--from-pr 345"'}         | ${['build', 'jobargs:"EB_ARGS=--from-pr 345"']}
  ${"build sub:'--time=30 --mem=30G' sub:-n2"}       | ${['build', "sub:'--time=30 --mem=30G'", 'sub:-n2']}
  ${'build exp:A="b c" exportvariable:D=e\\ f'}      | ${['build', 'exp:A="b c"', 'exportvariable:D=e\\ f']}
  ${'build repo:"a b"'}                              | ${['build', 'repo:"a', 'b"']}
  ${"build exp:A=don't repo:R1"}                     | ${['build', "exp:A=don't", 'repo:R1']}
  ${`build sub:"${'a '.repeat(700)}" inst:b`}        | ${['build', 'sub:"a', ...Array(699).fill('a'), '"', 'inst:b']}
  ${'build jobargs:A="b inst:other" inst:b'}         | ${['build', 'jobargs:A="b inst:other"', 'inst:b']}
`('$command', ({ command, words }) => {
  expect(argumentWords(command)).toEqual(words);
});

it.each`
  word         | problem
  ${'A="b'}    | ${'has a `"` without its partner; type one at each end of what belongs together.'}
  ${"A=don't"} | ${"has a `'` without its partner; type one at each end of what belongs together."}
  ${'A=b\\'}   | ${'ends in a backslash; leave that out.'}
`('$word is refused', ({ word, problem }) => {
  expect(withoutQuotes(word)).toEqual({ problem });
});

it('takes quotes away as Python does, and a POSIX shell', () => {
  const pieces = fc.constantFrom('a', '=', ' ', '"', "'", '\\', '$A', '--b', '\\"', '"c d"', "'e f'");
  const words = fc.sample(fc.array(pieces, { minLength: 1, maxLength: 8 }), 400).map((each) => `x${each.join('')}`);
  const program = `
import json, shlex, sys
def split(word):
    try: return shlex.split(word)
    except ValueError: return None
json.dump([split(word) for word in json.load(sys.stdin)], sys.stdout)
`;
  const { stdout } = spawnSync('python3', ['-c', program], { input: JSON.stringify(words), encoding: 'utf8' });
  const theirs: readonly (readonly string[] | null)[] = JSON.parse(stdout);
  for (const [index, word] of words.entries()) {
    const [typed = '', ...rest] = argumentWords(`exp:${word}`);
    const read = withoutQuotes(typed);
    const theirWords = theirs[index];
    // An argument without its end is read up to the next blank.
    if (!theirWords) expect(rest.length > 0 || 'problem' in read, word).toBe(true);
    else expect('text' in read ? read.text : read, word).toBe(`exp:${theirWords[0]}`);
  }
});

it('takes no longer than a comment may take, however many quotes have no end', () => {
  const unit = `exp:a"' `;
  const words = argumentWords(`${unit.repeat(8_000)}\\`);
  expect(words.length).toBeGreaterThan(10);
  expect(words.join(' ').replaceAll(' ', '')).toBe(`${unit.trim().repeat(8_000)}\\`);
});
