import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environmentsOf } from '../../src/outside/processes/child-environment.ts';
import {
  type AskedJob,
  type JobId,
  type JobReading,
  type QueueEntry,
  whyNotToCancel,
} from '../../src/outside/slurm/slurm.ts';
import { slurmCommands } from '../../src/outside/slurm/slurm-commands.ts';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';

const command = (program: string, words: readonly string[] = []) => ({ environment: {}, program, arguments: words });

let directory: string;
let real: RealSlurm;
let environment: Readonly<Record<string, string>>;
/** Started first, since Slurm needs a minute or two for them. */
let timesOut: AskedJob;
let isForgotten: AskedJob;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slurm-test-'));
  real = await startSlurm(join(directory, 'slurm'), { minJobAgeSeconds: 5 });
  environment = { ...environmentsOf(process.env).slurm, ...real.environment };
  timesOut = await submitted('times-out', 'exec sleep 600', ['--time=1']);
  isForgotten = await submitted('is-forgotten', 'exit 0');
});
afterAll(async () => {
  await real?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const slurm = (options: { jobName?: string; user?: string; poll?: string } = {}) =>
  slurmCommands({
    poll: command(options.poll ?? 'squeue'),
    scontrol: command('scontrol'),
    user: options.user ?? 'root',
    jobName: options.jobName ?? '',
    environment,
    jobEnvironment: environment,
  });

async function submit(name: string, script: string, words: readonly string[] = [], sbatch = 'sbatch') {
  const workDir = join(directory, 'jobs with a blank', '2026.11', 'pr_9', name.padEnd(120, '_'));
  await mkdir(workDir, { recursive: true });
  await writeFile(join(workDir, 'job.sh'), `#!/bin/sh\n${script}\n`);
  const answer = await slurm().submit({
    directory: workDir,
    submit: command(sbatch),
    arguments: [...words, 'job.sh'],
  });
  return { workDir, answer };
}

async function submitted(name: string, script: string, words: readonly string[] = []): Promise<AskedJob> {
  const { workDir, answer } = await submit(name, script, words);
  if (answer.kind !== 'submitted') throw new Error(answer.message);
  return asked(answer.id, workDir);
}

const asked = (id: string, workDir = '/none'): AskedJob => ({
  id: id as JobId,
  cluster: 'bot',
  partition: 'main',
  state: '',
  reason: '',
  directory: workDir,
});

const ask = async (job: AskedJob) => (await slurm().askFor([job])).get(job.id);

async function entry(job: AskedJob, options: { jobName?: string } = {}): Promise<QueueEntry | undefined> {
  const reading = await slurm(options).readQueue();
  if (reading.kind === 'unreadable') throw new Error(reading.why);
  return reading.entries.find(({ id }) => id === job.id);
}

async function askUntil(job: AskedJob, wanted: (reading: JobReading) => boolean): Promise<JobReading> {
  for (;;) {
    const reading = await ask(job);
    if (reading !== undefined && wanted(reading)) return reading;
    await pause(200);
  }
}

const ended = (reading: JobReading) => reading.kind === 'job' && reading.is.kind === 'ended';

/** What comes of the release of one job. */
const release = async (job: AskedJob) => (await slurm().release([job])).get(job.id);

it('a held job is seen with its whole directory, released, runs, and is COMPLETED', async () => {
  const job = await submitted('held', 'exit 0', ['--hold']);
  const { directory: workDir } = job;
  expect(await entry(job)).toEqual({
    id: job.id,
    cluster: 'bot',
    partition: 'main',
    state: 'PENDING',
    reason: 'JobHeldUser',
    workDir,
    is: { kind: 'held by us' },
  });
  expect(await slurm().showJobsIn([workDir])).toEqual({ kind: 'jobs', jobs: [job.id] });
  expect(await slurm().showJobsIn([`${workDir}/x`])).toEqual({ kind: 'jobs', jobs: [] });
  expect(await slurm({ user: 'somebody-else' }).showJobsIn([workDir])).toEqual({ kind: 'jobs', jobs: [] });
  expect(await release(job)).toEqual({ kind: 'released' });
  expect(await release(job)).toEqual({ kind: 'released' });
  const reading = await askUntil(job, ended);
  expect(reading).toEqual({
    kind: 'job',
    is: { kind: 'ended', end: { how: 'completed', reason: 'None', exitCode: '0:0' } },
    state: 'COMPLETED',
    reason: 'None',
    exitCode: '0:0',
    workDir,
    eligibleTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
  });
  expect(await entry(job)).toMatchObject({ state: 'COMPLETED', workDir });
  expect(await release(job)).toEqual({ kind: 'released' });
});

it('a failing job is FAILED, with its exit status', async () => {
  const job = await submitted('fails', 'exit 3');
  expect(await askUntil(job, ended)).toMatchObject({ state: 'FAILED', reason: 'NonZeroExitCode', exitCode: '3:0' });
});

it('a cancelled job is CANCELLED, whether it was held or ran', async () => {
  const held = await submitted('cancelled held', 'exit 0', ['--hold']);
  const runs = await submitted('cancelled', 'exec sleep 600');
  await askUntil(runs, (reading) => reading.kind === 'job' && reading.state === 'RUNNING');
  await real.run('scancel', held.id, runs.id);
  expect(await askUntil(runs, ended)).toMatchObject({ state: 'CANCELLED' });
  expect(await askUntil(held, ended)).toMatchObject({ state: 'CANCELLED' });
  expect(await release(held)).toEqual({ kind: 'released' });
});

const askAndCancel = async (job: AskedJob) => whyNotToCancel(await ask(job)) ?? (await slurm().cancel(job));

it('cancels what is held, waits or runs, and tells what has ended, or was never there', async () => {
  const held = await submitted('to be cancelled held', 'exit 0', ['--hold']);
  const runs = await submitted('to be cancelled', 'exec sleep 600');
  await askUntil(runs, (reading) => reading.kind === 'job' && reading.state === 'RUNNING');
  for (const job of [held, runs]) expect(await askAndCancel(job)).toEqual({ kind: 'cancelled' });
  for (const job of [held, runs]) {
    expect(await askUntil(job, ended)).toMatchObject({ state: 'CANCELLED' });
    expect(await slurm().cancel(job)).toEqual({ kind: 'ended' });
    expect(await askAndCancel(job)).toMatchObject({ kind: 'ended', end: { how: 'cancelled' } });
  }
  expect(await slurm().cancel(asked('987654'))).toEqual({ kind: 'ended' });
  const other = await submitted('is somebody else', 'exit 0', ['--hold']);
  expect(await askAndCancel({ ...other, directory: held.directory })).toEqual({ kind: 'ended' });
  expect(await entry(other)).toMatchObject({ state: 'PENDING' });
  expect(await slurm({ poll: '/no/such/squeue' }).cancel(other)).toEqual({ kind: 'cancelled' });
});

it('a delayed job tells when it may start', async () => {
  const job = await submitted('delayed', 'exit 0', ['--begin=now+600']);
  expect(await entry(job)).toMatchObject({ state: 'PENDING', reason: 'BeginTime' });
  const reading = await ask(job);
  const time = reading?.kind === 'job' ? Date.parse(reading.eligibleTime ?? '') : 0;
  expect(time).toBeGreaterThan(Date.now() + 500_000);
  await real.run('scancel', job.id);
});

it('only jobs of that name are seen when jobs have a name', async () => {
  const ours = await submitted('ours', 'exit 0', ['--hold', '--job-name=prod']);
  const other = await submitted('other', 'exit 0', ['--hold', '--job-name=prod2']);
  expect(await entry(ours, { jobName: 'prod' })).toBeDefined();
  expect(await entry(other, { jobName: 'prod' })).toBeUndefined();
  await real.run('scancel', ours.id, other.id);
});

it('arrays, heterogeneous, interactive and oddly named jobs of the same user do not confuse it', async () => {
  const ours = await submitted('beside others', 'exit 0', ['--hold']);
  const array = await submitted('array', 'exit 0', [
    '--hold',
    '--array=1-3',
    '--job-name=a@b\nJobId=1 JobState=FAILED',
  ]);
  const pair = await submitted('pair', 'exit 0', ['--hold', '-n', '1', ':', '-n', '1']);
  await real.run('salloc', '--ntasks=1', '--no-shell', '--job-name=interactive');
  expect(await entry(ours)).toMatchObject({ state: 'PENDING', workDir: ours.directory });
  expect(await ask(ours)).toMatchObject({ state: 'PENDING', workDir: ours.directory });
  expect(await ask(pair)).toMatchObject({ kind: 'job', workDir: pair.directory });
  expect(await ask(array)).toMatchObject({ kind: 'unreadable' }); // its name looks like a state
  await real.run('scancel', '--name=interactive');
  await real.run('scancel', ours.id, array.id, pair.id);
});

it('a requeued job is PENDING again', async () => {
  const job = await submitted('requeued', 'exec sleep 600', ['--requeue']);
  await askUntil(job, (reading) => reading.kind === 'job' && reading.state === 'RUNNING');
  await real.run('scontrol', 'requeue', job.id);
  await askUntil(job, (reading) => reading.kind === 'job' && reading.state === 'PENDING');
  expect(await entry(job)).toMatchObject({ id: job.id, state: expect.stringMatching(/^(PENDING|COMPLETING)$/) });
  await real.run('scancel', job.id);
});

describe('a submission', () => {
  it.each`
    wrong          | words                   | message
    ${'partition'} | ${['--partition=nope']} | ${'sbatch: error: invalid partition specified: nope\nsbatch: error: Batch job submission failed: Invalid partition name specified'}
    ${'option'}    | ${['--no-such']}        | ${`sbatch: unrecognized option '--no-such'\nTry "sbatch --help" for more information`}
    ${'time'}      | ${['--time=soon']}      | ${'sbatch: error: Invalid --time specification'}
    ${'script'}    | ${['no-such.sh']}       | ${'sbatch: error: Unable to open file no-such.sh'}
  `('with a wrong $wrong is refused, in the words of sbatch', async ({ words, message }) => {
    const { answer } = await submit('refused', 'exit 0', words);
    expect(answer).toEqual({ kind: 'refused', message });
  });

  // getopt puts the path before its words.
  it.each([['--x'], ['-y'], ['--mem-p=1'], ['--hold=1'], ['--begin=x'], ['--dependency=afterok:x']])(
    'with %s is refused by an sbatch that is called by its path',
    async (word) => {
      const sbatch = (await real.run('sh', '-c', 'command -v sbatch')).trim();
      expect(sbatch).toMatch(/^\//);
      expect((await submit('refused', 'exit 0', [word], sbatch)).answer).toMatchObject({ kind: 'refused' });
    },
  );

  it('is known by the id that --parsable prints', async () => {
    expect((await submit('parsable', 'exit 0', ['--parsable'])).answer).toEqual({
      kind: 'submitted',
      id: expect.stringMatching(/^\d+$/),
    });
  });

  it('is refused when there is no sbatch, or no job directory', async () => {
    const submission = { directory, submit: command('/no/sbatch'), arguments: ['job.sh'] };
    expect(await slurm().submit(submission)).toMatchObject({ kind: 'refused' });
    const nowhere = { directory: join(directory, 'none'), submit: command('sbatch'), arguments: ['job.sh'] };
    expect(await slurm().submit(nowhere)).toMatchObject({ kind: 'refused' });
  });
});

it('the queue of a user that Slurm does not know is unreadable, not empty', async () => {
  expect(await slurm({ user: 'no-such-user' }).readQueue()).toMatchObject({ kind: 'unreadable' });
});

it('a job that never was is unknown; it cannot be released', async () => {
  const job = asked('999999');
  expect(await ask(job)).toEqual({ kind: 'unknown' });
  expect(await release(job)).toMatchObject({
    kind: 'failed',
    message: expect.stringContaining('Invalid job id specified'),
  });
});

it('several jobs are released by one call, whichever of them are gone, have ended, or are not held', async () => {
  const held = await submitted('one that is held', 'exit 0', ['--hold']);
  const other = await submitted('another that is held', 'exit 0', ['--hold']);
  const notHeld = await submitted('one that waits', 'exit 0', ['--begin=now+2hours']);
  const cancelled = await submitted('one that is cancelled', 'exit 0', ['--hold']);
  await real.run('scancel', cancelled.id);
  const answers = await slurm().release([held, asked('999999'), notHeld, cancelled, other]);
  expect([held, notHeld, cancelled, other].map(({ id }) => answers.get(id))).toEqual(
    Array(4).fill({ kind: 'released' }),
  );
  expect(answers.get(asked('999999').id)).toEqual({
    kind: 'failed',
    message: 'scontrol failed (exit status 1): Invalid job id specified for job 999999',
  });
  for (const job of [held, other]) expect(await askUntil(job, ended)).toMatchObject({ state: 'COMPLETED' });
  await real.run('scancel', notHeld.id);
});

it('several jobs are asked for at once, those that it does not know among them', async () => {
  const held = await submitted('one of several', 'exit 0', ['--hold']);
  const other = await submitted('another of several', 'exit 0', ['--hold']);
  const readings = await slurm().askFor([held, asked('999999'), { ...other, directory: held.directory }]);
  expect([...readings.values()]).toEqual([
    expect.objectContaining({ kind: 'job', state: 'PENDING', reason: 'JobHeldUser', workDir: held.directory }),
    { kind: 'unknown' },
    { kind: 'unknown' }, // another directory: it is another job
  ]);
  expect([...(await slurm().askFor([asked('999998'), asked('999999')])).values()]).toEqual([
    { kind: 'unknown' },
    { kind: 'unknown' },
  ]);
  await real.run('scancel', held.id, other.id);
});

it('a job that took too long is TIMEOUT', async () => {
  expect(await askUntil(timesOut, (reading) => ended(reading) || reading.kind === 'unknown')).toMatchObject({
    state: 'TIMEOUT',
    reason: 'TimeLimit',
  });
});

it('a job that ended longer ago than MinJobAge is unknown', async () => {
  await askUntil(isForgotten, (reading) => reading.kind === 'unknown');
  expect(await entry(isForgotten)).toBeUndefined();
});

describe('jobs that imitate others, in their directories, names and comments', () => {
  const forgedRow = (id: string, workDir: string) => `${id} @bot @main @COMPLETED @None @1 @0 @${workDir}`;
  const forgedRecord = (id: string, workDir: string) =>
    `JobId=${id} JobName=x UserId=root(0) GroupId=root(0) JobState=COMPLETED Reason=None Dependency=(null) ExitCode=0:0 WorkDir=${workDir} StdErr=/x`;

  it('are read as what they are, cancelled ones too, and the others beside them', async () => {
    const held = await submitted('imitated', 'exit 0', ['--hold']);
    const { id, directory: workDir } = held;
    const hostile = `x\nCLUSTER: evil\n${forgedRow(id, workDir)}\n${forgedRow('99999', workDir)}\n`;
    const imitator = await submitted(hostile, 'exit 0', ['--hold', `--job-name=x\n${forgedRecord(id, workDir)}`]);
    const both = async () => [await entry(held), await entry(imitator), await entry(asked('99999'))];
    const shown = {
      is: { kind: 'held by us' },
      cluster: 'bot',
      partition: 'main',
      state: 'PENDING',
      reason: 'JobHeldUser',
    };
    expect(await both()).toEqual([
      { ...shown, id, workDir },
      { ...shown, id: imitator.id, workDir: imitator.directory },
      undefined,
    ]);
    await real.run('scancel', imitator.id);
    expect(await both()).toMatchObject([
      { state: 'PENDING', workDir },
      { state: 'CANCELLED', workDir: imitator.directory },
      undefined,
    ]);
    expect(await ask(held)).toMatchObject({ kind: 'job', state: 'PENDING' });
    expect([...(await slurm().askFor([held, imitator, asked('99999')])).values()]).toMatchObject([
      { kind: 'job', state: 'PENDING' },
      { kind: 'job', state: 'CANCELLED' },
      { kind: 'unknown' },
    ]);
  });

  it('that change themselves afterwards harm themselves alone', async () => {
    const job = await submitted('changed', 'exit 0', ['--hold']);
    const other = await submitted('beside-it', 'exit 0', ['--hold']);
    const name = `x ${forgedRecord(job.id, job.directory).slice('JobId='.length)}`;
    await real.run('scontrol', 'update', `JobId=${job.id}`, `JobName=${name}\nJobId=${other.id} x`, 'WorkDir=no path ');
    expect(await slurm().readQueue()).toMatchObject({
      kind: 'queue',
      unread: [{ id: job.id, why: expect.stringContaining('scontrol') }],
    });
    expect(await entry(other)).toMatchObject({ state: 'PENDING', workDir: other.directory });
    expect(await ask(other)).toMatchObject({ kind: 'job', state: 'PENDING' });
    expect(await ask(job)).toMatchObject({ kind: 'unreadable' });
    await real.run('scancel', job.id);
  });

  it("are not taken for the job of a directory, were they a stranger's", async () => {
    const places = ['/jobs/2026.11/pr_9/lost'];
    const { id } = await submitted('forges-a-record', 'exit 0', [
      '--hold',
      `--job-name=x\n${forgedRecord('99999', places[0] ?? '')}\nJobId=99998 JobName=x`,
    ]);
    expect(await real.run('scontrol', '--oneliner', 'show', 'jobs')).toContain('JobId=99999 ');
    expect(await slurm().showJobsIn(places)).toEqual({ kind: 'jobs', jobs: [] });
    await real.run(
      'scontrol',
      'update',
      `JobId=${id}`,
      `JobName=x ${forgedRecord('1', places[0] ?? '').slice(20)}\nJobId=5 x`,
    );
    expect(await slurm({ user: 'eve' }).showJobsIn(places)).toEqual({ kind: 'jobs', jobs: [] });
    await real.run('scancel', id);
  });
});

it('while the controller is down everything is unreadable, nothing is submitted, and afterwards all is as before', async () => {
  const job = await submitted('survives', 'exit 0', ['--hold']);
  await real.stopController();
  const [queue, all, reading, released, { answer }] = await Promise.all([
    slurm().readQueue(),
    slurm().showJobsIn([job.directory]),
    ask(job),
    release(job),
    submit('refused', 'exit 0'),
  ]);
  expect(queue).toMatchObject({
    kind: 'unreadable',
    why: expect.stringContaining('Unable to contact slurm controller'),
  });
  expect(all).toMatchObject({ kind: 'unreadable' });
  expect(reading).toMatchObject({ kind: 'unreadable' });
  expect(released).toMatchObject({ kind: 'failed' });
  expect(answer).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('(connect failure)') });
  await real.startController();
  expect(await entry(job)).toMatchObject({ state: 'PENDING', reason: 'JobHeldUser' });
  expect(await release(job)).toEqual({ kind: 'released' });
  expect(await askUntil(job, ended)).toMatchObject({ state: 'COMPLETED' });
});
