import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { matcherOf, parseFilter } from './filter.ts';

const python = `
import json, re, sys, warnings
warnings.simplefilter("ignore")
def searched(pattern, values):
    try:
        compiled = re.compile(pattern)
    except re.error:
        return None
    return [bool(compiled.search(value)) for value in values]
patterns, values = json.load(sys.stdin)
json.dump([searched(pattern, values) for pattern in patterns], sys.stdout)
`;

const pieces =
  String.raw`a zen [ab] [^a] \d \w . (ab) (?:ab) [[:digit:]] [[:^alpha:]] [:digit:] [a-c] \. ^ $ \b \Z \A (?i)a (?P<n>a) (?i:A)
  \x41 \101 [\d_] []a] [^]a] a| |a { } {2 a{x} [[a] [a&&b] [a||b] \_ \/ \s \S [\w.] (?s). (?m)^a [\b] \t () (?:) [a\-z] [+--] [{,2}] \{,2} [\]{,2}] [[.a.]]`
    .trim()
    .split(/\s+/);
const repetitions = [
  '',
  '*',
  '+',
  '?',
  '{2}',
  '{,2}',
  '{0,2}',
  '{2,}',
  '{,}',
  '*?',
  '+?',
  '{1,2}?',
  '++',
  '{2}{3}',
  '**',
];
const values = [
  'a',
  'aa',
  'zen',
  'zen3',
  'zen{,2}',
  '123',
  'A',
  'ab',
  'abab',
  '1:d]',
  'a{x}',
  'b',
  'x]',
  '_',
  'a{,2}',
  '{',
  '.',
];
const patterns = pieces.flatMap((piece) =>
  repetitions.flatMap((repetition) => [`${piece}${repetition}`, `^${piece}${repetition}$`]),
);

/** Undefined where the pattern is refused. */
function search(pattern: string): boolean[] | undefined {
  const reading = parseFilter('repository', pattern, `repository:${pattern}`);
  if ('problem' in reading) return undefined;
  const matches = matcherOf([reading.filter]);
  return values.map((repository) => matches({ repository }));
}

it('what is not refused is read as python3 reads it', ({ skip }) => {
  const input = JSON.stringify([patterns, values]);
  const { error, status, stdout, stderr } = spawnSync('python3', ['-c', python], { input, encoding: 'utf8' });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return skip('python3 is not installed');
  expect(status, stderr).toBe(0);
  const theirs = JSON.parse(stdout) as (boolean[] | null)[];
  const answers = patterns.map((pattern, index) => ({
    pattern,
    ours: search(pattern),
    theirs: theirs[index] ?? undefined,
  }));
  const comparable = answers.filter(({ ours, theirs: one }) => ours !== undefined && one !== undefined);
  expect(comparable.filter(({ ours, theirs: one }) => JSON.stringify(ours) !== JSON.stringify(one))).toEqual([]);
  // Else everything would be refused.
  expect(comparable.length).toBeGreaterThan(400);
});
