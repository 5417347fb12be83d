import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { promises } from '../promises.ts';
import { filesOfRepository, parsePage, readPages } from './markdown-pages.ts';

const root = join(import.meta.dirname, '../..');
const files = await filesOfRepository();
const pages = await readPages();
/** Names of files that there need not be. */
const madeUp = ['index.ts', 'NAME.test.ts', 'x.ts', 'x.test.ts'];

it('a page is read as GitHub shows it', () => {
  const page = parsePage(
    'x.md',
    '# A `b`: c, d\n\n## Twice\n\n## Twice\n\n[x](y.md#z) `npm test`\n\n```sh\nls\n```\n\n| k | v |\n| --- | --- |\n| `a` | 1 |\n',
  );
  expect(page).toEqual({
    path: 'x.md',
    links: ['y.md#z'],
    anchors: ['a-b-c-d', 'twice', 'twice-1'],
    words: ['b', 'npm test', 'a'],
    codeBlocks: [{ language: 'sh', text: 'ls' }],
    tables: [
      [
        ['k', 'v'],
        ['`a`', '1'],
      ],
    ],
  });
});

it.each(['README.md', 'docs/index.md'])('%s links every page of docs/', (from) => {
  const linked = pages
    .filter(({ path }) => path === from)
    .flatMap(({ links }) => links.map((link) => join(dirname(from), link.replace(/#.*/, ''))));
  const docs = pages.map(({ path }) => path).filter((path) => /^docs\/[^/]+$/.test(path) && path !== from);
  expect(docs.length).toBeGreaterThan(4);
  expect(docs.filter((path) => !linked.includes(path))).toEqual([]);
});

it('every link within the repository leads to a file and a heading that are there', () => {
  const lost = pages.flatMap(({ path, links }) =>
    links
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [file = '', anchor] = link.split('#');
        const target = file === '' ? path : normalize(join(dirname(path), file));
        if (!files.some((each) => each === target || each.startsWith(`${target.replace(/\/$/, '')}/`))) return true;
        const anchors = pages.find((page) => page.path === target)?.anchors ?? [];
        return anchor !== undefined && !anchors.includes(anchor);
      })
      .map((link) => `${path}: ${link}`),
  );
  expect(lost).toEqual([]);
});

it('every source file that a page names is there', () => {
  const lost = pages.flatMap(({ path, words }) =>
    words
      .filter((word) => /^[\w.-]+(\/[\w.-]+)*\.(ts|sh|slurm)$/.test(word) && !madeUp.includes(word))
      .map((word) => word.replace(/^(\.\.?\/)+/, ''))
      .filter((word) => !files.some((file) => `/${file}`.endsWith(`/${word}`)))
      .map((word) => `${path}: ${word}`),
  );
  expect(lost).toEqual([]);
});

it('every npm script that a page names is there', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object };
  const lost = pages.flatMap(({ path, words, codeBlocks }) =>
    [...words, ...codeBlocks.map(({ text }) => text)].flatMap((text) =>
      Array.from(text.matchAll(/npm run ([\w:-]+)/g), ([, name = '']) => name)
        .filter((name) => !Object.hasOwn(scripts, name))
        .map((name) => `${path}: npm run ${name}`),
    ),
  );
  expect(lost).toEqual([]);
});

it('every vitest command of a page names tests that are there', () => {
  const commands = pages.flatMap(({ path, words, codeBlocks }) =>
    [...words, ...codeBlocks.flatMap(({ text }) => text.split('\n'))]
      .filter((line) => line.startsWith('npx vitest run'))
      .map((line) => ({ path, line, named: line.replace(/ #.*/, '').match(/\S+\/\S+/g) ?? [] })),
  );
  expect(commands.length).toBeGreaterThan(5);
  const lost = commands.flatMap(({ path, line, named }) => {
    const project = /--project (\S+)/.exec(line)?.[1] ?? 'tables';
    const areThere = named.every((part) => files.some((file) => file.startsWith(part)));
    return areThere && ['tables', 'promises', 'rest'].includes(project) ? [] : [`${path}: ${line}`];
  });
  expect(lost).toEqual([]);
});

it('every promise of docs/reliability.md is shown by a test of npm test', async () => {
  const text = await readFile(join(root, 'docs/reliability.md'), 'utf8');
  const chapters = text.split(/^## /m).filter((chapter) => chapter.includes('**The promise.**'));
  expect(chapters.length).toBeGreaterThan(4);
  const notShown = chapters.filter((chapter) => {
    const named = Array.from(chapter.matchAll(/^npx vitest run (test\/\S+)/gm), ([, part = '']) => part);
    return !promises.some(({ file }) => named.some((part) => file.startsWith(part)));
  });
  expect(notShown.map((chapter) => chapter.split('\n')[0])).toEqual([]);
  expect(promises.filter(({ file }) => !files.includes(file))).toEqual([]);
});

/** Accepted for the sake of the Python bot's scripts only. */
const withoutEffect = ['--build', '--test'];

it.each([
  { daemon: 'event-handler', rows: ['event handler', 'both'] },
  { daemon: 'job-manager', rows: ['job manager', 'both'] },
])('docs/setup.md lists the options that the $daemon has', async ({ daemon, rows }) => {
  const main = join(root, 'src', daemon, 'main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--help']);
  const offered = optionsIn(stdout.replace(/^[^-]*/, '')).filter((each) => each !== '--help');
  const setup = pages.find(({ path }) => path === 'docs/setup.md');
  const table = setup?.tables.find(([head]) => head?.[0] === 'option') ?? [];
  const listed = table.flatMap(([option = '', of = '']) => (rows.includes(of) ? optionsIn(option) : []));
  expect(listed.sort()).toEqual(offered.filter((each) => !withoutEffect.includes(each)).sort());
});

function optionsIn(text: string): readonly string[] {
  return [...new Set(text.match(/(?<![\w-])--[a-z][a-z-]*/g))];
}
