import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { slurmTime } from './durations.ts';
import { hasCode } from './has-code.ts';
import { type Job, startable } from './job.ts';
import { jobEnvironment } from './job-environment.ts';
import { allJobs, changeJob, clusterSettings, writeJob } from './job-store.ts';
import { locked } from './locked.ts';
import { outputFile } from './plan-submission.ts';

// The runner of one job: waits for its turn, runs its batch script, records how it ended. SIGTERM means scancel.

const [directory = '', id = ''] = process.argv.slice(2);
const { cpus, secondsPerMinute } = clusterSettings(directory);
const killDelayMilliseconds = 2_000;
const pollMilliseconds = 100;
/** How long a job is COMPLETING at least, so that somebody can see it. */
const completingMilliseconds = 300;

type Ending = { readonly state: string; readonly reason: string; readonly exitCode: string };

let cancel: () => void = () => {};
let cancelled = false;
process.on('SIGTERM', () => {
  cancelled = true;
  cancel();
});

const job = await waitForTurn();
if (job !== undefined) await run(job);

/** Undefined: it was cancelled before. */
async function waitForTurn(): Promise<Job | undefined> {
  for (;;) {
    const now = Date.now();
    const answer = locked(directory, () => {
      const jobs = allJobs(directory);
      const mine = jobs.find((candidate) => candidate.id === id);
      if (mine === undefined || mine.state !== 'PENDING') return 'gone';
      if (mine.runner !== process.pid || !startable(jobs, cpus, now).some((next) => next.id === id)) return 'not-yet';
      const running = { ...mine, state: 'RUNNING', started: now };
      writeJob(directory, running);
      return running;
    });
    if (answer === 'gone') return undefined;
    if (answer !== 'not-yet') return answer;
    await pause(pollMilliseconds);
  }
}

async function run(job: Job) {
  let ending: Ending;
  try {
    ending = await runScript(job);
  } catch {
    // No directory, no interpreter: Slurm calls that a failure of the job, too.
    ending = { state: 'FAILED', reason: 'NonZeroExitCode', exitCode: '1:0' };
  }
  changeJob(directory, id, (mine) => ({ ...mine, state: 'COMPLETING', ended: Date.now() }));
  await pause(completingMilliseconds);
  changeJob(directory, id, (mine) => ({ ...mine, ...ending }));
}

async function runScript(job: Job): Promise<Ending> {
  const output = openSync(outputFile(job), 'w');
  const submitted = JSON.parse(readFileSync(join(directory, 'jobs', `${id}.environment`), 'utf8'));
  const script = spawn(join(directory, 'jobs', `${id}.script`), job.arguments, {
    cwd: job.workDir,
    env: { ...submitted, ...jobEnvironment(job) },
    stdio: ['ignore', output, output],
    detached: true,
  });
  try {
    const exited = once(script, 'exit');
    const { pid } = script;
    if (pid === undefined) await exited; // throws: it could not be started
    changeJob(directory, id, (mine) => ({ ...mine, ...(pid === undefined ? {} : { group: pid }) }));
    let killedFor: string | undefined;
    const end = (why: string, words: string) => {
      if (killedFor !== undefined) return;
      killedFor = why;
      writeSync(
        output,
        `slurmstepd-n1: error: *** JOB ${id} ON n1 CANCELLED AT ${slurmTime(Date.now())}${words} ***\n`,
      );
      signalGroup(pid, 'SIGTERM');
      setTimeout(() => signalGroup(pid, 'SIGKILL'), killDelayMilliseconds).unref();
    };
    cancel = () => end('CANCELLED', '');
    if (cancelled) cancel();
    const limit = timeLimit(job, () => end('TIMEOUT', ' DUE TO TIME LIMIT'));
    const [code, signal] = await exited;
    clearTimeout(limit);
    signalGroup(pid, 'SIGKILL'); // what the script left behind in its group
    return ending(killedFor, code, signal);
  } finally {
    closeSync(output);
  }
}

function timeLimit(job: Job, reached: () => void) {
  if (job.timeLimitMinutes === undefined) return undefined;
  // setTimeout takes no more than 24 days.
  return setTimeout(reached, Math.min(job.timeLimitMinutes * secondsPerMinute * 1000, 2 ** 31 - 1));
}

function ending(killedFor: string | undefined, code: number | null, signal: NodeJS.Signals | null): Ending {
  const exitCode = signal === null ? `${code}:0` : `0:${constants.signals[signal]}`;
  if (killedFor === 'CANCELLED') return { state: 'CANCELLED', reason: 'None', exitCode };
  if (killedFor === 'TIMEOUT') return { state: 'TIMEOUT', reason: 'TimeLimit', exitCode };
  if (code === 0) return { state: 'COMPLETED', reason: 'None', exitCode };
  // A script that kills itself reads like one that could not be launched; so it does in the real Slurm.
  return { state: 'FAILED', reason: signal === null ? 'NonZeroExitCode' : 'JobLaunchFailure', exitCode };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals) {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}
