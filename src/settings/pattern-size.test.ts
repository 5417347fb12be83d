import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, it } from 'vitest';
import { sizeOfPattern } from './pattern-size.ts';

it.each`
  pattern                                      | size
  ${''}                                        | ${0}
  ${'zen[0-9]'}                                | ${4}
  ${'^(x86_64|aarch64)/.*$'}                   | ${20}
  ${'a{50}b'}                                  | ${51}
  ${'a{2,7}'}                                  | ${7}
  ${'a{7,}'}                                   | ${8}
  ${'a{0}'}                                    | ${1}
  ${'a{,7}'}                                   | ${5}
  ${'(ab{3}){10}'}                             | ${50}
  ${'((ab){5}){50}'}                           | ${800}
  ${'(?P<n>ab){10}(?:a){10}(?i:a){10}'}        | ${70}
  ${'[({50}]{3}[]{50}]{3}[^]{]{3}'}            | ${9}
  ${'[[:alpha:]{50}]{3}[\\]{50}]{3}'}          | ${6}
  ${'\\({50}\\p{Greek}{50}\\x{41}{50}\\d{50}'} | ${200}
  ${'\\Q((a{50}\\E{2}'}                        | ${14}
  ${'\\Q[\\E((a{10}){10})'}                    | ${112}
  ${'(a){10}(?i){10}'}                         | ${200}
  ${'(a){10}\\Q\\E{10}'}                       | ${200}
  ${'(a){10}?(?i){10}'}                        | ${210}
`('$pattern: $size', ({ pattern, size }) => {
  expect(sizeOfPattern(pattern)).toBe(size);
});

it('counts no less than half of what a pattern is compiled to', () => {
  const pieces = [
    ...['(', '(', ')', ')', '(?:', '(?i)', '(?i:', '(?P<n>', '|', '*', '+', '?', '{3}', '{4}', '{0,3}', '{2,}', '{,3}'],
    ...['a', 'ab', '[', ']', '[^', '[a]', '[]a]', '[[:alpha:]]', '\\Q', '\\E', '\\', '\\]', '\\d', '\\pL', '\\p{', '}'],
    ...['\\x{41}', '\\x41', '^', '$', '\\b', '.', '-', '{', ':]', '[:'],
  ];
  const whole = fc.constantFrom('(ab){4}', '((a{3}){3})', '[[:alpha:]]{4}', '\\Q(\\E');
  let compiled = 0;
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constantFrom(...pieces), whole), { maxLength: 12 }).map((parts) => parts.join('')),
      (pattern) => {
        let steps: number;
        try {
          steps = RE2JS.compile(pattern).programSize();
        } catch {
          return; // no regular expression
        }
        compiled += 1;
        expect(steps).toBeLessThanOrEqual(2 * sizeOfPattern(pattern) + 10);
      },
    ),
    { seed: 1, numRuns: 5_000 },
  );
  expect(compiled).toBeGreaterThan(500);
});
