import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { botVersion } from './daemon/bot-version.ts';
import { machineClock } from './daemon/clock.ts';
import { type DaemonKind, hyphenated } from './daemon/daemon-kinds.ts';
import { type Logger, openLog } from './daemon/logger.ts';
import { missingPlaces } from './daemon/places.ts';
import { type OnlyWhileOurs, runAlone } from './daemon/run-alone.ts';
import { findServiceManager, type ServiceManager } from './daemon/service-manager.ts';
import { stopOnSignals } from './daemon/stop-on-signals.ts';
import { refuse, say } from './daemon/terminal.ts';
import { type CallOutcome, Troubles, type TroubleVerdict, watched } from './daemon/troubles.ts';
import { beginSealed } from './jobs/begin-sealed.ts';
import { readReport } from './jobs/reports.ts';
import { countRequests, countSlurm } from './metrics/count-outside.ts';
import { Metrics } from './metrics/metrics.ts';
import { showSite } from './metrics/show-site.ts';
import { showTroubles } from './metrics/show-troubles.ts';
import { isDiskTrouble } from './outside/files/disk-trouble.ts';
import type { DeliveryList, Forge } from './outside/forge/forge.ts';
import { ForgeTime } from './outside/forge/forge-time.ts';
import { judgeTrouble } from './outside/forge/github/judge-trouble.ts';
import { octokitGitHub } from './outside/forge/github/octokit-github.ts';
import { environmentsOf } from './outside/processes/child-environment.ts';
import { runProgram } from './outside/processes/run-program.ts';
import { judgeSlurm } from './outside/slurm/judge-trouble.ts';
import type { Slurm } from './outside/slurm/slurm.ts';
import { slurmCommands } from './outside/slurm/slurm-commands.ts';
import { slurmOptionsOf } from './outside/slurm/slurm-options-of.ts';
import { checkConfiguration } from './settings/check-configuration.ts';
import { logChanges } from './settings/log-changes.ts';
import { type WatchedPlaces, watchPlaces } from './settings/look-at-places.ts';
import { placesOf, sealedPlacesOf } from './settings/places-of.ts';
import type { Problem, Settings } from './settings/settings.ts';
import { SettingsFile } from './settings/watch-settings.ts';

/** The options of both daemons. */
export interface DaemonOptions {
  readonly config: string;
  readonly standby: boolean;
  readonly debug: boolean;
}

interface Start {
  readonly kind: DaemonKind;
  readonly options: DaemonOptions;
  /** What is wrong with the command line, or in the environment. */
  readonly problems?: readonly Problem[];
  /** Done whether or not another one runs. Gives back the exit code if that is all. */
  readonly beforehand?: (stateDir: string) => Promise<number | undefined>;
  /** Gives the exit code if another one runs, which is no error then. */
  readonly whenHeld?: ((why: string) => number) | undefined;
}

/** What a daemon has, whatever it does. */
export interface DaemonParts {
  readonly settingsFile: Pick<SettingsFile, 'current' | 'inForce' | 'problems' | 'awaitingRestart'>;
  /** The places that jobs can write. */
  readonly places: WatchedPlaces;
  readonly log: Logger;
  readonly stop: AbortSignal;
  readonly manager: ServiceManager;
  readonly troubles: Troubles;
  readonly metrics: Metrics;
  readonly forgeTime: ForgeTime;
}

/** A daemon that runs alone. */
export interface Daemon extends DaemonParts, Builders {
  /** Those of the start. */
  readonly settings: Settings;
}

/** They build what a daemon reaches outside. */
interface Builders {
  readonly onlyWhileOurs: OnlyWhileOurs;
  /** Each call is made only while the lease is ours; its outcome becomes a trouble, or ends one. */
  readonly watchedWhileOurs: <T extends object>(outside: T, judge: Judge) => T;
  /** `waiting`: runs each wait for an answer. */
  readonly buildForge: (settings: Settings, waiting?: Waiting) => Promise<Forge & DeliveryList>;
  /** `around`: wraps each call, without the look at the lease. */
  readonly buildSlurm: (settings: Settings, around?: (slurm: Slurm) => Slurm) => Slurm;
}

type Judge = (outcome: CallOutcome) => TroubleVerdict | undefined;
type Waiting = Parameters<typeof octokitGitHub>[0]['waiting'];

/** The environments of both daemons' children. */
export const environments = environmentsOf(process.env);

