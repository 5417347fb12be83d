import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseJson } from './parse-json.ts';

it('reads what JSON.parse reads, and refuses what it refuses', () => {
  const text = fc.oneof(
    fc.json(),
    fc
      .array(
        fc.constantFrom('{', '}', '[', ']', ',', ':', '"a"', '"', '1', '-', 'true', ' ', '\n', 'x', '\u00a0', '\\'),
        { maxLength: 12 },
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (json) => {
      const result = parseJson(json);
      let expected: unknown;
      try {
        expected = JSON.parse(json);
      } catch {
        expect(result).toHaveProperty('problem');
        return;
      }
      expect(JSON.stringify('value' in result ? result.value : result)).toBe(JSON.stringify(expected));
    }),
    { seed: 1, numRuns: 2_000 },
  );
});

it('keeps the order of keys, also of numbers, and names those that stand twice', () => {
  expect(parseJson('{"b": 1, "10": {"x": 1}, "9": [{}], "b": 2}')).toMatchObject({
    keys: ['b', '10', '9'],
    repeated: ['b'],
  });
});

it.each([
  ['{\n"a": "b",\n}', 'has a comma before `}`; remove the comma after the last entry', 2],
  ['[1, ]', 'has a comma before `]`; remove the comma after the last entry', 0],
  ['{"a": 1\n"b": 2}', 'has `"b"` where a `,` or `}` is expected', 1],
  ["{'a': 1}", "has `'a'` where a key in double quotes is expected", 0],
  ['{"a" 1}', 'has `1` where the `:` after the key "a" is expected', 0],
  ["['a']", "has `'a'`; JSON wants double quotes", 0],
  ['[a]', 'has `a`, no value that JSON knows; texts are put in double quotes', 0],
  ['{"a": "b', 'has a `"` without its partner', 0],
  ['{"a":\n1', 'has its end where a `,` or `}` is expected', 1],
  ['{} {}', 'has `{` after its end', 0],
])('%j', (text, problem, line) => {
  expect(parseJson(text)).toEqual({ problem: `is not JSON: it ${problem}`, line });
});
