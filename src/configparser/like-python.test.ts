import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { findEntry, interpolate } from './interpolate.ts';
import { parseConfig } from './parse-config.ts';
import { readTolerantly } from './read-tolerantly.ts';
import { writeConfig } from './write-config.ts';

/** Section -> key -> value; a value that cannot be resolved is an error, and so is a document that is refused. */
type Understood = Record<string, Record<string, string | { error: true }>> | { error: true };

// Lines end as in a file that Python opened: \r\n and \r count as \n.
const python = `
import configparser, io, json, sys
def understand(text, interpolation):
    parser = configparser.ConfigParser(**({} if interpolation else {"interpolation": None}))
    try:
        parser.read_file(io.StringIO(text, newline=None))
    except configparser.Error:
        return {"error": True}
    result = {}
    for section in parser.sections():
        result[section] = {}
        for key in parser.options(section):
            try:
                result[section][key] = parser.get(section, key)
            except configparser.Error:
                result[section][key] = {"error": True}
    return result
json.dump([understand(*one) for one in json.load(sys.stdin)], sys.stdout)
`;

function askPython(documents: readonly string[], interpolation: boolean): Understood[] | undefined {
  const input = JSON.stringify(documents.map((text) => [text, interpolation]));
  const { error, status, stdout, stderr } = spawnSync('python3', ['-c', python], {
    input,
    encoding: 'utf8',
    maxBuffer: 1e9,
  });
  if (error !== undefined && 'code' in error && error.code === 'ENOENT') return undefined;
  if (error !== undefined || status !== 0) throw new Error(`python3 failed: ${stderr}`, { cause: error });
  return JSON.parse(stdout) as Understood[];
}

function understand(text: string): Understood {
  const { config, problems } = parseConfig(text);
  if (problems.length > 0) return { error: true };
  const sections = [...config.sections.values()].map(({ name, entries }) => {
    const keys = new Set([...entries.keys(), ...config.defaults.entries.keys()]);
    const values = [...keys].map((key) => {
      const entry = findEntry(config, name, key);
      const result = entry === undefined ? { problem: '' } : interpolate(config, name, entry);
      return [key, 'value' in result ? result.value : { error: true }];
    });
    return [name, Object.fromEntries(values)];
  });
  return Object.fromEntries(sections);
}

const byHand = [
  '',
  '[a]',
  '[a]\n',
  'key = value',
  '[a]\nkey = value\n  more\n\n  after blank\n# comment\n  ; comment\n  last\n\n\n[b]\n',
  '[eessi.io-2023.06]\nkey = v # not a comment ; nor this',
  '[a]\nkey = "quoted"\nother = \'quoted\'',
  '[a]\nkey: value\nurl = http://h:1/?a=b\ntime: 12:30 = noon',
  '[a]\nKEY = 1\n[A]\nKey = 2',
  '[a]\nKEY = 1\nkey = 2',
  '[a]\nk = 1\n[a]\nl = 2',
  '[a]\nno separator',
  '[a]\n= no key',
  '[a]\nk =\nl=\n  \n',
  '[a]\nk = 100%%\nl = %(k)s\nm = 50% done\nn = %(missing)s\no = %(k)',
  '[a]\nk = %(l)s\nl = %(k)s\n',
  `[a]\n${Array.from({ length: 12 }, (_, index) => `k${index} = %(k${index + 1})s`).join('\n')}\nk12 = end`,
  '[DEFAULT]\nroot = /r\n[a]\npath = %(root)s/x\n[b]\nroot = /other\npath = %(ROOT)s/x',
  '[DEFAULT]\nx = %(y)s\n[a]\ny = 1\n[b]\n',
  '[DEFAULT]\na = 1\n[DEFAULT]\nb = 2\n[s]\n',
  '[DEFAULT]\na = 1\n[s]\n[DEFAULT]\na = 2\n',
  '[architecturetargets]\n# c\n  - os: its name\n  - accel (optional): its name\n# c\nmap = {\n  "a": {\n    "b": 1\n  }}\n',
  '  [a]\n  k = 1\n    more\n  l = 2\n',
  '[a]\r\nk = 1\r\n\tmore\r\n[b]\rl = 2\r',
  '\ufeff[a]\nk = 1',
  '[a]\nk = 1\n\u00a0\u00a0more\n\u2003even more\n\u001c\u0085x = 2',
  '[a] trailing\nk = 1\n[]\n',
  '[ a ]\nk = 1\n[a]\nk=2',
  '[a]\n  k = 1\n m = 2\n   n = 3\n',
  '[a]\nk = 1\n   # comment\n\n   more\n',
  '[a]\n[RESULT\nk = 1\n',
  '[a]\nÜBER = 1\nİ = 2\nΣΑΣ = 3',
  '[a]\nk = \n\n\n   x\n\n',
  '[a]\nk = a\u2028b\u000bc\u000cd\n',
  '[a]\n%k = 1\nl = %(%k)s\nm = %%(k)s\nn = %%%%\no = %%%\n',
  '[a]\nb = %(with space)s\nwith space = x\n',
  '[deploycfg]\nbucket_name = b\n\tupload_policy = all\n  [buildenv]\n  job_name = x\nend = 1\n',
  '[deploycfg]\nbucket_name =\n    {\n    "a": "b"\n    }\nprefix =\n\n  x\n',
  '[deploycfg]\nbucket_name = {\n"a": "b"\n}\n',
  '[a]\nlocal_tmp = /scratch # x\npath = "/x" ; y\nname\u00a0=\u00a0“x”\n',
  '[TEST]\ncomment_description = one\n[  FAILED  ] two\nstatus = FAILURE\n',
  '[RESULT]\nstatus = SUCCESS\n[RESULT]\nstatus = FAILURE\n',
  '[constructor]\n__proto__ = 1\ntostring = 2\n',
];

