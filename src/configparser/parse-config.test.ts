import { describe, expect, it } from 'vitest';
import { parseConfig } from './parse-config.ts';

// like-python.test.ts compares the parsing with python3; these are the messages for what Python refuses.
describe('a problem names its line and says what would be right', () => {
  it.each([
    {
      what: 'a key without separator',
      text: '[a]\nk = 1\nlonely\n',
      problem: {
        line: 3,
        section: 'a',
        message: '`lonely` has neither `=` nor `:`; write `key = value`, or indent the line if it continues a value',
      },
    },
    {
      what: 'a separator without key',
      text: '[a]\n= 1\n',
      problem: {
        line: 2,
        section: 'a',
        message: '`= 1` has no key; write `key = value`, or indent the line if it continues a value',
      },
    },
    {
      what: 'a key twice, in another case',
      text: '[a]\nk = 1\n\nK = 2\n',
      problem: {
        line: 4,
        section: 'a',
        key: 'k',
        message: 'the key is there already, in line 2; remove one of the two',
      },
    },
    {
      what: 'a section twice',
      text: '[a]\n[b]\n[a]\n',
      problem: {
        line: 3,
        section: 'a',
        message: 'the section [a] is there already, in line 1; put its keys together there',
      },
    },
    {
      what: 'keys before the first section, told once',
      text: '\nk = 1\nl = 2\n[a]\n',
      problem: { line: 2, message: 'comes before the first section; put a line `[section]` above it' },
    },
  ])('$what', ({ text, problem }) => {
    expect(parseConfig(text).problems).toEqual([problem]);
  });
});

it('keeps what it understood round a bad line, and the first of two', () => {
  const { config, problems } = parseConfig('[a]\nk = 1\nbad\n  worse\nk = 2\nl = 3\n');
  const values = [...(config.sections.get('a')?.entries.values() ?? [])].map(({ key, value }) => [key, value]);
  expect(values).toEqual([
    ['k', '1'],
    ['l', '3'],
  ]);
  expect(problems.map(({ line }) => line)).toEqual([3, 4, 5]);
});

it('knows where each line of a value stands', () => {
  const { config } = parseConfig('[a]\nk = {\n# comment\n  "x": 1\n\n  }\n');
  expect(config.sections.get('a')?.entries.get('k')).toEqual({
    key: 'k',
    value: '{\n"x": 1\n\n}',
    lines: [2, 4, 5, 6, 7],
  });
});

it('takes a section name up to the last bracket, as Python does since 3.11', () => {
  expect([...parseConfig('[a]b]\nk = 1\n').config.sections.keys()]).toEqual(['a]b']);
});

// A regular expression of quadratic time would take more than an hour.
it('is not kept busy by a million blanks in the midst of a line', () => {
  const blanks = ' '.repeat(1_000_000);
  const { config } = parseConfig(`[a]\nk${blanks}l = 1\nm${blanks}=${blanks}x${blanks}y\n z${blanks}z`);
  expect([...(config.sections.get('a')?.entries.values() ?? [])].map(({ key, value }) => [key, value])).toEqual([
    [`k${blanks}l`, '1'],
    ['m', `x${blanks}y\nz${blanks}z`],
  ]);
});
