import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { findHolder } from '../../src/admin/daemons/find-holder.ts';
import { lookAtDaemonProcess } from '../../src/admin/daemons/look-at-process.ts';
import { type CasesSite, makeCasesSite } from './cases-site.ts';
import { git, ProgramServer } from './program-server.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// A clone of this program, and versions that its server gets one after the other, while both daemons run.

let directory: string;
let server: ProgramServer;
let story: CasesSite;
const headOf = (where: string) => git(where, 'rev-parse', 'HEAD');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'upgrade-'));
  const slurm = await ScriptedSlurm.make(join(directory, 'slurm'));
  story = await makeCasesSite({ slurm: slurm.environment });
  server = await ProgramServer.make(directory);
  const started = await bot('start', '--event-handler-opts', "--port 0 --bot-name 'a b'");
  expect(started.output.match(/^Started: /gm)).toHaveLength(2);
});
afterAll(async () => {
  if (story !== undefined) await bot('stop');
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** What is done, by bash, in the midst of the next upgrade. */
async function atCheckOut(what: string): Promise<void> {
  const hook = join(server.clone, '.git/hooks/post-checkout');
  const head = `rm "$0"; echo $$ > ${join(directory, 'hook.pid')}; upgrade=$(ps -o ppid= "$PPID")`;
  await writeFile(hook, `#!/bin/bash\n${head}\n${what}\n`, { mode: 0o755 });
}

/** A version that no test after this one is to meet. */
async function releaseForNow(...words: Parameters<ProgramServer['release']>): Promise<void> {
  await server.release(...words);
  onTestFinished(() => server.withdraw());
}

async function bot(...words: string[]): Promise<{ readonly status: number | undefined; readonly output: string }> {
  const { exitCode, all } = await execa(join(server.clone, 'bot.sh'), words, {
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
  await server.release('1.1.0');
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(
    /^From [0-9a-f]+ to branch main \([0-9a-f]{7}\)\.\nNew in CHANGELOG\.md:\n- What 1\.1\.0 brings\.$/m,
  );
  expect(output).toMatch(/^This is main now, and the event handler and the job manager run again\. To go back: /m);
  expect(status).toBe(0);
  expect(await versionOf()).toBe('1.1.0');
  expect(await git(server.clone, 'status', '--short', '--branch')).toBe('## main...origin/main');
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
  const before = [await daemonsNow(), await headOf(server.clone)];
  await releaseForNow('1.2.0', changes);
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(says);
  expect(output).toMatch(/^Nothing was changed\.$/m);
  expect(status).toBe(2);
  expect([await daemonsNow(), await headOf(server.clone)]).toEqual(before);
});

it('a version whose daemon does not start leads back to the one before, which runs', async () => {
  const head = await headOf(server.clone);
  await releaseForNow('1.3.0', { 'src/event-handler/serve.ts': brokenMain });
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(/this version is broken/);
  expect(output).toMatch(/^error: the event handler did not start; it says why above$/m);
  expect(output).toMatch(/^This is [0-9a-f]+ again, and the event handler runs again: nothing was upgraded\.$/m);
  expect(status).toBe(1);
  expect(await headOf(server.clone)).toBe(head);
  expect(await daemonsNow()).toHaveLength(1);
});

it('what a site has changed in the clone is not lost: it is named, and refused', async () => {
  await releaseForNow('1.4.0', { 'app.cfg': () => 'a file that sites have' });
  await appendFile(join(server.clone, 'scripts/bot-build.slurm'), '# ours\n');
  const changed = await bot('upgrade');
  expect(changed.output).toMatch(/^error: scripts\/bot-build\.slurm: changed in /m);
  expect(changed.status).toBe(2);
  await git(server.clone, 'checkout', '--', 'scripts/bot-build.slurm');
  await writeFile(join(server.clone, 'app.cfg'), 'of the site');
  const inTheWay = await bot('upgrade');
  expect(inTheWay.output).toMatch(/^error: app\.cfg: in .* where main has a file of its own/m);
  expect(inTheWay.status).toBe(2);
  await rm(join(server.clone, 'app.cfg'));
});

it.each([
  ['killed', '1.5.0', 'kill -9 "$upgrade"'],
  ['ended by Ctrl-C, and git with it,', '1.5.1', 'kill -INT "$upgrade"; exec sleep 600'],
])('one that is %s in the midst of it goes on', async (_, version, how) => {
  await server.release(version);
  await atCheckOut(how);
  const killed = await bot('upgrade');
  expect(killed.output).not.toMatch(/This is/);
  const ofHook = Number(await readFile(join(directory, 'hook.pid'), 'utf8'));
  await vi.waitFor(() => expect(() => process.kill(ofHook, 0)).toThrow('ESRCH'), 10_000);
  expect(await daemonsNow()).toEqual([]);
  const { status, output } = await bot('upgrade');
  expect(output).toMatch(/^The upgrade from [0-9a-f]+ to main was interrupted: it goes on\.$/m);
  expect(status).toBe(0);
  expect(await versionOf()).toBe(version);
  expect((await daemonsNow())[0]?.words).toContain('a b');
});

it('goes back, also where its terminal is closed; but not to a version that cannot read what was written since', async () => {
  await atCheckOut('kill -HUP "$upgrade"');
  const { status } = await bot('upgrade', '--back');
  expect(status).toBe(0);
  expect(await versionOf()).toBe('1.5.0');
  await server.release('2.0.0', {
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
