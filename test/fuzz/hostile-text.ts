import fc from 'fast-check';

/** What means something to somebody: shells, Markdown, HTML, terminals, configparser, Slurm, git, Python. */
const pieces = [
  'bot:',
  'bot: build',
  '\nbot: help',
  '\r\n',
  '\u2028',
  '\u0085',
  '\u0000',
  '\u001b[2J',
  '\u202e',
  '../',
  '/etc/passwd',
  '~',
  '--upload-pack=x',
  '-h',
  '$(id)',
  '`id`',
  ';rm -rf /',
  '|',
  '||',
  '```',
  '~~~',
  '> ',
  '- ',
  '# ',
  '[x](https://evil.example)',
  '![x](https://evil.example/x.png)',
  '<img src=x onerror=y>',
  '<!--',
  '-->',
  '</details>',
  '<script>',
  'https://evil.example/',
  'www.evil.example',
  'me@evil.example',
  '@EESSI/admins',
  '#12',
  'EESSI/software-layer#12',
  'GH-12',
  'a5c3785ed8d6a35868bc169f07e40e889087fd2e',
  'https://github.com/EESSI/software-layer/issues/12',
  '&#35;',
  '&commat;',
  '&lt;',
  '&#64;',
  '%(x)s',
  '%%',
  '{app_name}',
  '{{',
  '[RESULT]',
  '[DEFAULT]',
  'status = SUCCESS',
  'constructor',
  '__proto__',
  'COMPLETED',
  'Submitted batch job 7',
  ' StdErr=',
  'JobId=7 ',
  '(a+)+$',
  'x{1000}',
  '(',
  '[',
  'export:A=',
  ':',
  '=',
  ',',
  '+',
  '"',
  "'",
  '\\',
  '\ud800',
  '😀',
];

/** Texts of such pieces and of anything else. */
export const hostileText = fc
  .array(
    fc.oneof(fc.constantFrom(...pieces), fc.string({ unit: 'binary', maxLength: 8 }), fc.string({ maxLength: 8 })),
    {
      maxLength: 12,
    },
  )
  .map((parts) => parts.join(''));

const repeated = [
  ' ',
  '\t',
  '\n',
  '`',
  '{',
  '}',
  '(',
  '[',
  '|',
  '-',
  '<',
  '~',
  '0',
  'a',
  '| ',
  '- ',
  '1. ',
  '%(',
  'a=',
  '``\n',
  '{50}',
  '\u00a0',
];

/** The same a great many times, between other pieces: an expression that begins anew at each of them takes minutes. */
export const longRun = fc
  .tuple(hostileText, fc.constantFrom(...repeated), hostileText)
  .map(([before, each, after]) => before + each.repeat(300_000 / each.length) + after);

/** A text of somebody's with hostile pieces put in, and parts taken out. */
export function damaged(text: string): fc.Arbitrary<string> {
  const place = fc.nat({ max: text.length });
  return fc
    .array(fc.tuple(place, fc.nat({ max: 20 }), hostileText), { minLength: 1, maxLength: 4 })
    .map((cuts) =>
      cuts.reduce((whole, [start, length, piece]) => whole.slice(0, start) + piece + whole.slice(start + length), text),
    );
}
