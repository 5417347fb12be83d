import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';

// The site of the documentation from the disk, in a real browser.

const root = join(import.meta.dirname, '../..');
let browser: Browser;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bot-docs-'));
  execFileSync(process.execPath, [join(root, 'docs/html/main.ts'), directory], { stdio: 'ignore' });
  browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  });
});

afterAll(async () => {
  await browser?.close();
  await rm(directory, { recursive: true, force: true });
});

it.each`
  page               | width   | scheme
  ${'index'}         | ${360}  | ${'light'}
  ${'security'}      | ${360}  | ${'light'}
  ${'settings'}      | ${360}  | ${'dark'}
  ${'index'}         | ${1600} | ${'dark'}
  ${'compatibility'} | ${1600} | ${'light'}
`('$page, $width pixels wide, $scheme: nobody scrolls sideways, and nothing is asked for elsewhere', async (row) => {
  const { page, width, scheme } = row as { page: string; width: number; scheme: 'light' | 'dark' };
  const faults: string[] = [];
  const shown = await browser.newPage({ viewport: { width, height: 900 }, colorScheme: scheme });
  shown.on('console', (message) => faults.push(message.text()));
  shown.on('request', (request) => {
    if (!request.url().startsWith('file:')) faults.push(request.url());
  });
  shown.on('requestfailed', (request) => faults.push(`not there: ${request.url()}`));
  await shown.goto(pathToFileURL(join(directory, `${page}.html`)).href);
  expect(await shown.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  const background = String(await shown.evaluate('getComputedStyle(document.body).backgroundColor'));
  expect(background).toBe(scheme === 'dark' ? 'rgb(16, 21, 27)' : 'rgb(255, 255, 255)');
  if (width < 600) await shown.getByText('Pages: ').click();
  await shown.getByRole('navigation', { name: /ages$/ }).getByRole('link', { name: 'Quick start' }).click();
  await shown.getByRole('heading', { name: 'Quick start', level: 1 }).waitFor();
  expect(faults).toEqual([]);
  await shown.close();
});
