import { marked } from 'marked';
import { expect, it } from 'vitest';
import { codeSpan, escapeCell, escapeCellOfOthers, escapeMarkdown, escapeValue } from './escape-markdown.ts';

it.each`
  text                                          | markdown
  ${'no bucket specified for eessi.io_2023-06'} | ${'no bucket specified for eessi.io_2023-06'}
  ${'*a* _b_ `c` [d](e) <f> ~g~ \\'}            | ${'\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\<f\\> \\~g\\~ \\\\'}
  ${'a\r\n  b\u2028c'}                          | ${'a b c'}
  ${'@team a|b &lt;'}                           | ${'@\u200bteam a&#124;b &amp;lt;'}
`('$text becomes $markdown', ({ text, markdown }) => {
  expect(escapeMarkdown(text)).toBe(markdown);
});

it.each`
  text
  ${'see https://evil.example/ or ftp://x'}
  ${'www.evil.example WWW.evil.example'}
  ${'me@evil.example @team <b>x</b>'}
  ${'[x](https://e) ![x](//e) [x][y]'}
  ${'<https://evil.example/>'}
`('is no link, image, HTML or mention: $text', ({ text }) => {
  for (const escaped of [escapeMarkdown, escapeValue]) {
    const html = String(marked.parseInline(escaped(text)));
    expect(html).not.toMatch(/<(?!em>|\/em>)|@\w/);
  }
});

it.each(['a_b `c` *d* <img src=x> | &amp; [x](y) \\ ~~z~~ ![i](j)', 'a\\`b', '**x**'])('shows exactly %s', (text) => {
  const html = String(marked.parseInline(escapeMarkdown(text)));
  const shown = html.replaceAll(
    /&(amp|lt|gt|quot|#39|#124);/g,
    (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#124': '|' })[name] ?? '',
  );
  expect(shown).toBe(text);
});

it.each`
  text       | markdown
  ${'bot-a'} | ${'`bot-a`'}
  ${'a`b'}   | ${'`` a`b ``'}
  ${'``'}    | ${'``` `` ```'}
  ${''}      | ${'`  `'}
  ${'a\nb'}  | ${'`a b`'}
`('$text as code is $markdown', ({ text, markdown }) => {
  expect(codeSpan(text)).toBe(markdown);
});

it('fences a text of any number of backquotes', () => {
  const text = '` `` x'.repeat(200_000);
  expect(codeSpan(text)).toBe(`\`\`\` ${text} \`\`\``);
});

it('keeps a value inside the backquotes of a template', () => {
  expect(escapeValue('a`<b>|\nc')).toBe("a'&lt;b>&#124; c");
});

it('keeps a cell one cell', () => {
  expect(escapeCell('a | b\n  c')).toBe('a &#124; b c');
});

it.each([
  ['blanks between words and code', ' a `b`  c ', 'a `b`  c'],
  ['blanks alone between code', '`a` `b`', '`a` `b`'],
  ['a million blanks, within the limit of a test', `a${' '.repeat(1_000_000)}b`, `a${' '.repeat(1_000_000)}b`],
])('leaves in a cell of others: %s', (_, cell, markdown) => {
  expect(escapeCellOfOthers(cell)).toBe(markdown);
});
