// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the settings that hold them
import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProgramCall, splitWords } from './posix-words.ts';

const environment = {
  HOME: '/home/u',
  QOS: 'high',
  TWO: ' x  y ',
  EMPTY: '',
  GITHUB_TOKEN: 'ghp_secret',
  GITHUB_APP_SECRET_TOKEN: 'secret',
  KEY_PASSPHRASE: 'secret',
  AWS_SECRET_ACCESS_KEY: 'secret',
};

describe('words', () => {
  it.each([
    [
      '--account=a --comment="x y" --qos=$QOS -D \'$HOME\' $NONE --x=$GITHUB_TOKEN',
      ['--account=a', '--comment=x y', '--qos=high', '-D', '$HOME', '--x='],
    ],
    ['"--hold --account=a"', ['--hold --account=a']],
    ['"--hold"', ['--hold']],
    ['', []],
    ['""', ['']],
    ['"" $NONE "$NONE"', ['', '']],
    ['$__proto__ "$constructor"', ['']],
    ['a$TWO"$TWO"b', ['a', 'x', 'y', ' x  y b']],
    ['${QOS}er $QOSer', ['higher']],
    ['a\\ b \\$QOS "\\$QOS \\x \\""', ['a b', '$QOS', '$QOS \\x "']],
    ['~ ~/x "~" a~ ~root', ['/home/u', '/home/u/x', '~', 'a~', '~root']],
    ['--a \\\n--b\n  --c', ['--a', '--b', '--c']],
    ['--clusters=%(cluster)s 5%%', ['--clusters=%(cluster)s', '5%%']],
    ['--array=1-3 [x]* ? a# !', ['--array=1-3', '[x]*', '?', 'a#', '!']],
    ['$GITHUB_APP_SECRET_TOKEN $KEY_PASSPHRASE "$AWS_SECRET_ACCESS_KEY" $AWS_ANYTHING', ['']],
    ['a $ b$', ['a', '$', 'b$']],
    ['\'a; b\' "a | b" a\\&b', ['a; b', 'a | b', 'a&b']],
  ])('%j are %j', (text, words) => {
    expect(splitWords(text, environment)).toEqual({ words });
  });

  it.each([
    ['a; b', ';'],
    ['a | b', '|'],
    ['a&', '&'],
    ['a >b', '>'],
    ['a <b', '<'],
    ['`a`', '`'],
    ['"`a`"', '`'],
    ['$(a)', '$('],
    ['"$(a)"', '$('],
    ['"open', '"'],
    ["it's", "'"],
    ['${A:-b}', '${'],
    ['$1', '$1'],
    ['"$?"', '$?'],
  ])('%j is refused, naming %s', (text, syntax) => {
    expect(splitWords(text, environment)).toEqual({ problem: expect.stringContaining(`\`${syntax}\``) });
  });

  it('refuses a backslash at the end', () => {
    expect(splitWords('a \\', environment)).toEqual({ problem: expect.stringContaining('ends in a backslash') });
  });
});

describe('commands', () => {
  it.each([
    ['FOO=1 /usr/bin/sbatch', { environment: { FOO: '1' }, program: '/usr/bin/sbatch', arguments: [] }],
    ['ssh h scontrol', { environment: {}, program: 'ssh', arguments: ['h', 'scontrol'] }],
    [
      'A="x y"z B=$TWO C=~/d D= p E=1',
      { environment: { A: 'x yz', B: ' x  y ', C: '/home/u/d', D: '' }, program: 'p', arguments: ['E=1'] },
    ],
    ['"A=1" b', { environment: {}, program: 'A=1', arguments: ['b'] }],
    ['~/bin/sbatch --x', { environment: {}, program: '/home/u/bin/sbatch', arguments: ['--x'] }],
  ])('%j', (text, command) => {
    expect(parseProgramCall(text, environment)).toEqual({ command });
  });

  it.each(['', 'A=1', '$NONE', '""'])('%j names no program', (text) => {
    expect(parseProgramCall(text, environment)).toEqual({ problem: 'names no program; write its full path' });
  });

  it('is refused as words are', () => {
    expect(parseProgramCall('module load slurm; sbatch', environment)).toEqual({
      problem: expect.stringContaining('`;`'),
    });
  });
});

it('splits as sh does', () => {
  const piece = fc.constantFrom(
    'a',
    'b=',
    ' ',
    ' ',
    '\t',
    '"',
    '"',
    "'",
    '\\',
    '$QOS',
    '${TWO}',
    '$TWO',
    '$EMPTY',
    '~',
    '~/',
    '/',
    '-',
  );
  // sh gets only what is plain words for us: nothing that it would execute.
  const texts = fc.sample(
    fc.array(piece, { maxLength: 10 }).map((pieces) => pieces.join('')),
    { seed: 7, numRuns: 3_000 },
  );
  const read = texts.flatMap((text) => {
    const result = splitWords(text, environment);
    return 'words' in result ? [{ text, words: result.words }] : [];
  });
  expect(read.length).toBeGreaterThan(1_000);
  const script = ['show() { printf \'%s\\0\' "$#" "$@"; }', ...read.map(({ text }) => `show ${text}`)].join('\n');
  const { stdout } = spawnSync('sh', ['-c', script], { env: environment, encoding: 'utf8', maxBuffer: 1e8 });
  const answers = stdout.split('\0');
  for (const { text, words } of read) {
    const count = Number(answers.shift());
    expect(answers.splice(0, count), text).toEqual(words);
  }
});