/** Reads the command line, to which it adds what both daemons know, and runs `main`; the process ends with its exit code. */
export async function runMain<Options>(program: Command, main: (options: Options & DaemonOptions) => Promise<number>) {
  program
    .option('--config <file>', 'the configuration file', 'app.cfg')
    .option('-d, --debug', 'log more', false)
    .option('--bot-name <name>', 'no effect; marks the process for whoever looks at the list of processes')
    .showHelpAfterError(`Help: ./${program.name()} --help`)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)) // 2, as with an invalid app.cfg: a restart would not help
    .parse();
  const status = await main(program.opts<Options & DaemonOptions>()).catch((error: Error) =>
    refuse(isDiskTrouble(error) ? `${error.message}; ${whereToLook}` : error.message),
  );
  // Connections that are kept alive must not keep a stopped daemon.
  process.exit(status);
}

/** The system names no path where a write fails. */
const whereToLook =
  'look at the file systems of state_dir, jobs_base_dir, job_ids_dir and log_path, and at the quota: df -h, df -i, quota -s; ./bot.sh doctor tries each';

/** sysexits.h calls it EX_TEMPFAIL. */
const tryAgainLater = 75;

/** Ends a one-shot run if another process runs already: no error, exit code 75. */
export function leaveToTheOther(why: string): number {
  say(`Nothing was done by this run: ${why}.`);
  return tryAgainLater;
}

/** Runs a daemon, as the only one of its kind with its state directory; gives back the exit code. */
export async function runDaemon(
  { kind, options, problems = [], beforehand, whenHeld }: Start,
  work: (daemon: Daemon) => Promise<void>,
): Promise<number> {
  const environment = process.env;
  const stop = stopOnSignals(say);
  const files = { appCfgPath: options.config, environment, workingDirectory: process.cwd() };
  const loaded = await checkConfiguration(files, problems);
  if (loaded === undefined) return 2;
  const { settings } = loaded;
  const { stateDir } = settings;
  const { logPath, logFormat } = settings[kind === 'event handler' ? 'eventHandler' : 'jobManager'];
  const log = openLog(logPath, { name: hyphenated(kind), debug: options.debug, format: logFormat });
  const settingsFile = new SettingsFile(loaded, { ...files, onChange: logChanges(log) });
  const tool = { runProgram, environment: environments.tool };
  const places = watchPlaces(() => settingsFile.inForce, files, tool, log);
  await places.look();
  const begin = async () => await beginSealed({ ...sealedPlacesOf(settings), stop, say, log });
  if (beforehand !== undefined) {
    const away = await missingPlaces(placesOf(settings), process.cwd());
    if (away.length > 0) return refuse(away.join('\n'));
    if ((await begin()) === 'stopped') return 0;
    const status = await beforehand(stateDir);
    if (status !== undefined) return status;
  }
  const { monotonic } = machineClock;
  const childEnvironment = environments.tool;
  const manager = findServiceManager({ environment, runProgram, childEnvironment, stop, log, monotonic });
  const alone = {
    ...{ stateDir, places: placesOf(settings), kind, standby: options.standby },
    ...{ programs: { runProgram, environments }, stop, log, manager, ...(whenHeld && { whenHeld }) },
  };
  return await runAlone(alone, async (onlyWhileOurs) => {
    if ((await begin()) === 'stopped') return 0;
    const troubles = new Troubles(log, (await readReport(stateDir, kind))?.failing);
    const forgeTime = new ForgeTime(machineClock, troubles);
    const metrics = new Metrics(kind, botVersion);
    showTroubles(metrics, troubles);
    showSite(metrics, kind, () => settingsFile.inForce);
    const parts = { settingsFile, places, log, stop, manager, troubles, metrics, forgeTime };
    await work({ ...parts, settings, ...buildersOf(parts, onlyWhileOurs) });
    return 0;
  });
}

function buildersOf({ troubles, metrics, forgeTime }: DaemonParts, onlyWhileOurs: OnlyWhileOurs): Builders {
  const [onRequest, onRun] = [countRequests(metrics), countSlurm(metrics)];
  const onDate = (date: string | null) => forgeTime.hear(date);
  const watchedWhileOurs: Builders['watchedWhileOurs'] = (outside, judge) =>
    onlyWhileOurs(watched(outside, judge, troubles));
  return {
    onlyWhileOurs,
    watchedWhileOurs,
    buildForge: async ({ github }, waiting) => {
      const privateKey = await readFile(github.privateKeyPath, 'utf8');
      const client = { ...github, privateKey, onDate, onRequest, ...(waiting && { waiting }) };
      return watchedWhileOurs(octokitGitHub(client), judgeTrouble);
    },
    buildSlurm: (now, around = (slurm) => slurm) =>
      watchedWhileOurs(around(slurmCommands({ ...slurmOptionsOf(now, environments), onRun })), judgeSlurm),
  };
}