const indent = fc.constantFrom('', '', '', ' ', '    ', '\t');
const word = fc.constantFrom(
  'a',
  'B',
  'key',
  'DEFAULT',
  'x y',
  '1',
  '"q"',
  '{',
  '%%',
  '%',
  '%(a)s',
  '%(B)s',
  '%(c)s',
  '#',
  ';',
  '[',
  '=',
  ':',
  '',
);
const words = fc.array(word, { maxLength: 4 }).map((parts) => parts.join(' '));
const line = fc.oneof(
  {
    weight: 25,
    arbitrary: fc
      .tuple(
        indent,
        fc.constantFrom('a', 'b', 'B', 'c', 'd', 'e f', 'g'),
        fc.constantFrom('=', ' = ', ':', ' : '),
        words,
      )
      .map((parts) => parts.join('')),
  },
  {
    weight: 10,
    arbitrary: fc
      .tuple(indent, fc.constantFrom('[a]', '[b]', '[c]', '[DEFAULT]', '[d.e]', '[a] x'))
      .map((parts) => parts.join('')),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(indent, fc.constantFrom('# comment = 1', '; comment', '')).map((parts) => parts.join('')),
  },
  { weight: 10, arbitrary: fc.tuple(fc.constantFrom('  ', '      ', '\t\t'), words).map((parts) => parts.join('')) },
  { weight: 1, arbitrary: fc.tuple(indent, words).map((parts) => parts.join('')) },
);
const document = fc
  .tuple(fc.array(line, { maxLength: 10 }), fc.constantFrom('\n', '\n', '\r\n'))
  .map(([lines, end]) => ['[s]', ...lines, ''].join(end));

const folders = ['../settings/fixtures/', '../../test/wild/app-cfg/'].map((path) => new URL(path, import.meta.url));
const fromFiles = [
  new URL('../../app.cfg.example', import.meta.url),
  new URL('../../repos.cfg.example', import.meta.url),
  ...folders.flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.cfg'))
      .map((name) => new URL(name, folder)),
  ),
].map((file) => readFileSync(file, 'utf8'));

it('reads like python3: written by hand, generated, and the shipped examples', ({ skip }) => {
  const generated = fc.sample(document, { seed: 20_261_124, numRuns: 2_000 });
  const documents = [...byHand, ...fromFiles, ...generated];
  const answers = askPython(documents, true);
  if (answers === undefined) return skip('python3 is not installed');
  const ours = documents.map(understand);
  for (const [index, text] of documents.entries()) expect(ours[index], JSON.stringify(text)).toEqual(answers[index]);
  // Otherwise only refusals would be compared.
  expect(ours.filter((one) => !('error' in one)).length).toBeGreaterThan(600);
});

it('writes what python3 and our own tolerant reading understand alike', ({ skip }) => {
  const value = fc.oneof(
    words,
    fc.string({ unit: 'grapheme-ascii' }),
    fc.constantFrom('a=b', '[x]', '; x', '50%', '{"a": "b"}'),
  );
  const values = fc.dictionary(
    fc.constantFrom('key', 'other', 'more_keys'),
    value.map((text) => text.trim()),
  );
  const sections = fc.sample(fc.tuple(values, values), { seed: 20_261_124, numRuns: 300 }).map(([a, b]) => [
    { name: 'site_config', values: a },
    { name: 'PR', values: b },
  ]);
  const documents = sections.map(writeConfig);
  const answers = askPython(documents, false);
  if (answers === undefined) return skip('python3 is not installed');
  for (const [index, written] of sections.entries()) {
    const expected = Object.fromEntries(written.map(({ name, values }) => [name, { ...values }]));
    expect(answers[index], documents[index]).toEqual(expected);
    const ours = readTolerantly(documents[index] ?? '');
    expect(ours.problems).toEqual([]);
    for (const { name, values } of written) {
      for (const [key, text] of Object.entries(values)) {
        expect(ours.valueOf(name, key)).toBe(text.replaceAll('%%', '%'));
      }
    }
  }
});
