import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';
import { type Running, repository } from './site.ts';

// Two daemons of a kind on one state directory: one works, the other waits. The submit command lasts as long as the test wants, so that
// the first one is caught in the midst of something.

let slurmDirectory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
const stopped = new Set<Running>();
beforeEach(async () => {
  slurmDirectory = await mkdtemp(join(tmpdir(), 'standby-'));
  slurm = await ScriptedSlurm.make(slurmDirectory);
  const waitForGo = 'while [ ! -e "$SCRIPTED_SLURM/go" ]; do sleep 0.05; done';
  await slurm.script('sbatch', `touch "$SCRIPTED_SLURM/began"; ${waitForGo}; echo "Submitted batch job $number"`);
  // A manager that looks again, before the test has changed the queue, must not find the job held.
  const release = `sed -i 's/JobHeldUser/None/' "$SCRIPTED_SLURM/queue"`;
  await slurm.script(
    'scontrol',
    `case "$*" in release*) ${release} ;; *"show jobs") echo "No jobs in the system" ;; esac`,
  );
  story = await makeCasesSite({ slurm: slurm.environment, settings: { 'buildenv.slurm_params': '' } });
});
afterEach(async () => {
  for (const daemon of stopped) daemon.process.kill('SIGCONT');
  await story?.close();
  await rm(slurmDirectory, { recursive: true, force: true, maxRetries: 10 });
});

const go = () => writeFile(join(slurmDirectory, 'go'), '');
const locks = () => join(story.directory, 'jobs/.bot/locks');
const firstComments = () => story.comments().filter(({ body }) => body.includes('|submitted|'));
const rowsOf = (body: string, state: string) => body.split('\n').filter((line) => line.includes(`|${state}|`));

/** Types a build command; when this resolves the submit command has begun and has no end. */
async function typeBuild(): Promise<void> {
  await story.github.comment(repository, story.number, 'alice', 'bot: build for:arch=x86_64/amd/zen2');
  await fileAppears(slurmDirectory, (name) => name === 'began');
}

/** The queue shows the one job in that state. */
async function inQueue(state: string, reason: string): Promise<void> {
  await slurm.queue({ id: '11', state, reason, workDir: await slurm.directoryOf('sbatch') });
}

async function firstCommentIsThere(): Promise<number> {
  const comment = await story.github.nextComment(({ body }) => body.includes('|submitted|'));
  return comment.id;
}

/** SIGSTOP, and the lease looks as if that had been a minute ago. */
async function stopFor45Seconds(daemon: Running, lease: string): Promise<void> {
  stopped.add(daemon);
  daemon.process.kill('SIGSTOP');
  const before = new Date(Date.now() - 60_000);
  await utimes(join(locks(), lease), before, before);
}

/** SIGCONT: its exit status. */
async function goOn(daemon: Running): Promise<unknown> {
  const ended = once(daemon.process, 'close');
  daemon.process.kill('SIGCONT');
  return (await ended)[0];
}

/** Everything below a directory, with contents; the lease of whoever runs is renewed, which is seen in its time only. */
async function snapshot(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    if ((await stat(path)).isFile()) files[name] = await readFile(path, 'latin1');
  }
  return files;
}

it('the second event handler takes over when the first is killed, and ends what that had begun', async () => {
  const first = await story.site.startEventHandler();
  const second = await story.site.startEventHandler('--standby');
  expect(second.output()).toMatch(
    /^The event handler is on standby: an event handler runs already .* takes over when/m,
  );
  await story.openPullRequest();
  await typeBuild();
  await first.kill();
  await second.waitForLine(/The event handler listens on/);
  await go();
  await inQueue('PENDING', 'JobHeldUser');
  await firstCommentIsThere();
  await fileAppears(join(story.directory, 'jobs/.bot/handed-over'), (name) => name === '11');
  expect(await slurm.calls('sbatch')).toHaveLength(1);
  expect(firstComments()).toHaveLength(1);
  await story.comment('bot: help'); // the port is the one that the first had
  expect((await readdir(locks())).filter((name) => name.startsWith('event handler'))).toEqual([
    'event handler.2.lease',
  ]);
});

it('an event handler that was stopped while another one took over ends, and writes nothing', async () => {
  const first = await story.site.startEventHandler();
  await story.openPullRequest();
  const second = await story.site.startEventHandler('--standby', '--port', '0');
  await typeBuild();
  await stopFor45Seconds(first, 'event handler.1.lease');
  await second.waitForLine(/The event handler listens on/);
  await go();
  await inQueue('PENDING', 'JobHeldUser');
  await firstCommentIsThere();
  expect(await second.stop()).toBe(0); // with all of it done
  const before = await snapshot(join(story.directory, 'jobs'));
  expect(await goOn(first)).toBe(1);
  expect(first.output()).toMatch(/^error: another process took the lease .* over while this one was silent/m);
  expect(await snapshot(join(story.directory, 'jobs'))).toEqual(before);
  expect(await slurm.calls('sbatch')).toHaveLength(1);
  expect(firstComments()).toHaveLength(1);
});

it('the second job manager takes over from one that was killed, the third from one that was stopped: each row is there once', async () => {
  await go();
  await story.site.startEventHandler();
  await story.openPullRequest();
  const first = await story.site.startJobManager();
  const second = await story.site.startJobManager('--standby');
  await typeBuild();
  await inQueue('PENDING', 'JobHeldUser');
  const comment = await firstCommentIsThere();
  await story.until(comment, /\|released\|/);
  await first.kill();
  await second.waitForLine(/looks at the queue every/);
  await inQueue('RUNNING', 'None');
  await story.until(comment, /\|running\|/);
  const third = await story.site.startJobManager('--standby');
  await stopFor45Seconds(second, 'job manager.2.lease');
  await third.waitForLine(/looks at the queue every/);
  expect(await goOn(second)).toBe(1);
  expect(second.output()).toMatch(/^error: another process took the lease .* over while this one was silent/m);
  await inQueue('COMPLETED', 'None');
  const body = await story.until(comment, /\|test result\|/);
  for (const state of ['submitted', 'released', 'running', 'finished', 'test result']) {
    expect(rowsOf(body, state), state).toHaveLength(1);
  }
  expect(await slurm.calls('scontrol')).toHaveLength(1);
});

it('what one that was killed has written is put on the disk before the next one goes by it', async () => {
  await slurm.script('sync', `PATH=\${PATH#*:} exec sync "$@"`);
  const first = await story.site.startJobManager();
  expect(await slurm.calls('sync')).toEqual([]);
  await first.kill();
  const second = await story.site.startJobManager();
  const places = ['jobs/.bot', 'jobs', 'ids'].map((name) => join(story.directory, name));
  expect(await slurm.calls('sync')).toEqual([['-f', ...places]]);
  expect(await second.stop()).toBe(0);
  await story.site.startJobManager();
  expect(await slurm.calls('sync')).toHaveLength(1);
});

it('one that waits ends at once when it is told to, and without --standby the second refuses', async () => {
  await story.site.startJobManager();
  const second = await story.site.startJobManager('--standby');
  expect(await second.stop()).toBe(0);
  const refused = await story.site.run('job_manager.sh');
  expect([refused.status, refused.output]).toEqual([
    1,
    expect.stringMatching(/^error: a job manager runs already .*start this one with --standby to take over/m),
  ]);
});
