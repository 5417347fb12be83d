import { expect, it } from 'vitest';
import { renderMarkdown } from './render-markdown.ts';

const server = 'http://127.0.0.1:1';
const render = (markdown: string) => renderMarkdown(markdown, server).trim();

it.each([
  ['line ends stay, as in GitHub’s comments', 'a\nb', '<p>a<br />b</p>'],
  ['marks become pictures', 'is :grin: now', '<p>is 😁 now</p>'],
  ['unknown marks and code stay', ':nothing: `:grin:`', '<p>:nothing: <code>:grin:</code></p>'],
  ['scripts are taken out', 'a<script>alert(1)</script>', '<p>a</p>'],
  ['pictures are not loaded', '![a](https://example.com/a.png)b', '<p>b</p>'],
  [
    'handlers are taken out',
    '<details ontoggle="x()" open><summary>s</summary>t</details>',
    '<details open><summary>s</summary>t</details>',
  ],
  ['no box of a comment looks like ours', '<div class="scroll">a</div>', '<div>a</div>'],
  [
    'a comment’s address leads to it on the page',
    `[it](${server}/E/s/pull/1#issuecomment-12)`,
    '<p><a href="#comment-12">it</a></p>',
  ],
  [
    'a bare one is shown short',
    `see ${server}/E/s/pull/1#issuecomment-12`,
    '<p>see <a href="#comment-12">#1 (comment)</a></p>',
  ],
  [
    'other addresses open elsewhere',
    '[it](https://www.eessi.io/docs/bot)',
    '<p><a href="https://www.eessi.io/docs/bot" target="_blank" rel="noopener noreferrer">it</a></p>',
  ],
  ['no address runs a script', '[it](javascript:alert)', '<p><a target="_blank" rel="noopener noreferrer">it</a></p>'],
])('%s', (_, markdown, html) => {
  expect(render(markdown)).toBe(html);
});

it('puts a table that follows a paragraph at once into a box that scrolls', () => {
  const html = render('Job dir: `x`\n|date|comment|\n|---|---|\n|a|<details>_b_</details>|');
  expect(html).toContain('<code>x</code></p>\n<div class="scroll"');
  expect(html).toContain('<td><details><em>b</em></details></td>');
});
