import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { daemonKinds } from '../../src/daemon/daemon-kinds.ts';
import { locksDirectory, readLease } from '../../src/daemon/lease-file.ts';
import { commands } from '../../src/event-handler/commands/commands.ts';
import { hasCode } from '../../src/outside/files/has-code.ts';

// The demo as people use it: started by its command, watched and used in a real browser.

const root = join(import.meta.dirname, '../..');
const browserWords = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const playSeconds = 120;
const answerMilliseconds = 240_000;

let demo: ChildProcess;
let printed: string[];
let browser: Browser;
let page: Page;
const faults: string[] = [];
let startedByAdmin: number;

beforeAll(async () => {
  demo = startDemo([]);
  printed = linesOf(demo);
  const [, address = ''] = await lineOf(demo, printed, /page with the pull request: (\S+)/);
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: browserWords });
  page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  page.setDefaultTimeout(answerMilliseconds);
  page.on('pageerror', (error) => faults.push(`The page threw ${error}`));
  page.on('console', (message) => {
    // A refused form is answered 422, which the browser notes.
    if (message.type() === 'error' && !message.text().includes('422')) faults.push(message.text());
  });
  await page.route('**', (route) => {
    const { hostname } = new URL(route.request().url());
    if (hostname === '127.0.0.1') return route.continue();
    faults.push(`The page asked for ${route.request().url()}`);
    return route.abort();
  });
  await page.goto(address);
});

afterAll(async () => {
  await browser?.close();
  if (demo?.exitCode !== null) return;
  const exited = once(demo, 'exit');
  demo.kill('SIGTERM');
  await exited;
});

const section = (name: string) => page.getByRole('region', { name });
const comments = () => page.locator('.comment');

it('plays the whole life of a pull request before one’s eyes', async () => {
  await section('What happened')
    .getByText('Now it is your turn')
    .waitFor({ timeout: playSeconds * 1000 });
  for (const job of [1, 2]) {
    const steps = page.locator('.job', { hasText: `Job ${job}` }).locator('.step');
    expect(await steps.evaluateAll((all) => all.map(({ textContent }) => textContent))).toEqual(
      ['comment', 'submitted', 'released', 'running', 'finished', 'tested', 'uploaded'].map((name) => `${name}: done`),
    );
  }
  const comment = comments().filter({ hasText: 'Building for: x86_64/amd/zen2' });
  expect(await comment.locator('tbody td:nth-child(2)').allTextContents()).toEqual([
    'submitted',
    'released',
    'running',
    'finished',
    'test result',
    'uploaded',
  ]);
  expect(await section('Slurm’s queue').locator('.slurm').allTextContents()).toEqual(['COMPLETED', 'COMPLETED']);
});

it('shows what was uploaded and its metadata', async () => {
  const objects = section('Bucket').getByRole('listitem');
  expect(await objects.count()).toBe(4);
  const metadata = objects.filter({ hasText: 'zen2' }).filter({ hasText: '.meta.txt' });
  await metadata.getByText('Show the metadata').click();
  const text = await metadata.locator('pre').textContent();
  expect(JSON.parse(text ?? '')).toMatchObject({ link2pr: { repo: 'EESSI/software-layer', pr: '1' } });
});

it('shows the checks of a commit, whose button is `retry`', async () => {
  const checks = section('Commits').locator('details.check');
  await checks.locator('.check-state.success').nth(1).waitFor();
  await checks.first().locator('summary').first().click();
  await checks.first().getByRole('button', { name: 'Re-run' }).click();
  await comments()
    .filter({ hasText: 'Re-run demo: eessi.io-2023.06' })
    .filter({ hasText: '1 target has ended in SUCCESS' })
    .waitFor();
});

it.each([360, 1600])('fits a window of %i pixels: nobody scrolls sideways to a result', async (width) => {
  await page.setViewportSize({ width, height: 740 });
  expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  const boxes = page.locator('.comment .scroll');
  const areCut = await boxes.evaluateAll((all) => all.map(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth));
  expect(areCut).toEqual(areCut.map(() => false));
  expect(areCut.length).toBeGreaterThan(2);
  const bar = await page.locator('.life').boundingBox();
  expect(bar?.height).toBeLessThan(740 / 5);
});

