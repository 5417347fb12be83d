import { appendFile, cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { findHolder } from '../../src/admin/daemons/find-holder.ts';
import { lookAtDaemonProcess } from '../../src/admin/daemons/look-at-process.ts';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// A clone of this program, and versions that its server gets one after the other, while both daemons run.

const root = join(import.meta.dirname, '../..');
const identity = ['-c', 'user.name=Dave', '-c', 'user.email=dave@example.org'];
let directory: string;
let story: CasesSite;
const server = () => join(directory, 'server');
const program = () => join(directory, 'program');
const git = async (where: string, ...words: string[]) =>
  (await execa('git', ['-C', where, ...identity, ...words])).stdout;
const headOf = (where: string) => git(where, 'rev-parse', 'HEAD');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upgrade-'));
  const slurm = await ScriptedSlurm.make(join(directory, 'slurm'));
  story = await makeCasesSite({ slurm: slurm.environment });
  const files = await git(root, 'ls-files', '--cached', '--others', '--exclude-standard', '-z');
  for (const path of files.split('\0').filter((path) => path !== '' && !/^(test|bench|demo)\//.test(path))) {
    await mkdir(dirname(join(server(), path)), { recursive: true });
    await cp(join(root, path), join(server(), path), { verbatimSymlinks: true });
  }
  await git(server(), 'init', '--quiet', '--initial-branch=main');
  await release('1.0.0', {});
  await git(directory, 'clone', '--quiet', server(), program());
  await symlink(join(root, 'node_modules'), join(program(), 'node_modules'));
  await appendFile(join(program(), '.git/info/exclude'), 'node_modules\n'); // .gitignore has directories only
  const started = await bot('start', '--event-handler-opts', "--port 0 --bot-name 'a b'");
  expect(started.output.match(/^Started: /gm)).toHaveLength(2);
});
afterAll(async () => {
  await bot('stop');
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** A version that no test after this one is to meet. */
async function releaseForNow(...words: Parameters<typeof release>): Promise<void> {
  await release(...words);
  onTestFinished(async () => void (await git(server(), 'reset', '--quiet', '--hard', 'HEAD^')));
}

/** A commit on the server: file -> its text, made from the one before. */
async function release(version: string, changes: Readonly<Record<string, (text: string) => string>>): Promise<void> {
  const all = {
    'package.json': (text: string) => text.replace(/"version": ".*"/, `"version": "${version}"`),
    'CHANGELOG.md': (text: string) => `${text}- What ${version} brings.\n`,
    ...changes,
  };
  for (const [path, change] of Object.entries(all)) {
    const before = await readFile(join(server(), path), 'utf8').catch(() => '');
    await mkdir(dirname(join(server(), path)), { recursive: true });
    await writeFile(join(server(), path), change(before));
  }
  await git(server(), 'add', '--all', '--force'); // app.cfg is one to ignore
  await git(server(), 'commit', '--quiet', '--allow-empty', '-m', version);
}

async function bot(...words: string[]): Promise<{ readonly status: number | undefined; readonly output: string }> {
  const { exitCode, all } = await execa(join(program(), 'bot.sh'), words, {
    cwd: story.directory,
    env: { ...story.site.environment, npm_config_registry: 'https://127.0.0.1:9/', npm_config_fetch_retries: '0' },
    extendEnv: false,
    reject: false,
    all: true,
    stdin: 'ignore',
  });
  return { status: exitCode, output: all };
}

/** Process and options of each daemon. */
async function daemonsNow() {
  const seen = [];
  for (const name of ['event_handler', 'job_manager'] as const) {
    const holding = await findHolder(join(story.directory, 'jobs/.bot'), name);
    if (holding.kind !== 'here') continue;
    const process = await lookAtDaemonProcess(holding.pid);
    seen.push({ pid: holding.pid, words: process?.words, program: process?.program });
  }
  return seen;
}

const versionOf = async () => (await bot('--version')).output;
const brokenMain = (text: string) => `throw new Error('this version is broken');\n${text}`;

it('exchanges the program below both daemons, which run again with their options', async () => {
  const before = await daemonsNow();
  await release('1.1.0', {});
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(
    /^From [0-9a-f]+ to branch main \([0-9a-f]{7}\)\.\nNew in CHANGELOG\.md:\n- What 1\.1\.0 brings\.$/m,
  );
  expect(output).toMatch(/^This is main now, and the event handler and the job manager run again\. To go back: /m);
  expect(status).toBe(0);
  expect(await versionOf()).toBe('1.1.0');
  expect(await git(program(), 'status', '--short', '--branch')).toBe('## main...origin/main');
  const now = await daemonsNow();
  expect(now.map(({ words }) => words)).toEqual(before.map(({ words }) => words));
  expect(now[0]?.words).toEqual(['--config', 'app.cfg', '--port', '0', '--bot-name', 'a b']);
  for (const [index, { pid }] of now.entries()) expect(pid).not.toBe(before[index]?.pid);
  expect((await bot('upgrade')).output).toMatch(/^This is [0-9a-f]+ already: there is nothing to do\.$/m);
  await bot('stop', 'job_manager'); // one shows the rest
});

it.each([
  {
    what: 'does not take app.cfg',
    changes: {
      'src/settings/check-configuration.ts': (text: string) =>
        text.replaceAll("'Configuration check: PASSED'", 'nowhere'),
    },
    says: /^error: main cannot be used: it does not take app\.cfg, or the state directory:$/m,
  },
  {
    what: 'has packages that cannot be had',
    changes: { 'package-lock.json': (text: string) => text.replace('"version": "15.1.0"', '"version": "15.1.1"') },
    says: /^error: main cannot be used: its packages could not be installed:$/m,
  },
])('a version that $what changes nothing', async ({ changes, says }) => {
  const before = [await daemonsNow(), await headOf(program())];
  await releaseForNow('1.2.0', changes);
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(says);
  expect(output).toMatch(/^Nothing was changed\.$/m);
  expect(status).toBe(2);
  expect([await daemonsNow(), await headOf(program())]).toEqual(before);
});

it('a version whose daemon does not start leads back to the one before, which runs', async () => {
  const head = await headOf(program());
  await releaseForNow('1.3.0', { 'src/event-handler/serve.ts': brokenMain });
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(/this version is broken/);
  expect(output).toMatch(/^error: the event handler did not start; it says why above$/m);
  expect(output).toMatch(/^This is [0-9a-f]+ again, and the event handler runs again: nothing was upgraded\.$/m);
  expect(status).toBe(1);
  expect(await headOf(program())).toBe(head);
  expect(await daemonsNow()).toHaveLength(1);
});

it('what a site has changed in the clone is not lost: it is named, and refused', async () => {
  await releaseForNow('1.4.0', { 'app.cfg': () => 'a file that sites have' });
  await appendFile(join(program(), 'scripts/bot-build.slurm'), '# ours\n');
  const changed = await bot('upgrade');
  expect(changed.output).toMatch(/^error: scripts\/bot-build\.slurm: changed in /m);
  expect(changed.status).toBe(2);
  await git(program(), 'checkout', '--', 'scripts/bot-build.slurm');
  await writeFile(join(program(), 'app.cfg'), 'of the site');
  const inTheWay = await bot('upgrade');
  expect(inTheWay.output).toMatch(/^error: app\.cfg: in .* where main has a file of its own/m);
  expect(inTheWay.status).toBe(2);
  await rm(join(program(), 'app.cfg'));
});

it('one that is killed in the midst of it goes on', async () => {
  await release('1.5.0', {});
  const hook = join(program(), '.git/hooks/post-checkout');
  await writeFile(hook, '#!/bin/bash\nrm "$0"\nkill -9 "$(ps -o ppid= "$PPID")"\n', { mode: 0o755 });
  const killed = await bot('upgrade');
  expect(killed.output).not.toMatch(/This is/);
  expect(await daemonsNow()).toEqual([]);
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(/^The upgrade from [0-9a-f]+ to main was interrupted: it goes on\.$/m);
  expect(status).toBe(0);
  expect(await versionOf()).toBe('1.5.0');
  expect((await daemonsNow())[0]?.words).toContain('a b');
});

it('goes back; but not to a version that cannot read what was written since', async () => {
  const { status } = await bot('upgrade', '--back');
  expect(status).toBe(0);
  expect(await versionOf()).not.toBe('1.5.0');
  await release('2.0.0', {
    'src/daemon/state-format.ts': (text) => text.replace('const stateFormat = 1;', 'const stateFormat = 2;'),
  });
  expect((await bot('upgrade', 'main')).status).toBe(0);
  const before = await daemonsNow();
  const { status: refused, output } = await bot('upgrade', '--back');
  expect(output).toMatch(
    /was written by version 2\.0\.0 of the bot, in format 2; this is version .* Run 2\.0\.0 or newer/,
  );
  expect(refused).toBe(2);
  expect(await daemonsNow()).toEqual(before);
});
