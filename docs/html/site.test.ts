import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { planSite, type SitePlan } from './plan-site.ts';
import { renderPage } from './render-page.ts';

const root = join(import.meta.dirname, '../..');
const small: Readonly<Record<string, string>> = {
  'docs/index.md':
    'See [x](../LICENSE).\n\n1. [One](one.md): first\n   - [Two](two.md#b), below\n2. [Three](../CONTRIBUTING.md)\n',
  'docs/one.md':
    '# One\n\n![A picture](one.png) [two](two.md#b) [home](../README.md) [away](https://example.org/x.md)\n',
  'docs/two.md': '# Two\n\n## A\n\n## B `c`\n\n| k | `v` |\n| --- | --- |\n| a | b |\n',
  'CONTRIBUTING.md': '# Contributing\n',
};
const plan = planSite((path) => small[path] ?? '');
const htmlOf = (of: SitePlan, read: (path: string) => string, target: string) => {
  const page = of.pages.find((each) => each.target === target);
  return page === undefined ? '' : renderPage(page, read(page.source), of, '1.0.0');
};

it('takes the pages that the list of docs/index.md links, in its order, and the files that they link', () => {
  expect(plan.pages).toEqual([
    { source: 'docs/index.md', target: 'index.html', title: 'What it is, and why', isBelow: false },
    { source: 'docs/one.md', target: 'one.html', title: 'One', isBelow: false },
    { source: 'docs/two.md', target: 'two.html', title: 'Two', isBelow: true },
    { source: 'CONTRIBUTING.md', target: 'contributing.html', title: 'Three', isBelow: false },
  ]);
  expect([...plan.copies]).toEqual([
    ['LICENSE', 'files/LICENSE.txt'],
    ['docs/one.png', 'files/one.png'],
  ]);
});

it.each`
  page          | has
  ${'one.html'} | ${'<a href="files/one.png"><img src="files/one.png" alt="A picture"></a>'}
  ${'one.html'} | ${'<a href="two.html#b">two</a>'}
  ${'one.html'} | ${'<a href="index.html">home</a>'}
  ${'one.html'} | ${'<a href="https://example.org/x.md">away</a>'}
  ${'one.html'} | ${'<li><a href="one.html" aria-current="page">One</a></li>'}
  ${'one.html'} | ${'<li class="below"><a href="two.html">Two</a></li>'}
  ${'one.html'} | ${'<a href="index.html">← What it is, and why</a><a href="two.html">Two →</a>'}
  ${'two.html'} | ${'<h2 id="b-c">B <code>c</code> '}
  ${'two.html'} | ${'<li><a href="#b-c">B <code>c</code></a></li>'}
  ${'two.html'} | ${'<tr><td data-label="k">a</td><td data-label="v">b</td></tr>'}
`('$page has $has', ({ page, has }) => {
  expect(htmlOf(plan, (path) => small[path] ?? '', page)).toContain(has);
});

it('the real site: each link leads to a page, a heading or a file that is there, and nothing is asked for elsewhere', () => {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const real = planSite(read);
  const pages = new Map(real.pages.map(({ target }) => [target, htmlOf(real, read, target)]));
  expect(pages.size).toBeGreaterThan(15);
  const copies = new Set(['page.css', ...real.copies.values()]);
  const lost = [...pages].flatMap(([from, html]) =>
    Array.from(html.matchAll(/ (?:href|src)="([^"]*)"/g), ([, href = '']) => href)
      .filter((href) => !/^https?:/.test(href))
      .filter((href) => {
        const [path = '', anchor] = href.split('#');
        const page = pages.get(path === '' ? from : path);
        return page === undefined ? !copies.has(path) : anchor !== undefined && !page.includes(` id="${anchor}"`);
      })
      .map((href) => `${from}: ${href}`),
  );
  expect(lost).toEqual([]);
  for (const html of pages.values()) expect(html).not.toMatch(/<script|<iframe|src="https?:|<link[^>]*https?:/);
});
