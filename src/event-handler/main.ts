import { readFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { Command, Option } from 'commander';
import { botVersion } from '../daemon/bot-version.ts';
import { machineClock } from '../daemon/clock.ts';
import { leaveToTheOther } from '../daemon/leave-to-the-other.ts';
import { type Logger, openLog } from '../daemon/logger.ts';
import { missingPlaces } from '../daemon/places.ts';
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
import { ForgeTime } from '../outside/forge/forge-time.ts';
import { gitHubPlaces } from '../outside/forge/github/git-places.ts';
import { gitHubWebhooks } from '../outside/forge/github/github-webhooks.ts';
import { judgeTrouble } from '../outside/forge/github/judge-trouble.ts';
import { octokitGitHub } from '../outside/forge/github/octokit-github.ts';
import type { WebhookSecrets } from '../outside/forge/webhooks.ts';
import { checkGit } from '../outside/git/check-git-version.ts';
import { gitCommands } from '../outside/git/git-commands.ts';
import { judgeGit } from '../outside/git/judge-trouble.ts';
import { environmentsOf } from '../outside/processes/child-environment.ts';
import { runProgram } from '../outside/processes/run-program.ts';
import { smeeRelay } from '../outside/relay/smee-relay.ts';
import { whyNoRelay } from '../outside/relay/why-no-relay.ts';
import { judgeSlurm } from '../outside/slurm/judge-trouble.ts';
import { slurmCommands } from '../outside/slurm/slurm-commands.ts';
import { slurmOptionsOf } from '../outside/slurm/slurm-options-of.ts';
import { checkConfiguration } from '../settings/check-configuration.ts';
import { logChanges } from '../settings/log-changes.ts';
import { watchPlaces } from '../settings/look-at-places.ts';
import { missingSecret } from '../settings/missing-secret.ts';
import { placesOf, sealedPlacesOf } from '../settings/places-of.ts';
import type { Problem, Settings } from '../settings/settings.ts';
import { SettingsFile } from '../settings/watch-settings.ts';
import { OutsideWaits } from './outside-waits.ts';
import { Inbox } from './receive/inbox.ts';
import { readEventFile } from './receive/read-event-file.ts';
import { type Outside, type RunOptions, runEventHandler } from './run-event-handler.ts';

interface Options extends RunOptions {
  readonly smee?: string;
  readonly config: string;
  readonly standby: boolean;
  readonly debug: boolean;
}

const environment = process.env;
const environments = environmentsOf(environment);
const askpassProgram = join(import.meta.dirname, '../../scripts/git-askpass');

/** Runs the event handler; gives back the exit code. */
async function main(options: Options): Promise<number> {
  const stop = stopOnSignals(say);
  const files = { appCfgPath: options.config, environment, workingDirectory: process.cwd() };
  const loaded = await checkConfiguration(files, await environmentProblems(options));
  if (loaded === undefined) return 2;
  const relayAddress = relayAddressOf(options);
  const { settings } = loaded;
  const { logPath, logFormat } = settings.eventHandler;
  const log = openLog(logPath, { name: 'event-handler', debug: options.debug, format: logFormat });
  const settingsFile = new SettingsFile(loaded, { ...files, onChange: logChanges(log) });
  const tool = { runProgram, environment: environments.tool };
  const places = watchPlaces(() => settingsFile.inForce, files, tool, log);
  await places.look();
  const { file, standby } = options;
  const begin = async () => await beginSealed({ ...sealedPlacesOf(settings), stop, say, log });
  if (file !== undefined) {
    const away = await missingPlaces(placesOf(settings), process.cwd());
    if (away.length > 0) return refuse(away.join('\n'));
    if ((await begin()) === 'stopped') return 0;
    const inbox = await Inbox.open(settings.stateDir);
    const { delivery, newComment } = await readEventFile(file, gitHubWebhooks);
    if ((await inbox.receive(delivery, newComment)) === 'known') {
      say(`${file} was received before: there is nothing to do.`);
      return 0;
    }
  }
  const whenHeld = () => {
    say(`Put ${file} into the inbox: the event handler that runs already will take it within a minute.`);
    return 0;
  };
  const { stateDir } = settings;
  const { monotonic } = machineClock;
  const childEnvironment = environments.tool;
  const manager = findServiceManager({ environment, runProgram, childEnvironment, stop, log, monotonic });
  const alone = {
    stateDir,
    places: placesOf(settings),
    kind: 'event handler',
    standby,
    programs: { runProgram, environments },
    stop,
    log,
    manager,
    ...(file !== undefined && { whenHeld }),
    ...(options.cron && { whenHeld: leaveToTheOther }),
  } as const;
  return await runAlone(alone, async (onlyWhileOurs) => {
    if ((await begin()) === 'stopped') return 0;
    const inbox = await Inbox.open(stateDir); // only with the lease: another event handler may have received until now
    const troubles = new Troubles(log, (await readReport(stateDir, 'event-handler'))?.failing);
    const forgeTime = new ForgeTime(machineClock, troubles);
    const waits = new OutsideWaits();
    const metrics = new Metrics('event handler', botVersion);
    const outside = outsideOf(settingsFile, onlyWhileOurs, troubles, forgeTime, waits, countOutside(metrics));
    const look = () => lookAtStart(outside, troubles, log);
    const more = {
      outside,
      webhooks: gitHubWebhooks,
      places,
      waits,
      forgeTime,
      troubles,
      metrics,
      lookAround: look,
      eventsLogDir: resolve('events_log'),
      secrets: webhookSecrets(),
      relay: relayAddress === undefined ? undefined : smeeRelay(relayAddress, gitHubWebhooks),
      log,
      stop,
      manager,
    };
    await runEventHandler({ options, stateDir, inbox, settingsFile, ...more });
    return 0;
  });
}

/** Counts requests, Slurm commands and commands of users. */
function countOutside(metrics: Metrics) {
  return {
    onRequest: countRequests(metrics),
    onRun: countSlurm(metrics),
    onCommand: (command: string, result: string) => metrics.count('build_bot_commands_total', { command, result }),
  };
}

type Counted = ReturnType<typeof countOutside>;

/** The tools as the settings in force describe them, built anew when these change. */
function outsideOf(
  settingsFile: SettingsFile,
  onlyWhileOurs: OnlyWhileOurs,
  troubles: Troubles,
  forgeTime: ForgeTime,
  waits: OutsideWaits,
  counted: Counted,
): () => Promise<Outside> {
  let built: Outside | undefined;
  return async () => {
    const settings = await settingsFile.current();
    if (built?.settings !== settings)
      built = await buildOutside(settings, onlyWhileOurs, troubles, forgeTime, waits, counted);
    return built;
  };
}

async function buildOutside(
  settings: Settings,
  onlyWhileOurs: OnlyWhileOurs,
  troubles: Troubles,
  forgeTime: ForgeTime,
  waits: OutsideWaits,
  { onRequest, onRun, onCommand }: Counted,
): Promise<Outside> {
  const { appId, installationId, apiUrl, serverUrl, privateKeyPath } = settings.github;
  const privateKey = await readFile(privateKeyPath, 'utf8');
  const onDate = (date: string | null) => forgeTime.hear(date);
  const client = octokitGitHub({
    appId,
    installationId,
    apiUrl,
    privateKey,
    onDate,
    onRequest,
    waiting: (wait) => waits.during(wait),
  });
  const forge = onlyWhileOurs(watched(client, judgeTrouble, troubles));
  const ownToken = environment['GITHUB_TOKEN'];
  return {
    settings,
    forge,
    git: onlyWhileOurs(
      watched(
        gitCommands({
          mirrorsDir: join(settings.stateDir, 'mirrors'),
          ...gitHubPlaces({ serverUrl, cloneVia: settings.build.cloneVia }),
          withoutHardLinks: ![undefined, userInfo().username].includes(settings.build.jobAccount),
          environments: { local: environments.git, remote: environments['git fetch'] },
          askpassProgram,
          readToken: ownToken ? async () => ownToken : () => forge.readToken(),
        }),
        judgeGit,
        troubles,
      ),
    ),
    slurm: onlyWhileOurs(
      watched(waits.around(slurmCommands({ ...slurmOptionsOf(settings, environments), onRun })), judgeSlurm, troubles),
    ),
    ...onlyWhileOurs({ runProgram }),
    environments,
    onCommand,
    ...machineClock,
  };
}

/** Checks git, Slurm and GitHub once at the start; what fails becomes a trouble. */
async function lookAtStart(outside: () => Promise<Outside>, troubles: Troubles, log: Logger): Promise<void> {
  const { settings, forge, slurm } = await outside();
  const programs = [settings.build.submit, settings.jobManager.poll, settings.jobManager.scontrol];
  await Promise.all([
    lookAround(
      {
        git: () => checkGit(runProgram, environments.git),
        slurm: () => missingPrograms(programs, environments.slurm['PATH'] ?? ''),
      },
      troubles,
      log,
    ),
    forge.readToken().catch(() => {}), // becomes a trouble
    slurm.readQueue().catch(() => {}),
  ]);
}

function webhookSecrets(): WebhookSecrets {
  const previous = environment['GITHUB_APP_SECRET_TOKEN_PREVIOUS'];
  return { current: environment['GITHUB_APP_SECRET_TOKEN'] ?? '', ...(previous && { previous }) };
}

/** Whether deliveries are sent to this process: not with `--file`, `--cron`, or `--pull`. */
const isSentDeliveries = ({ file, cron, pull }: Options) => file === undefined && !cron && pull === undefined;

/** The relay's channel: from the command line, else from the environment, which other accounts cannot read. */
function relayAddressOf({ smee = environment['SMEE_URL'], ...options }: Options): string | undefined {
  return isSentDeliveries(options) && smee ? smee : undefined;
}

async function environmentProblems(options: Options): Promise<Problem[]> {
  return isSentDeliveries(options) ? [...(await missingSecret(environment)), ...relayProblems(options)] : [];
}

function relayProblems(options: Options): Problem[] {
  const address = relayAddressOf(options);
  const message = address === undefined ? undefined : whyNoRelay(address);
  const [file, key] = options.smee === undefined ? ['environment', 'SMEE_URL'] : ['command line', '--smee'];
  return message === undefined ? [] : [{ file, key, message }];
}

const program = new Command('event_handler.sh')
  .description('Receives GitHub deliveries and acts on them: builds, answers, orders deployments.')
  .option('-p, --port <port>', 'port to listen on; 0 takes a free one', wholeNumber(0, 65_535), 3000)
  .option('--host <host>', 'address to listen on', '127.0.0.1')
  .option('--config <file>', 'the configuration file', 'app.cfg')
  .option('-f, --file <file>', 'handle one event from a JSON file {"headers": …, "json": …}, then end')
  .option('-c, --cron', 'work off once what is in the inbox and what was missed, then end', false)
  .option('--pull <seconds>', 'open no port: ask GitHub for deliveries every so many seconds', wholeNumber(1, 86_400))
  .addOption(
    new Option(
      '--smee <address>',
      'receive from this channel of a relay too; SMEE_URL in the environment is seen by nobody else',
    ).conflicts(['pull', 'file', 'cron']),
  )
  .addOption(
    new Option('--standby', 'while another event handler runs, wait, and take over when it ends')
      .default(false)
      .conflicts(['file', 'cron']),
  )
  .option('-d, --debug', 'log more', false)
  .option('-b, --build', 'no effect; accepted as the Python bot did')
  .option('-t, --test', 'no effect; accepted as the Python bot did')
  .option('--bot-name <name>', 'no effect; marks the process for whoever looks at the list of processes')
  .showHelpAfterError('Help: ./event_handler.sh --help')
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)); // 2, as with an invalid app.cfg: a restart would not help
program.parse();
const status = await main(program.opts<Options>()).catch((error: Error) => refuse(error.message));
// Connections that are kept alive must not keep a stopped daemon.
process.exit(status);
