import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CasesSite, jobIdsIn, makeCasesSite } from './cases-site.ts';
import { ScriptedSlurm } from './scripted-slurm.ts';

// An sbatch whose answer is lost: whether Slurm took the job is found out before it is submitted again.

let directory: string;
let slurm: ScriptedSlurm;
let story: CasesSite;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lost-submissions-'));
  slurm = await ScriptedSlurm.make(directory);
  story = await makeCasesSite({ slurm: slurm.environment });
  await story.site.startEventHandler();
  await story.openPullRequest();
});
afterEach(async () => {
  await story?.close();
  await rm(directory, { recursive: true, force: true, maxRetries: 10 });
});

const taken = '$(cat "$SCRIPTED_SLURM/sbatch.directory")';
const timesOut =
  'echo "sbatch: error: Batch job submission failed: Socket timed out on send/recv operation" >&2; exit 1';
const shownBySqueue = `row 11 bot main PENDING JobHeldUser 1 0 "${taken}"`;
const shownByScontrol = (user: string) =>
  `echo "JobId=11 JobName=x UserId=${user}(1) JobState=PENDING Reason=JobHeldUser Dependency=(null) ExitCode=0:0 WorkDir=${taken} StdErr=/x"`;
// Its number is that of a job of somebody else, or of none.
const forgedInListing = `case "$*" in *"show jobs") ${shownByScontrol('$(printenv USER || id -un)')} ;; *) echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1 ;; esac`;
const ours = '$(printenv USER || id -un)';
const fails = 'echo "slurm_load_jobs error: Unable to contact slurm controller (connect failure)" >&2; exit 1';
const onceThen = (first: string, then: string) => `if [ $number = 11 ]; then ${first}; else ${then}; fi`;

it.each`
  what                                                          | squeue                            | scontrol                                  | id      | submissions
  ${'squeue shows the job'}                                     | ${shownBySqueue}                  | ${fails}                                  | ${'11'} | ${1}
  ${'squeue shows nothing, scontrol the job'}                   | ${''}                             | ${shownByScontrol(ours)}                  | ${'11'} | ${1}
  ${'squeue fails at first'}                                    | ${onceThen(fails, shownBySqueue)} | ${fails}                                  | ${'11'} | ${1}
  ${'squeue shows nothing, scontrol fails at first'}            | ${''}                             | ${onceThen(fails, shownByScontrol(ours))} | ${'11'} | ${1}
  ${'squeue shows the job late'}                                | ${onceThen(':', shownBySqueue)}   | ${'echo "No jobs in the system"'}         | ${'11'} | ${1}
  ${'neither shows it: Slurm did not take it'}                  | ${''}                             | ${'echo "No jobs in the system"'}         | ${'12'} | ${2}
  ${'a name of a foreign job imitates a record of ours'}        | ${''}                             | ${forgedInListing}                        | ${'12'} | ${2}
  ${'scontrol shows the job of somebody else in our directory'} | ${''}                             | ${shownByScontrol('eve')}                 | ${'12'} | ${2}
`('$what', async ({ squeue, scontrol, id, submissions }) => {
  await slurm.script('sbatch', onceThen(timesOut, 'echo "Submitted batch job $number"'));
  await slurm.script('squeue', squeue);
  await slurm.script('scontrol', scontrol);
  const { comments } = await story.comment('bot: build for:arch=x86_64/amd/zen2');
  expect(jobIdsIn(comments)).toEqual([id]);
  expect(Object.keys(await story.jobs())).toEqual([id]);
  expect(await slurm.calls('sbatch')).toHaveLength(submissions);
});
