import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type AnnouncedJob, type CasesSite, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm, showsQueue } from './scripted-slurm.ts';

// What a real Slurm seldom does: it lies, breaks off, forgets many jobs at once, or ends one in a way that needs other machines.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
let jobs: AnnouncedJob[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'slurm-faults-'));
  slurm = await ScriptedSlurm.make(directory);
  story = await makeCasesSite({ slurm: slurm.environment });
  await story.site.startEventHandler();
  await story.site.startJobManager();
  jobs = [];
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

/** So many pairs of jobs that run. */
async function run(pairs: number): Promise<void> {
  for (let pair = 0; pair < pairs; pair++) {
    await story.openPullRequest();
    jobs.push(...(await story.build('bot: build for:arch=x86_64/amd/zen2+x86_64/amd/zen3')));
  }
  expect(jobs).toHaveLength(pairs * 2);
  await show('RUNNING');
  await intervals(2);
  expect(ends()).toEqual(jobs.map(() => undefined));
}

const show = (state: string, reason = 'None') =>
  slurm.queue(...jobs.map(({ id, directory: workDir }) => ({ id, workDir, state, reason })));
/** So many whole intervals, with what Slurm answers from now on. */
async function intervals(count: number): Promise<void> {
  const begun = async () => (await slurm.calls('squeue')).filter((words) => words.includes('--long')).length;
  const before = await begun();
  while ((await begun()) <= before + count) await pause(50);
}

/** What the finished rows say before the text for a missing result. */
const ends = () => jobs.map((job) => /^\|[^|]+\|finished\|(.*?) ?<details>/m.exec(story.bodyOf(job))?.[1]);
const invalidId = 'echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1';
const requests = async () => ({
  squeue: (await slurm.calls('squeue')).filter((words) => !words.includes('--long')).length,
  scontrol: (await slurm.calls('scontrol')).length,
  sacct: (await slurm.calls('sacct')).length,
});

it('nothing is concluded from a listing that fails, breaks off, is of another, or complains, whatever the jobs’ own files say', async () => {
  await run(1);
  await slurm.script('scontrol', invalidId);
  await slurm.script('sacct', 'row 11 FAILED 1:0 2026-11-24T14:35:33 /somewhere/else');
  const lies = [
    'exit 1',
    'kill -9 $$',
    'echo "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2; exit 1',
    `${showsQueue} | head -c -20`,
    `${showsQueue}; row 13 bot main RUN | head -c -1`,
    `${showsQueue}; echo "<html>502 Bad Gateway</html>"`,
    `${showsQueue} | head -n 1; echo "slurm_load_jobs error: cluster c2 does not answer" >&2`,
    'echo "squeue: error: Invalid user: nobody" >&2',
  ];
  for (const lie of lies) {
    await slurm.script('squeue', lie);
    await intervals(1);
  }
  expect(ends()).toEqual([undefined, undefined]);
  expect((await requests()).sacct).toBe(0);
});

it('nor from a squeue that leaves out every job, whatever it is asked for', async () => {
  await run(1);
  const [job] = jobs;
  const runs = `echo "JobId=${job?.id} JobName=x UserId=u(1) JobState=RUNNING Reason=None Dependency=(null) ExitCode=0:0 WorkDir=${job?.directory} StdErr=/x"`;
  await slurm.script('squeue', '');
  await slurm.script('scontrol', runs);
  await slurm.script('sacct', '');
  await intervals(5);
  expect(ends()).toEqual([undefined, undefined]);
});

it('what a job goes through when it is suspended, moved or to run again is no end', async () => {
  await run(1);
  const states =
    'COMPLETING REQUEUED REQUEUE_HOLD REQUEUE_FED SPECIAL_EXIT SUSPENDED STOPPED RESIZING SIGNALING STAGE_OUT LAUNCH_FAILED RECONFIG_FAIL REVOKED';
  for (const state of states.split(' ')) {
    await show(state);
    await intervals(1);
    expect([state, ...ends()]).toEqual([state, undefined, undefined]);
  }
});

it('a node that does not boot is told', async () => {
  await run(1);
  await show('BOOT_FAIL', 'BadConstraints');
  await intervals(1);
  expect(ends()).toEqual(['`BOOT_FAIL` (BadConstraints)', '`BOOT_FAIL` (BadConstraints)']);
});

it('however many jobs are missing, it is four requests in an interval, and less and less often', async () => {
  await run(4);
  await slurm.script('scontrol', invalidId);
  await slurm.script('sacct', 'echo "sacct: error: Problem talking to the database: Connection refused" >&2; exit 1');
  const before = await requests(); // while none is missing, so that none is being asked for
  await slurm.script('squeue', '');
  await intervals(12);
  const after = await requests();
  expect(ends()).toEqual(jobs.map(() => undefined));
  const asked = after.sacct - before.sacct;
  expect(after).toEqual({ squeue: before.squeue + asked, scontrol: before.scontrol + asked, sacct: asked });
  expect(asked).toBeLessThan(12);
  await slurm.script(
    'sacct',
    jobs.map(({ id, directory }) => `row ${id} FAILED 3:0 2026-11-24T14:35:33 ${directory}`).join('\n'),
  );
  await intervals(12);
  expect(ends()).toEqual(jobs.map(() => '`FAILED` (exit code 3)'));
});