it('answers what one types, where one types', async () => {
  await page.setViewportSize({ width: 1600, height: 1000 });
  await comment('bot: help');
  await comments().filter({ hasText: 'bot: help' }).filter({ hasText: 'eyes' }).waitFor();
  const answer = comments().filter({ hasText: 'https://www.eessi.io/docs/bot' });
  await answer.waitFor();
  await expect.poll(() => isSeen(answer)).toBe(true);
  expect(await isSeen(page.getByRole('button', { name: 'Comment', exact: true }))).toBe(true);
});

it('shows the answer on a phone', async () => {
  await page.setViewportSize({ width: 360, height: 740 });
  await comment('bot: ping');
  await expect.poll(() => isSeen(comments().filter({ hasText: 'bot: ping' }).last())).toBe(true);
  await page.setViewportSize({ width: 1600, height: 1000 });
});

it('says why something was not done', async () => {
  await page.getByLabel('Comment', { exact: true }).fill('  ');
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  await page.getByRole('alert').filter({ hasText: 'Type a comment first' }).waitFor();
});

it('builds a pushed commit, and uploads it once the label is set again', async () => {
  await page.getByRole('button', { name: 'Push', exact: true }).click();
  await section('Commits').getByText('Add bzip2').waitFor();
  await page.getByRole('button', { name: 'Remove label bot:deploy' }).click();
  await comment('bot: build repo:eessi.io for:arch=x86_64/amd/zen4');
  const job = page.locator('.job', { hasText: 'Job 3' });
  await job.getByText('tested: done').waitFor();
  await section('Commits').getByRole('listitem').filter({ hasText: 'Add bzip2' }).getByText('Job 3 tested').waitFor();
  await page.getByRole('button', { name: 'Set label bot:deploy' }).click();
  await job.getByText('uploaded: done').waitFor();
  await section('Bucket').getByRole('listitem').nth(5).waitFor();
});

it('has a button for each command', async () => {
  const typed = await page
    .locator('[data-command]')
    .evaluateAll((all) => all.map((each) => each.getAttribute('data-command')?.split(' ')[1]));
  expect(commands.map(({ name }) => name).filter((name) => !typed.includes(name))).toEqual([]);
});

it('cancels a job that runs for long, and shows it in the summary of its command', async () => {
  await page.getByLabel('that adds a recipe').selectOption('build takes a minute');
  await page.getByRole('button', { name: 'Push', exact: true }).click();
  await comment('bot: build repo:eessi.io for:arch=x86_64/amd/zen2');
  await page.locator('.job', { hasText: 'Job 4' }).getByText('running: done').waitFor();
  await page.getByRole('button', { name: 'cancel', exact: true }).click();
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
  const summary = comments().filter({ hasText: '1 build of commit' }).last();
  await summary.filter({ hasText: 'CANCELLED' }).waitFor();
});

