import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type RealSlurm, startSlurm } from '../slurm/start-slurm.ts';
import { type AnnouncedJob, type CasesSite, fileAppears, makeCasesSite } from './cases-site.ts';

// slurmctld is killed while jobs run, and comes back: with what it knew, and without. There is no accounting.

/** Runs until it is told its exit status. Like the bot's own job script it leaves an end marker. */
const jobScript = `#!/bin/bash
rm -f _bot_job$SLURM_JOB_ID.end
touch started
until [ -s go ]; do sleep 0.1; done
echo "exit = $(cat go)" >_bot_job$SLURM_JOB_ID.end
touch ended
exit $(cat go)
`;

let directory: string;
let slurm: RealSlurm;
let story: CasesSite;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slurm-controller-'));
  slurm = await startSlurm(join(directory, 'slurm'));
  await writeFile(join(directory, 'job.sh'), jobScript);
  const settings = { 'buildenv.build_job_script': join(directory, 'job.sh') };
  story = await makeCasesSite({ slurm: slurm.environment, settings });
  await story.site.startEventHandler();
});
afterAll(async () => {
  await story?.close();
  await slurm?.stop();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** A job on a pull request of its own. */
async function build(): Promise<AnnouncedJob> {
  await story.openPullRequest();
  const [job] = await story.build('bot: build for:arch=x86_64/amd/zen2');
  return job;
}

/** So many intervals, by a job manager that knows nothing of those before but what is written down. */
const intervals = (count: number) => story.site.run('job_manager.sh', '-i', String(count));

async function start(...jobs: readonly AnnouncedJob[]): Promise<void> {
  await intervals(1);
  for (const job of jobs) await fileAppears(job.directory, (name) => name === 'started');
  await intervals(1);
}

async function end(job: AnnouncedJob, exitStatus: number): Promise<void> {
  await writeFile(join(job.directory, 'go'), String(exitStatus));
  await fileAppears(job.directory, (name) => name === 'ended');
}

const statesOf = (job: AnnouncedJob) =>
  Array.from(story.bodyOf(job).matchAll(/^\|[A-Z][^|]+\|([^|]+)\|/gm), ([, state]) => state).filter(
    (state) => state !== 'job status',
  );
const endOf = (job: AnnouncedJob) => /^\|[^|]+\|finished\|(.*?) ?<details>/m.exec(story.bodyOf(job))?.[1];

/** What the controller knows of the job now is on its disk some seconds later. */
async function saved(job: AnnouncedJob): Promise<void> {
  const now = Date.now();
  await slurm.run('scontrol', 'update', `jobid=${job.id}`, 'comment=changed');
  while ((await stat(join(directory, 'slurm/state/job_state'))).mtimeMs < now) await pause(200);
}

async function until(job: AnnouncedJob, state: string): Promise<void> {
  while ((await slurm.run('squeue', '--noheader', '--states=all', `--jobs=${job.id}`, '--format=%T')).trim() !== state)
    await pause(200);
}

const whole = ['submitted', 'released', 'running', 'finished', 'test result'];

it('killed, and back with its state: what ended meanwhile is told, what runs on is not', async () => {
  const [ends, runsOn] = [await build(), await build()];
  await start(ends, runsOn);
  await saved(runsOn);
  await slurm.killController();
  await end(ends, 3);
  await intervals(2);
  expect([statesOf(ends), statesOf(runsOn)]).toEqual([whole.slice(0, 3), whole.slice(0, 3)]);
  await slurm.startController();
  await until(ends, 'FAILED');
  await intervals(2);
  expect([statesOf(ends), endOf(ends)]).toEqual([whole, '`FAILED` (NonZeroExitCode, exit code 3)']);
  expect(statesOf(runsOn)).toEqual(whole.slice(0, 3));
  await end(runsOn, 0);
  await until(runsOn, 'COMPLETED');
  await intervals(1);
  expect([statesOf(runsOn), endOf(runsOn)]).toEqual([whole, '']);
});

it('killed, and back without its state: what is lost has vanished, and a new job of the same id is told by itself', async () => {
  const [ended, lost] = [await build(), await build()];
  await start(ended, lost);
  await slurm.killController();
  await end(ended, 3);
  await slurm.loseState();
  await slurm.startController();
  await intervals(1);
  expect([statesOf(ended), statesOf(lost)]).toEqual([whole.slice(0, 3), whole.slice(0, 3)]);
  // It counts from 1 again: until the next one gets an id that is still in use here.
  for (let id = 0; id < Number(lost.id) - 1; ) {
    const said = await slurm.run('sbatch', '--hold', '--wrap=true');
    id = Number(/\d+/.exec(said)?.[0]);
  }
  const again = await build();
  expect(again.id).toBe(lost.id);
  await intervals(5);
  expect([statesOf(ended), endOf(ended)]).toEqual([whole, '`FAILED` (exit code 3)']);
  expect([statesOf(lost), endOf(lost)]).toEqual([whole, '`VANISHED` (Slurm no longer knows this job)']);
  await start(again);
  await end(again, 0);
  await until(again, 'COMPLETED');
  await intervals(2);
  expect([statesOf(again), endOf(again)]).toEqual([whole, '']);
  expect(endOf(lost)).toContain('VANISHED');
});
