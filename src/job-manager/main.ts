import { Command, InvalidArgumentError } from 'commander';
import { machineClock } from '../daemon/clock.ts';
import { say } from '../daemon/terminal.ts';
import { lookAround } from '../daemon/troubles.ts';
import { wholeNumber } from '../daemon/whole-number.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Forge } from '../outside/forge/forge.ts';
import { missingPrograms } from '../outside/processes/find-program.ts';
import { runProgram } from '../outside/processes/run-program.ts';
import { type Daemon, type DaemonOptions, environments, leaveToTheOther, runDaemon, runMain } from '../run-daemon.ts';
import type { Settings } from '../settings/settings.ts';
import { judgeUpload } from './deploy/judge-upload.ts';
import { keepWatching, type WatchOptions } from './keep-watching.ts';
import type { JobStore } from './records/job-store.ts';
import { tellMetrics } from './tell-metrics.ts';
import type { Tools } from './tools.ts';

/** Runs the job manager; gives back the exit code. */
async function main(options: WatchOptions & DaemonOptions): Promise<number> {
  const whenHeld = options.maxManagerIterations >= 0 ? leaveToTheOther : undefined;
  return await runDaemon({ kind: 'job manager', options, whenHeld }, (daemon) => watch(options, daemon));
}

async function watch(options: WatchOptions, daemon: Daemon): Promise<void> {
  const { settings, troubles, metrics, log, watchedWhileOurs, buildForge, buildSlurm } = daemon;
  say(`The job manager looks at the queue every ${settings.jobManager.pollIntervalSeconds} s`);
  const first = { settings, forge: buildForge(settings) };
  const buildTools = async (now: Settings, jobs: JobStore): Promise<Tools> => {
    // If the key could not be read at the start, each interval retries it.
    const forge = await (now === first.settings ? first.forge.catch(() => buildForge(now)) : buildForge(now));
    const { checkRuns, commitStatus } = now.control;
    if (!checkRuns) troubles.wentWell('checks'); // check runs are off
    if (!commitStatus) troubles.wentWell('statuses');
    return {
      settings: now,
      forge,
      slurm: buildSlurm(now),
      ...watchedWhileOurs({ runProgram }, judgeUpload),
      environments,
      jobs,
      ...machineClock,
      log,
      onUpload: countUploads(metrics),
    };
  };
  void lookAtStart(first.forge, daemon);
  const { onInterval, close } = await tellMetrics(daemon);
  await keepWatching(options, { ...daemon, buildTools, onInterval });
  await close();
}

/** Counts runs of the upload script. */
function countUploads(metrics: Metrics): NonNullable<Tools['onUpload']> {
  return (result, bytes, milliseconds) => {
    metrics.observe('build_bot_upload_duration_seconds', { result }, milliseconds / 1000);
    if (result === 'uploaded') metrics.count('build_bot_uploaded_bytes_total', {}, bytes);
  };
}

/** Checks GitHub and Slurm's programs once at the start; what fails becomes a trouble. The first interval reads the queue. */
async function lookAtStart(forge: Promise<Forge>, { settings: { jobManager }, troubles, log }: Daemon): Promise<void> {
  const programs = [jobManager.poll, jobManager.scontrol];
  await Promise.all([
    lookAround({ slurm: () => missingPrograms(programs, environments.slurm['PATH'] ?? '') }, troubles, log),
    forge.then((client) => client.readToken()).catch(() => {}), // becomes a trouble
  ]);
}

function jobIds(text: string): string[] {
  const ids = text.split(',').filter((id) => id !== '');
  const wrong = ids.find((id) => !/^\d+$/.test(id));
  if (wrong !== undefined || ids.length === 0)
    throw new InvalidArgumentError('It must be job ids, separated by commas.');
  return ids;
}

const program = new Command('job_manager.sh')
  .description('Follows the jobs in the queue, tells of them on pull requests, uploads what is to be deployed.')
  .option(
    '-i, --max-manager-iterations <number>',
    'how often to look at the queue; negative: for ever',
    wholeNumber(),
    -1,
  )
  .option('-j, --jobs <ids>', 'follow these jobs only: ids separated by commas', jobIds)
  .option('--standby', 'while another job manager runs, wait, and take over when it ends', false);
await runMain(program, main);