it.each([360, 1600])('tells how the bot is, in a file of its own, %i pixels wide', async (width) => {
  const [, address = ''] = await lineOf(demo, printed, /status page of the bot: (\S+)/);
  const status = await browser.newPage({ viewport: { width, height: 740 }, colorScheme: 'dark' });
  status.on('console', (message) => faults.push(`status page: ${message.text()}`));
  await expect
    .poll(
      async () => {
        await status.goto(address);
        return await status.getByRole('row').filter({ hasText: 'CANCELLED' }).count();
      },
      { timeout: answerMilliseconds },
    )
    .toBe(1);
  expect(await status.getByRole('row').filter({ hasText: 'uploaded' }).count()).toBeGreaterThan(3);
  expect(await status.getByRole('link', { name: 'EESSI/software-layer#1' }).first().isVisible()).toBe(true);
  expect(await status.getByText('Nothing goes wrong.').isVisible()).toBe(true);
  expect(await status.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  await status.close();
});

it('closes and reopens the pull request', async () => {
  await page.getByRole('button', { name: 'Close pull request' }).click();
  await page.getByRole('banner').getByText('Closed').waitFor();
  await comments().filter({ hasText: 'Moved' }).waitFor();
  await page.getByText('The pull request is closed: reopen it').waitFor();
  await page.getByRole('button', { name: 'Reopen pull request' }).click();
  await page.getByRole('banner').getByText('Open', { exact: true }).waitFor();
});

it('answers a comment that is typed while both daemons are dead, since each is started again', async () => {
  const [, handler = '', manager = ''] = await lineOf(demo, printed, /kill -9 (\d+): .*kill -9 (\d+): /);
  for (const pid of [handler, manager]) process.kill(Number(pid), 'SIGKILL');
  const answers = comments().filter({ hasText: 'event handler: runs since' });
  const before = await answers.count();
  await comment('bot: ping');
  await lineOf(demo, printed, /The event handler was killed/);
  await answers.nth(before).waitFor();
  await lineOf(demo, printed, /The job manager runs again, as process/);
});

it('goes on without a daemon that an admin stops, and says how it is started again', async () => {
  const [, status = ''] = await lineOf(demo, printed, /What its admin types, in another shell: (.*)/);
  expect(await inShell(status.replace(/status$/, 'stop job_manager'))).toContain('Stopped: the job manager');
  const [, start = ''] = await lineOf(demo, printed, /The job manager was stopped.*: (cd .*)/);
  await comment('bot: ping');
  await comments().filter({ hasText: 'job manager: was stopped' }).waitFor();
  startedByAdmin = Number(/the job manager is process (\d+)/.exec(await inShell(start))?.[1]);
  expect(isAlive(startedByAdmin)).toBe(true);
});

it('asked nobody but this machine, and nothing went wrong on the page', () => {
  expect(faults).toEqual([]);
});

it('does only what its own page asks for', async () => {
  const body = JSON.stringify({ user: 'alice' });
  const answer = await fetch(new URL('/close', page.url()), {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', origin: 'http://elsewhere.example' },
  });
  expect(answer.status).toBe(403);
});

it('ends with everything that it started, when told to', async () => {
  const [, directory = ''] = printed.map((text) => /all files are in (\S+)\.$/.exec(text)).find((found) => found) ?? [];
  const exited = once(demo, 'exit');
  demo.kill('SIGINT');
  expect(await exited).toEqual([0, null]);
  await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' });
  await expect.poll(() => isAlive(startedByAdmin)).toBe(false);
});

it('leaves nothing behind when it is killed', async () => {
  const other = startDemo([]);
  const lines = linesOf(other);
  const [, directory = ''] = await lineOf(other, lines, /all files are in (\S+)\.$/);
  const locks = locksDirectory(join(directory, 'jobs/.bot'));
  const holders = () => Promise.all(daemonKinds.map(async (kind) => (await readLease(locks, kind))?.holder?.pid));
  await expect.poll(holders).not.toContain(undefined);
  const processes = await holders();
  other.kill('SIGKILL');
  await expect.poll(() => existsSync(directory), { timeout: answerMilliseconds }).toBe(false);
  await expect.poll(() => processes.filter(isAlive)).toEqual([]);
});

it('says that there is no Slurm where none answers', async () => {
  const other = startDemo(['--slurm'], { PATH: '/nowhere' });
  const lines = linesOf(other);
  const exited = once(other, 'close');
  expect(await exited).toEqual([2, null]);
  expect(lines.join('\n')).toContain('there is no Slurm on this machine that answers');
});

async function comment(text: string): Promise<void> {
  await page.getByLabel('Comment', { exact: true }).fill(text);
  await page.getByRole('button', { name: 'Comment', exact: true }).click();
}

function isAlive(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? Number.NaN, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
    throw error;
  }
}

async function inShell(line: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', line]);
  return stdout;
}

/** Whether a part of it is in the window. */
async function isSeen(shown: Locator): Promise<boolean> {
  const box = await shown.boundingBox();
  const height = page.viewportSize()?.height ?? 0;
  return box !== null && box.y < height && box.y + box.height > 0;
}

function startDemo(words: readonly string[], environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [join(root, 'demo/main.ts'), ...words], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function linesOf({ stdout, stderr }: ChildProcess): string[] {
  const lines: string[] = [];
  for (const input of [stdout, stderr])
    if (input !== null) createInterface({ input }).on('line', (text) => lines.push(text));
  return lines;
}

/** The first line that fits; rejects with what was said if the program ends before. */
async function lineOf(child: ChildProcess, lines: readonly string[], pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = lines.map((text) => pattern.exec(text)).find((match) => match !== null);
    if (found) return found;
    if (child.exitCode !== null) throw new Error(`The demo ended:\n${lines.join('\n')}`);
    await Promise.race([once(child, 'exit'), child.stdout && once(child.stdout, 'data')]);
  }
}
