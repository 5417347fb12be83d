import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { botVersion } from '../daemon/bot-version.ts';
import { machineClock } from '../daemon/clock.ts';
import { leaveToTheOther } from '../daemon/leave-to-the-other.ts';
import { type Logger, openLog } from '../daemon/logger.ts';
import { type OnlyWhileOurs, runAlone } from '../daemon/run-alone.ts';
import { findServiceManager } from '../daemon/service-manager.ts';
import { stopOnSignals } from '../daemon/stop-on-signals.ts';
import { refuse, say } from '../daemon/terminal.ts';
import { lookAround, Troubles, watched } from '../daemon/troubles.ts';
import { wholeNumber } from '../daemon/whole-number.ts';
import { beginSealed } from '../jobs/begin-sealed.ts';
import { readReport } from '../jobs/reports.ts';
import { countRequests, countSlurm } from '../metrics/count-outside.ts';
import { Metrics } from '../metrics/metrics.ts';
import { missingPrograms } from '../outside/files/find-program.ts';
import type { Forge, RequestFacts } from '../outside/forge/forge.ts';
import { ForgeTime } from '../outside/forge/forge-time.ts';
import { judgeTrouble } from '../outside/forge/github/judge-trouble.ts';
import { octokitGitHub } from '../outside/forge/github/octokit-github.ts';
import { environmentsOf } from '../outside/processes/child-environment.ts';
import { runProgram } from '../outside/processes/run-program.ts';
import { judgeSlurm } from '../outside/slurm/judge-trouble.ts';
import { slurmCommands } from '../outside/slurm/slurm-commands.ts';
import { slurmOptionsOf } from '../outside/slurm/slurm-options-of.ts';
import { checkConfiguration } from '../settings/check-configuration.ts';
import { logChanges } from '../settings/log-changes.ts';
import { watchPlaces } from '../settings/look-at-places.ts';
import { placesOf, sealedPlacesOf } from '../settings/places-of.ts';
import type { Settings } from '../settings/settings.ts';
import { SettingsFile } from '../settings/watch-settings.ts';
import { judgeUpload } from './deploy/judge-upload.ts';
import { keepWatching, type WatchOptions } from './keep-watching.ts';
import type { JobStore } from './records/job-store.ts';
import { tellMetrics } from './tell-metrics.ts';
import type { Tools } from './tools.ts';

interface Options extends WatchOptions {
  readonly config: string;
  readonly standby: boolean;
  readonly debug: boolean;
}

const environment = process.env;
const environments = environmentsOf(environment);

/** Runs the job manager; gives back the exit code. */
async function main(options: Options): Promise<number> {
  const stop = stopOnSignals(say);
  const files = { appCfgPath: options.config, environment, workingDirectory: process.cwd() };
  const loaded = await checkConfiguration(files, []);
  if (loaded === undefined) return 2;
  const { settings } = loaded;
  const { logPath, logFormat } = settings.jobManager;
  const log = openLog(logPath, { name: 'job-manager', debug: options.debug, format: logFormat });
  const settingsFile = new SettingsFile(loaded, { ...files, onChange: logChanges(log) });
  await watchPlaces(() => settings, files, { runProgram, environment: environments.tool }, log).look();
  const { stateDir } = settings;
  const places = placesOf(settings);
  const programs = { runProgram, environments };
  const { monotonic } = machineClock;
  const childEnvironment = environments.tool;
  const manager = findServiceManager({ environment, runProgram, childEnvironment, stop, log, monotonic });
  const alone = {
    stateDir,
    places,
    kind: 'job manager',
    standby: options.standby,
    programs,
    stop,
    log,
    manager,
    ...(options.maxManagerIterations >= 0 && { whenHeld: leaveToTheOther }),
  } as const;
  return await runAlone(alone, async (onlyWhileOurs) => {
    if ((await beginSealed({ ...sealedPlacesOf(settings), stop, say, log })) === 'stopped') return 0;
    say(`The job manager looks at the queue every ${settings.jobManager.pollIntervalSeconds} s`);
    const troubles = new Troubles(log, (await readReport(stateDir, 'job-manager'))?.failing);
    const metrics = new Metrics('job manager', botVersion);
    const onRequest = countRequests(metrics);
    const forgeOf = (settings: Settings) => buildGitHub(settings, onlyWhileOurs, troubles, onRequest);
    const first = { settings, forge: forgeOf(settings) };
    const tools = async (now: Settings, jobs: JobStore): Promise<Tools> => {
      // If the key could not be read at the start, each interval retries it.
      const forge = await (now === first.settings ? first.forge.catch(() => forgeOf(now)) : forgeOf(now));
      const { checkRuns, commitStatus } = now.control;
      if (!checkRuns) troubles.wentWell('checks'); // check runs are off
      if (!commitStatus) troubles.wentWell('statuses');
      const slurm = slurmCommands({ ...slurmOptionsOf(now, environments), onRun: countSlurm(metrics) });
      return {
        settings: now,
        forge,
        slurm: onlyWhileOurs(watched(slurm, judgeSlurm, troubles)),
        ...onlyWhileOurs(watched({ runProgram }, judgeUpload, troubles)),
        environments,
        jobs,
        ...machineClock,
        log,
        onUpload: countUploads(metrics),
      };
    };
    void lookAtStart(settings, first.forge, troubles, log);
    const told = await tellMetrics(metrics, settingsFile, troubles, log);
    await keepWatching(options, settingsFile, tools, troubles, log, stop, told.onInterval, manager);
    await told.close();
    return 0;
  });
}

async function buildGitHub(
  { github: { appId, installationId, apiUrl, privateKeyPath } }: Settings,
  onlyWhileOurs: OnlyWhileOurs,
  troubles: Troubles,
  onRequest: (facts: RequestFacts) => void,
): Promise<Forge> {
  const privateKey = await readFile(privateKeyPath, 'utf8');
  const time = new ForgeTime(machineClock, troubles);
  const onDate = (date: string | null) => time.hear(date);
  const github = octokitGitHub({ appId, installationId, apiUrl, privateKey, onDate, onRequest });
  return onlyWhileOurs(watched(github, judgeTrouble, troubles));
}

/** Counts runs of the upload script. */
function countUploads(metrics: Metrics): NonNullable<Tools['onUpload']> {
  return (result, bytes, milliseconds) => {
    metrics.observe('build_bot_upload_duration_seconds', { result }, milliseconds / 1000);
    if (result === 'uploaded') metrics.count('build_bot_uploaded_bytes_total', {}, bytes);
  };
}

/** Checks GitHub and Slurm's programs once at the start; what fails becomes a trouble. The first interval reads the queue. */
async function lookAtStart(
  { jobManager }: Settings,
  forge: Promise<Forge>,
  troubles: Troubles,
  log: Logger,
): Promise<void> {
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
  .option('--config <file>', 'the configuration file', 'app.cfg')
  .option('--standby', 'while another job manager runs, wait, and take over when it ends', false)
  .option('-d, --debug', 'log more', false)
  .option('--bot-name <name>', 'no effect; marks the process for whoever looks at the list of processes')
  .showHelpAfterError('Help: ./job_manager.sh --help')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)); // 2, as with an invalid app.cfg: a restart would not help
program.parse();
process.exit(await main(program.opts<Options>()).catch((error: Error) => refuse(error.message)));
