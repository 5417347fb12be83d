import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendLineDurably } from '../../src/outside/files/append-line.ts';
import type { CommentView } from '../../stand-ins/github/github-stand-in.ts';
import { type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { type Running, repository } from './site.ts';

// Disks that are full, read-only, broken or away under the real daemons: what cannot be stored is not acknowledged, nothing is concluded
// from what is not there, and once it is over all goes on by itself.

const run = promisify(execFile);
let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let mounts: string[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'disk-'));
  slurm = await ScriptedSlurm.make(directory);
  mounts = [];
});
afterEach(async () => {
  for (const mount of mounts) await run('umount', ['-l', mount]).catch(() => {}); // some a test has unmounted itself
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

async function makeSite(
  settings: Record<string, string> = {},
  environment: Record<string, string> = {},
): Promise<void> {
  story = await makeCasesSite({
    slurm: slurm.environment,
    environment,
    settings: {
      'buildenv.slurm_params': '',
      'buildenv.job_name': '',
      'buildenv.local_tmp': '',
      'event_handler.recovery_interval': '1',
      ...settings,
    },
  });
}

/** In its daemons, what changes files fails from `fail`, which says how and where (see fail-files.ts), until `repair`. */
async function makeFailingSite() {
  const plan = join(directory, 'fail');
  const preload = `--import ${new URL('./fail-files.ts', import.meta.url).href}`;
  await makeSite({ 'bot_control.state_dir': 'DIR/state' }, { FAIL_FILES: plan, NODE_OPTIONS: preload });
  return { fail: (how: string) => writeFile(plan, how), repair: () => rm(plan) };
}
const inSite = (...names: string[]) => join(story.directory, ...names);

/** A file system of its own below the site. */
async function mount(name: string, size: string): Promise<string> {
  const path = inSite(name);
  await mkdir(path, { recursive: true });
  await run('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]);
  mounts.push(path);
  return path;
}

/** As soon as nobody has a file open there for writing: until then mount answers that it is busy. */
async function makeReadOnly(path: string): Promise<void> {
  for (;;) {
    const words = await run('mount', ['-o', 'remount,ro', path]).then(
      () => undefined,
      ({ stderr }: { stderr: string }) => stderr,
    );
    if (words === undefined) return;
    expect(words).toContain('busy');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const fill = async (path: string) => {
  const chunk = Buffer.alloc(4096);
  for (;;) {
    const isFull = await appendFile(join(path, 'filler'), chunk).then(
      () => false,
      () => true,
    );
    if (isFull) return;
  }
};

async function build(): Promise<{ job: CommentView; workDir: string }> {
  await story.github.comment(repository, story.number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
  const job = await story.github.nextComment(({ body }) => body.includes('|submitted|'));
  return { job, workDir: (await story.jobs())['11'] ?? '' };
}
const health = async (handler: Running) => {
  const [, address = ''] = /listens on (\S+)/.exec(handler.output()) ?? [];
  const answer = await fetch(`${address}/health`);
  return { status: answer.status, ...((await answer.json()) as { storage: string | null }) };
};
const answers = () => story.comments().filter(({ body }) => body.includes('What can be typed'));
const apologies = () => story.comments().filter(({ body }) => body.includes('something went wrong on this bot'));
const rows = (job: CommentView) =>
  Array.from(story.body(job.id).matchAll(/^\|[A-Z][^|]+\|([^|]+)\|/gm), ([, state]) => state);
/** Two intervals in which the queue was looked at. */
async function twoIntervals(): Promise<void> {
  const before = (await slurm.calls('squeue')).length;
  while ((await slurm.calls('squeue')).length < before + 3) await new Promise((resolve) => setTimeout(resolve, 50));
}
const logged = async (daemon: 'event_handler' | 'job_manager', pattern: RegExp) => {
  for (;;) {
    if (pattern.test(await readFile(inSite(`${daemon}.log`), 'utf8'))) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

it.each(['full', 'read-only'] as const)(
  'a state directory that is %s: a delivery is refused, health tells, and it is fetched from GitHub once there is room',
  async (how) => {
    await makeSite({ 'bot_control.state_dir': 'DIR/state' });
    const state = await mount('state', '2m');
    const handler = await story.site.startEventHandler();
    await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' }).then((number) => {
      story.number = number;
    });
    if (how === 'full') await fill(state);
    else await makeReadOnly(state);
    const delivery = await story.github.comment(repository, story.number, 'alice', 'bot: help');
    expect(delivery.status).toBe(500);
    const ill = await health(handler);
    expect([ill.status, ill.storage]).toEqual([503, expect.stringMatching(/could not be stored: (ENOSPC|EROFS)/)]);
    expect(answers()).toEqual([]);
    if (how === 'full') await rm(join(state, 'filler'));
    else await run('mount', ['-o', 'remount,rw', state]);
    await story.github.waitFor('the answer', () => answers().length > 0);
    const names = await readdir(join(state, 'inbox/new'));
    expect(names.filter((name) => name.endsWith('.tmp'))).toEqual([]);
    // Also what was in hand when the disk became so is done by then: it is answered later than what asks of the bot alone.
    await expect.poll(() => health(handler)).toMatchObject({ status: 200, storage: null });
    expect(answers()).toHaveLength(1);
  },
);

it.each(['full', 'read-only'] as const)(
  'a jobs directory that is %s: no row is told that is not recorded, and no command is given up; then both go on',
  async (how) => {
    await makeSite({ 'bot_control.state_dir': 'DIR/state' });
    const jobs = await mount('jobs', '20m');
    await story.site.startEventHandler();
    story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
    const { job, workDir } = await build();
    await story.site.startJobManager();
    await slurm.queue({ id: '11', state: 'PENDING', workDir });
    await twoIntervals();
    if (how === 'full') await fill(jobs);
    else await makeReadOnly(jobs);
    await slurm.queue({ id: '11', state: 'RUNNING', workDir });
    await logged('job_manager', how === 'full' ? /ENOSPC/ : /EROFS/);
    const delivery = await story.github.comment(
      repository,
      story.number,
      'alice',
      'bot: build for:arch=x86_64/amd/zen3',
    );
    expect(delivery.status).toBe(202);
    await logged('event_handler', how === 'full' ? /ENOSPC|No space/ : /EROFS|Read-only/);
    await twoIntervals();
    expect(rows(job)).not.toContain('running');
    if (how === 'full') await rm(join(jobs, 'filler'));
    else await run('mount', ['-o', 'remount,rw', jobs]);
    await story.until(job.id, /\|running\|/);
    await story.github.waitFor('the second job', () => story.comments().some(({ body }) => /job id `12`/.test(body)));
    expect(await readdir(inSite('state/inbox/failed'))).toEqual([]);
  },
);

it.each([
  ['the jobs', { 'bot_control.state_dir': 'DIR/state' }, ['jobs']],
  ['the job ids', { 'bot_control.state_dir': 'DIR/state', 'job_manager.job_ids_dir': 'DIR/ids' }, ['ids']],
  ['all that it keeps', { 'job_manager.job_ids_dir': 'DIR/jobs/ids' }, ['jobs']],
] as const)(
  '%s unmounted: nothing is concluded, nothing made; a start is refused; mounted again, all goes on',
  async (_what, settings, gone) => {
    await makeSite(settings);
    for (const name of gone) {
      await mkdir(inSite(`disk-of-${name}`));
      await mkdir(inSite(name));
      await run('mount', ['--bind', inSite(`disk-of-${name}`), inSite(name)]);
      mounts.push(inSite(name));
    }
    const handler = await story.site.startEventHandler();
    story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
    const { job, workDir } = await build();
    await slurm.queue({ id: '11', state: 'RUNNING', workDir });
    const manager = await story.site.startJobManager();
    await story.until(job.id, /\|running\|/);

    for (const name of gone) await run('umount', ['-l', inSite(name)]);
    await slurm.queue();
    await logged('job_manager', /is its file system mounted/);
    const delivery = await story.github.comment(repository, story.number, 'alice', 'bot: help');
    expect([202, 500]).toContain(delivery.status);
    expect([handler.process.exitCode, manager.process.exitCode]).toEqual([null, null]);
    expect(rows(job).at(-1)).toBe('running');
    const refused = await story.site.run('job_manager.sh', '-i', '1');
    expect([refused.status, refused.output]).toEqual([
      1,
      expect.stringMatching(/was in use .*is its file system mounted/),
    ]);
    for (const name of gone) expect(await readdir(inSite(name))).toEqual([]);

    for (const name of gone) await run('mount', ['--bind', inSite(`disk-of-${name}`), inSite(name)]);
    await slurm.queue({ id: '11', state: 'COMPLETED', workDir });
    await story.until(job.id, /\|test result\|/);
    await story.github.waitFor('the answer', () => answers().length > 0);
    expect(rows(job)).toEqual(['submitted', 'released', 'running', 'finished', 'test result']);
    expect(answers()).toHaveLength(1);
  },
);

it('a start on an empty mount point is refused until it is mounted, or said to be meant', async () => {
  await makeSite({ 'job_manager.job_ids_dir': 'DIR/jobs/ids' });
  const first = await story.site.startEventHandler();
  await first.stop();
  await rm(inSite('jobs'), { recursive: true });
  await mkdir(inSite('jobs'));
  const refused = await story.site.run('event_handler.sh', '-p', '0');
  expect([refused.status, refused.output]).toEqual([1, expect.stringMatching(/jobs_base_dir .* was in use/)]);
  expect(await readdir(inSite('jobs'))).toEqual([]);
  for (const [, command = ''] of refused.output.matchAll(/run: (mkdir -p \S+ && touch \S+)/g))
    await run('sh', ['-c', command]);
  await story.site.startEventHandler();
});

it('one on standby waits on while the disk is full, and takes over', async () => {
  await makeSite({ 'bot_control.state_dir': 'DIR/state' });
  const state = await mount('state', '2m');
  const first = await story.site.startJobManager();
  const second = await story.site.startJobManager('--standby');
  await fill(state);
  await second.waitForLine(/on standby: the lease cannot be looked at \(.*ENOSPC/);
  await rm(join(state, 'filler'));
  await first.kill();
  await second.waitForLine(/takes over \(number 2\)/);
});

it('one on standby does not take an empty mount point for a new site', async () => {
  await makeSite({ 'bot_control.state_dir': 'DIR/state' });
  for (const name of ['disk-of-jobs', 'jobs']) await mkdir(inSite(name));
  await run('mount', ['--bind', inSite('disk-of-jobs'), inSite('jobs')]);
  mounts.push(inSite('jobs'));
  const first = await story.site.startJobManager();
  const second = await story.site.startJobManager('--standby');
  await run('umount', ['-l', inSite('jobs')]);
  await first.kill();
  const [status] = await once(second.process, 'close');
  expect([status, second.output()]).toEqual([1, expect.stringMatching(/^error: jobs_base_dir .* was in use/m)]);
  expect(await readdir(inSite('jobs'))).toEqual([]);
  await run('mount', ['--bind', inSite('disk-of-jobs'), inSite('jobs')]);
  await story.site.startJobManager();
});

it.each(['EIO', 'ESTALE', 'EDQUOT'])(
  '%s while files are written: not acknowledged, not told, tried again',
  async (code) => {
    const files = await makeFailingSite();
    await story.site.startEventHandler();
    story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
    const { job, workDir } = await build();
    await files.fail(`${code} ${inSite()}`);
    await slurm.queue({ id: '11', state: 'RUNNING', workDir });
    const refused = await story.github.comment(repository, story.number, 'alice', 'bot: help');
    expect(refused.status).toBe(500);
    await files.repair();
    await story.site.startJobManager();
    await story.until(job.id, /\|running\|/);
    await files.fail(`${code} ${workDir}`);
    await slurm.queue({ id: '11', state: 'COMPLETED', workDir });
    await logged('job_manager', new RegExp(`${code}: as planned`));
    await twoIntervals();
    expect(rows(job)).not.toContain('finished');
    await files.repair();
    await story.until(job.id, /\|test result\|/);
    await story.github.waitFor('the answer', () => answers().length > 0);
    expect([answers().length, rows(job).filter((state) => state === 'finished').length]).toEqual([1, 1]);
  },
);

it('a delivery whose name may not survive a power cut is not acknowledged, and not handled twice once it is fetched', async () => {
  const files = await makeFailingSite();
  await story.site.startEventHandler();
  story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
  const inbox = inSite('state/inbox/new');
  await files.fail(`EIO ${inbox} fsync`);
  const refused = await story.github.comment(repository, story.number, 'alice', 'bot: help');
  expect([refused.status, (await readdir(inbox)).filter((name) => name.includes(refused.guid))]).toEqual([500, []]);
  await files.repair();
  await story.github.waitFor('the answer', () => answers().length > 0);
  expect(answers()).toHaveLength(1);
});

it('a move that may not survive a power cut is made again', async () => {
  const files = await makeFailingSite();
  await story.site.startEventHandler();
  await files.fail(`EIO ${inSite('state/inbox/done')} fsync`);
  story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
  await story.github.comment(repository, story.number, 'alice', 'bot: help');
  await logged('event_handler', /EIO: as planned.*a delivery failed: retried later/);
  await files.repair();
  await story.github.waitFor('the answer', () => answers().length > 0);
  expect(answers()).toHaveLength(1);
});

it('nothing is submitted from a directory that may not survive a power cut', async () => {
  const files = await makeFailingSite();
  await story.site.startEventHandler();
  story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
  const month = new Date().toISOString().slice(0, 7).replace('-', '.');
  await files.fail(`EIO ${inSite('jobs', month, `pr_${story.number}`)} fsync`);
  await story.github.comment(repository, story.number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
  await logged('event_handler', /"attempt":2/);
  expect(await slurm.calls('sbatch')).toEqual([]);
  await files.repair();
  await story.github.nextComment(({ body }) => body.includes('|submitted|'));
  expect(await slurm.calls('sbatch')).toHaveLength(1);
});

it('a row whose record may not survive a power cut is not told until it does', async () => {
  const files = await makeFailingSite();
  await story.site.startEventHandler();
  story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
  const { job, workDir } = await build();
  await slurm.queue({ id: '11', state: 'PENDING', workDir });
  await story.site.startJobManager();
  await story.until(job.id, /\|released\|/);
  await files.fail(`EIO ${workDir} fsync`);
  await slurm.queue({ id: '11', state: 'RUNNING', workDir });
  await logged('job_manager', /EIO: as planned/);
  await twoIntervals();
  expect(rows(job)).not.toContain('running');
  await files.repair();
  await story.until(job.id, /\|running\|/);
});

it('directories of a closed pull request stay where they are while the record of the move may not survive a power cut', async () => {
  const files = await makeFailingSite();
  await story.site.startEventHandler();
  story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
  const { job, workDir } = await build();
  await slurm.queue({ id: '11', state: 'COMPLETED', workDir });
  const manager = await story.site.startJobManager();
  await story.until(job.id, /\|test result\|/);
  await manager.stop();
  const { guid } = await story.github.closePullRequest(repository, story.number, 'dave');
  await fileAppears(inSite('state/inbox/done'), (name) => name.includes(guid)); // its order is on the disk by then
  await files.fail(`EIO ${inSite('state/orders')} fsync`);
  await story.site.startJobManager();
  await logged('job_manager', /EIO: as planned/);
  await twoIntervals();
  await twoIntervals();
  expect((await readdir(workDir)).length).toBeGreaterThan(0);
  await files.repair();
  await fileAppears(inSite('state/orders/done'), (name) => name.endsWith('.json'));
  await expect(readdir(workDir)).rejects.toThrow('ENOENT');
});

it('a command of which the event handler dies is set aside at the fifth start, and told; others are handled', async () => {
  const files = await makeFailingSite();
  const first = await story.site.startEventHandler();
  story.number = await story.github.openPullRequest(repository, { branch: 'x', user: 'dave' });
  await files.fail(`SIGKILL ${inSite('state/tmp')} mkdir`);
  const killed = once(first.process, 'close');
  const { guid } = await story.github.comment(repository, story.number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
  await killed;
  await story.github.comment(repository, story.number, 'alice', 'bot: help'); // refused: nobody listens
  for (let death = 2; death <= 4; death++) {
    const next = await story.site.startEventHandler();
    await once(next.process, 'close');
  }
  await story.site.startEventHandler();
  await fileAppears(inSite('state/inbox/failed'), (name) => name.endsWith(`_${guid}.json.why`));
  await story.github.waitFor('both answers', () => answers().length > 0 && apologies().length > 0);
  expect([answers().length, apologies().length]).toEqual([1, 1]);
});

it('a line for which there is only half the room is not there', async () => {
  await makeSite();
  const ledger = join(await mount('small', '8k'), 'ledger.jsonl');
  await writeFile(ledger, 'x'.repeat(4_000).concat('\n'));
  await fill(inSite('small'));
  await expect(appendLineDurably(ledger, 'y'.repeat(1_000))).rejects.toThrow('ENOSPC');
  expect((await readFile(ledger, 'utf8')).length).toBe(4_001);
  await rm(inSite('small', 'filler'));
  await appendLineDurably(ledger, 'y'.repeat(1_000));
  expect((await readFile(ledger, 'utf8')).split('\n').map(({ length }) => length)).toEqual([4_000, 1_000, 0]);
});

it('a delivery whose file the disk has damaged is set aside, and fetched from GitHub once more', async () => {
  await makeSite();
  const handler = await story.site.startEventHandler();
  await story.openPullRequest();
  const { delivery, comments } = await story.comment('bot: help');
  expect(comments).toHaveLength(1);
  await handler.stop();
  const inbox = inSite('jobs/.bot/inbox');
  const name = (await readdir(join(inbox, 'done'))).find((each) => each.includes(delivery.guid)) ?? '';
  const text = await readFile(join(inbox, 'done', name), 'utf8');
  await rm(join(inbox, 'done', name));
  await writeFile(join(inbox, 'new', name), text.slice(0, text.length / 2));
  await story.site.startEventHandler();
  await story.workedOff(delivery);
  expect(await readdir(join(inbox, 'failed'))).toEqual(expect.arrayContaining([`${name}.damaged`]));
  await story.github.waitFor('the second answer', () => answers().length === 2);
});
